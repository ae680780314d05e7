"""Numbers that somebody takes along: held until a time, and passed on from one token to another without a moment between."""

from datetime import datetime

from onehall.kernel.ids import home_for
from onehall.kernel.store import Tx

_PASS = """
UPDATE number SET token = $4, until = $5, revision = revision + 1
WHERE home = $1 AND number = $2 AND state = 'held' AND token = $3 RETURNING number
"""


async def pass_hold(tx: Tx, number: str, before: str, token: str, until: datetime) -> bool:
    """This will let another token have a number that one holds; False when that one has it no more."""
    return await tx.write_one(_PASS, home_for(number), number, before, token, until) is not None
