"""A kiosk's own process: a customer who said who they are tops up by 50 with a note of 50, and the power fails at a step of it."""

import json
from itertools import count
from pathlib import Path

from onehall.channels.kiosk.deposits import Wish
from onehall.kernel.functions import Proof
from onehall.kernel.journeys import Caller
from tests.channels.kiosk.power import till_of
from tests.conformance import people
from tests.ground.counter import Counter, opened

NOTE = 5_000


async def pay(counter: Counter, folder: Path, name: str, moment: str, serial: int) -> None:
    """This will top up by 50 up to the power cut; who it was is written down for the test."""
    people._serials = count(serial)
    person = await people.Person().settle(counter)
    await counter.settle()
    known = person.logged_in(counter, "kiosk", Proof.CODE)
    caller = Caller("kiosk", known.who, source=f"kiosk:{name}")
    view = await counter.hall.start(caller, "topup", {"number": person.number, "amount": "50"})
    assert view.question and view.question["kind"] == "pay", view
    whose = {"journey": view.id, "party": person.party, "number": person.number, "url": view.question["url"]}
    (folder / "whose.json").write_text(json.dumps(whose))
    till = till_of(counter, folder, name)
    till.journal.moment = moment  # type: ignore[attr-defined]
    payment = view.question["url"].rpartition("/")[2]
    deposit = await till.begin(Wish(view.question["amount_minor"], "somebody", "en", view.id, payment))
    till.devices.cabinet.insert(NOTE)  # type: ignore[attr-defined]
    await till.look()
    await till.finish(deposit.id)


async def main(dsn: str, folder: str, name: str, moment: str, serial: str) -> None:
    """This will run until the power fails."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    async with opened(dsn) as counter:
        await pay(counter, Path(folder), name, moment, int(serial))
