"""A kiosk whose power is cut: a process of its own that kills itself at a step of the journal, before or after it is on the disk."""

import json
import os
import signal
from itertools import count
from pathlib import Path
from typing import Any

from onehall.adapters.cabinet.simulated import SimulatedCabinet
from onehall.channels.kiosk.deposits import Wish
from onehall.channels.kiosk.devices import Devices
from onehall.channels.kiosk.journal import Journal, Line
from onehall.channels.kiosk.teller import HallTeller
from onehall.channels.kiosk.till import Till
from tests.conformance import people
from tests.ground.counter import Counter, opened

FEE = 5_000
NOTE = 10_000


class Cut(Journal):
    """A journal at which the power fails."""

    moment = ""

    def write(self, at: Any, deposit: str, step: str, **facts: Any) -> Line:
        """This will write a line, or die."""
        _die(self.moment == f"before:{step}")
        line = super().write(at, deposit, step, **facts)
        _die(self.moment == f"after:{step}")
        return line


def _die(now: bool) -> None:
    if now:
        os.kill(os.getpid(), signal.SIGKILL)


def till_of(counter: Counter, folder: Path, name: str) -> Till:
    """This will open the till of a cabinet."""
    cabinet = SimulatedCabinet(name, folder)
    return Till(Devices(cabinet), Cut(folder / "journal"), HallTeller(counter.hall, name, f"onehall.kiosk.{name}"), counter.store.clock.now)


async def pay(counter: Counter, folder: Path, name: str, moment: str, serial: int) -> None:
    """This will top up by 50 with a note of 100 put in, up to the power cut."""
    people._serials = count(serial)
    person = await people.Person().settle(counter)
    await counter.settle()
    guest = counter.guest(f"kiosk-{name}", "kiosk")
    view = await counter.hall.start(guest, "topup", {"number": person.number, "amount": "50"})
    (folder / "whose.json").write_text(json.dumps({"journey": view.id, "party": person.party, "number": person.number}))
    till = till_of(counter, folder, name)
    till.journal.moment = moment  # type: ignore[attr-defined]
    payment = view.question["url"].rpartition("/")[2]
    deposit = await till.begin(Wish(view.question["amount_minor"], "s", "en", view.id, payment))
    till.devices.cabinet.insert(NOTE)  # type: ignore[attr-defined]
    await till.look()
    await till.finish(deposit.id)


async def restart(counter: Counter, folder: Path, name: str) -> dict[str, Any]:
    """This will start again, and say what there is in the drawer, in the journal, in the books and on the customer's account."""
    whose = json.loads((folder / "whose.json").read_text())
    till = till_of(counter, folder, name)
    for _twice in range(2):
        await till.recover()
        await counter.settle()
    works = SimulatedCabinet(name, folder).works
    deposits = list(till.deposits.values())
    cash = "SELECT -coalesce(sum(minor), 0)::bigint FROM posting WHERE book = 'cash' AND owner = $1"
    balance = "SELECT balance FROM billing_account WHERE party = $1"
    return {
        "drawer": works.taken, "journal": till.kept, "ledger": await counter.one(cash, f"onehall.kiosk.{name}"),
        "balance": await counter.one(balance, whose["party"]), "tray": sum(works.tray), "steps": [each.step for each in deposits],
        "state": (await counter.hall.engine.see(whose["journey"])).state, "escrow": works.escrow,
        "receipts": len([sheet for sheet in works.paper if "Paid." in sheet]),
    }  # fmt: skip


async def main(dsn: str, folder: str, name: str, moment: str, serial: str) -> None:
    """This will run until the power fails, or after it came back."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    async with opened(dsn) as counter:
        if moment == "again":
            (Path(folder) / "found.json").write_text(json.dumps(await restart(counter, Path(folder), name)))
        else:
            await pay(counter, Path(folder), name, moment, int(serial))
