"""Codes by which a number may go to another operator."""

import secrets
from datetime import datetime

from onehall.domains.inventory import rules
from onehall.domains.inventory.model import Line
from onehall.domains.inventory.rules.porting import CODE_DIGITS
from onehall.domains.inventory.store import services
from onehall.kernel.store import Tx


async def issue_port_code(tx: Tx, line: Line) -> tuple[str, datetime]:
    """This will make a code that another operator asks for; gives it and until when it counts. Older ones end."""
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    expires = tx.now + rules.CODE_LIFE
    await services.keep_port_code(tx, line.id, line.number, code, expires)
    return code, expires
