"""Questions about codes, credits and queues; they change nothing."""

from collections.abc import Sequence
from datetime import date, datetime

from onehall.domains.outreach import rules
from onehall.domains.outreach.model import Batch, Code, Credit, Stock, Tenure, Ticket
from onehall.domains.outreach.store import codes, queue, touches
from onehall.kernel.i18n import ZONE, Named, Words, _
from onehall.kernel.identity import staff
from onehall.kernel.ids import is_id
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx


async def code(tx: Tx, text: str) -> Code:
    """This will give a code, in use or ended. One statement.

    :raises Refusal: `not.found`, 404.
    """
    found = await codes.one(tx, rules.check_code(text))
    if found is None:
        raise missing(_("code"))
    return found


async def code_in_use(tx: Tx, text: str) -> Code:
    """This will give a code that leads somewhere. One statement.

    :raises Refusal: `not.found`, 404; `code.ended`, 410.
    """
    found = await code(tx, text)
    if found.state != "active":
        raise Refusal("code.ended", _("This code is no longer in use."), 410)
    return found


async def tenures(tx: Tx, text: str) -> list[Tenure]:
    """This will give the owners of a code, the first first. One statement."""
    return await codes.tenures(tx, text)


async def codes_of(tx: Tx, unit: str, kind: str | None = None, limit: int = 50) -> list[Code]:
    """This will list the codes of a part of the tree, newest first. A fan-out."""
    return await codes.of_unit(tx, unit, kind, limit)


async def used(tx: Tx, of: Sequence[str]) -> dict[str, tuple[int, int]]:
    """This will count scans and orders of codes. Two fan-outs."""
    return await codes.used(tx, of)


async def batch(tx: Tx, id_: str) -> Batch:
    """This will give what was made together. One statement.

    :raises Refusal: `not.found`, 404.
    """
    found = await codes.batch(tx, id_) if is_id(id_) else None
    if found is None:
        raise missing(_("sheet"))
    return found


async def credit(tx: Tx, order: str) -> Credit | None:
    """This will say to whom an order is credited and why; None as long as it was not weighed. One statement."""
    return await touches.credit(tx, order)


async def recent_credits(tx: Tx, unit: str, limit: int) -> list[Credit]:
    """This will list the latest orders that scans brought to a part of the tree. A fan-out."""
    return await touches.recent_credits(tx, unit, limit)


async def stock(tx: Tx, unit: str) -> Stock | None:
    """This will give a store's cards as last counted. One statement."""
    return await touches.stock(tx, unit)


async def stores(tx: Tx) -> list[tuple[str, Words, Words]]:
    """This will list the stores: path, name, and the name of their city. One statement."""
    tree = await staff.units(tx)
    names = {path: Named(name) for path, _kind, name in tree}
    return [(path, names[path], names.get(path.rpartition(".")[0], "")) for path, kind, _name in tree if kind == "store"]


async def unit_name(tx: Tx, unit: str | None) -> Words:
    """This will give the name of a unit, or its path where it has none. One statement."""
    return next((Named(name) for path, _kind, name in await staff.units(tx) if path == unit), unit or "")


async def staff_name(tx: Tx, member: str | None) -> str:
    """This will give the name of a member of staff, "" when nobody is known by that id. One statement."""
    if member is None or not is_id(member):
        return ""
    try:
        return (await staff.find(tx, member)).name
    except Refusal:
        return ""


async def line(tx: Tx, unit: str, day: date) -> list[Ticket]:
    """This will list those who stand in a store's queue on a day, called or not. One statement."""
    return await queue.line(tx, unit, day, rules.WAITING_MAX + rules.WAITING_MAX)


async def ticket(tx: Tx, unit: str, id_: str) -> Ticket:
    """This will give a ticket by its id. One statement.

    :raises Refusal: `not.found`, 404.
    """
    found = await queue.one(tx, unit, id_)
    if found is None:
        raise missing(_("ticket"))
    return found


async def ticket_of(tx: Tx, unit: str, day: date, number: str) -> Ticket:
    """This will give a ticket by what stands on it. One statement.

    :raises Refusal: `ticket.form`, 422; `not.found`, 404.
    """
    found = await queue.of_number(tx, unit, day, int(rules.check_number(number)[1:]))
    if found is None:
        raise missing(_("ticket"))
    return found


async def day_of(tx: Tx, unit: str, day: date) -> dict[str, int]:
    """This will count a day's tickets by state. One statement."""
    return await queue.ended(tx, unit, day)


def today(at: datetime) -> date:
    """This will give the day of a queue: the operator's, not the world's."""
    return at.astimezone(ZONE).date()


def queue_home(unit: str) -> int:
    """This will name the home in which a store's queue stands."""
    return queue.home(unit)


def code_home(code: str) -> int:
    """This will name the home in which a code stands."""
    return codes.home(code)
