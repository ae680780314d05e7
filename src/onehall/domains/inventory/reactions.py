"""What inventory does for others: work in the homes of numbers and SIMs, and what follows from its own facts."""

from typing import Any

from onehall.domains import party as parties
from onehall.domains.inventory.actions.changing import apply_change
from onehall.domains.inventory.actions.holding import NumberHold, SimHold
from onehall.domains.inventory.actions.moving import finish_number_change
from onehall.domains.inventory.actions.moving import receive_line as receive_here
from onehall.domains.inventory.actions.numbers import sell_here, take_back_here
from onehall.domains.inventory.actions.sims import set_here, take_here
from onehall.domains.inventory.events import LineActivated, LineTerminated, NumberChanged, OwnerChanged
from onehall.domains.inventory.store import lines, numbers, sims
from onehall.kernel.events import on
from onehall.kernel.identity.names import PHONE, forget, name_party, take_over
from onehall.kernel.ids import home_for
from onehall.kernel.jobs import job
from onehall.kernel.journeys import scarce
from onehall.kernel.store import Tx


async def numbers_of(tx: Tx, party: str) -> set[str]:
    """This will name the numbers of a party's lines: they stay logins whatever becomes of the contact phone."""
    return {line.number for line in await lines.lines_of(tx, party, False)}


parties.queries.NUMBERS_OF.append(numbers_of)
scarce("number", NumberHold())
scarce("sim", SimHold())


@job("inventory.sell_number")
async def sell_number(tx: Tx, body: dict[str, Any]) -> None:
    """This will sell a number where it lives."""
    await sell_here(tx, body["number"], body["token"], body["line"], body.get("to"))


@job("inventory.release_number")
async def release_number(tx: Tx, body: dict[str, Any]) -> None:
    """This will take a number back where it lives."""
    await take_back_here(tx, body["number"], body["line"], body["unused"])


@job("inventory.take_sim", alone=True)
async def take_sim(tx: Tx, body: dict[str, Any]) -> None:
    """This will reserve a SIM where it lives."""
    await take_here(tx, body)


@job("inventory.set_sim", alone=True)
async def set_sim(tx: Tx, body: dict[str, Any]) -> None:
    """This will move a SIM on where it lives."""
    await set_here(tx, body["iccid"], body["state"], body["line"])


@job("inventory.change_offering")
async def change_offering(tx: Tx, body: dict[str, Any]) -> None:
    """This will do a planned change of plan whose time has come."""
    line = await lines.line(tx, body["line"])
    if line is not None:
        await apply_change(tx, line)


@job("inventory.number_sold")
async def number_sold(tx: Tx, body: dict[str, Any]) -> None:
    """This will hear whether a line got the number that it is to have."""
    await finish_number_change(tx, body)


@job("inventory.receive_line")
async def receive_line(tx: Tx, body: dict[str, Any]) -> None:
    """This will have a line go on with its new owner."""
    await receive_here(tx, body)


def _where_number_lives(fact: LineActivated | LineTerminated | NumberChanged | OwnerChanged) -> int:
    return home_for(fact.number)


@on(NumberChanged, home=_where_number_lives)
async def log_in_by_new_number(tx: Tx, fact: NumberChanged) -> None:
    """This will let the holder of a line log in by its new number."""
    await take_over(tx, PHONE, fact.number, fact.party)


@on(NumberChanged, home=lambda fact: home_for(fact.before))
async def return_old_number(tx: Tx, fact: NumberChanged) -> None:
    """This will end the login by the number that a line had before, and let it rest."""
    await forget(tx, PHONE, fact.before, fact.party)
    await take_back_here(tx, fact.before, fact.line, unused=False)


@on(OwnerChanged, home=_where_number_lives)
async def move_number(tx: Tx, fact: OwnerChanged) -> None:
    """This will write to which line a number belongs now, and let its new owner log in by it."""
    await numbers.pass_on(tx, fact.number, fact.line, fact.becomes)
    await name_party(tx, PHONE, fact.number, fact.to, instead_of=fact.party)


@on(OwnerChanged, home=lambda fact: home_for(fact.iccid or ""))
async def move_sim(tx: Tx, fact: OwnerChanged) -> None:
    """This will write in which line's phone a SIM is now."""
    if fact.iccid:
        await sims.pass_on(tx, fact.iccid, fact.line, fact.becomes)


@on(LineActivated, home=_where_number_lives)
async def log_in_by_number(tx: Tx, fact: LineActivated) -> None:
    """This will let the holder of a line log in by its number; whoever had the number before no longer can."""
    await take_over(tx, PHONE, fact.number, fact.party)


@on(LineTerminated, home=_where_number_lives)
async def return_number(tx: Tx, fact: LineTerminated) -> None:
    """This will end the login by a line's number and let the number rest."""
    await forget(tx, PHONE, fact.number, fact.party)
    await take_back_here(tx, fact.number, fact.line, unused=not fact.used)


@on(LineTerminated, home=lambda fact: home_for(fact.iccid or ""))
async def retire_sim(tx: Tx, fact: LineTerminated) -> None:
    """This will retire the SIM of a line that has ended."""
    if fact.iccid:
        await set_here(tx, fact.iccid, "retired", fact.line)
