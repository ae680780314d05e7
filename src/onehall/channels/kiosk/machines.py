"""The cabinets of this house and their tills, opened when somebody first stands before one; what a power cut left is mended then."""

import asyncio
from pathlib import Path
from typing import Any

from onehall.channels.kiosk.deposits import Deposit
from onehall.channels.kiosk.devices import Devices, OutOfOrder
from onehall.channels.kiosk.journal import Journal
from onehall.channels.kiosk.teller import HallTeller
from onehall.channels.kiosk.till import Till
from onehall.hall import Hall
from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing
from onehall.kernel.settings import current

UNIT = "onehall.kiosk"
DELIVER_SECONDS = 20


class Machine:
    """One cabinet: its devices, its till, and what was interrupted when it was opened."""

    def __init__(self, cabinet: Any, hall: Hall, folder: Path) -> None:
        self.name: str = cabinet.name
        self.devices = Devices(cabinet)
        journal = Journal(folder / "journal")
        teller = HallTeller(hall, self.name, f"{UNIT}.{self.name}")
        self.caller = teller.machine
        self.till = Till(self.devices, journal, teller, hall.store.clock.now)
        self.interrupted: list[Deposit] = []
        self._tried = hall.store.clock.now()

    async def open(self) -> "Machine":
        """This will bring to its end what was interrupted; a device that is broken leaves it for later."""
        try:
            self.interrupted = await self.till.recover()
        except OutOfOrder:
            pass  # the journal keeps it: the next start recovers it
        return self

    async def deliver(self) -> None:
        """This will tell the house what waited, not more often than it makes sense."""
        now = self.till.now()
        if self.till.waiting and (now - self._tried).total_seconds() >= DELIVER_SECONDS:
            self._tried = now
            await self.till.deliver()


class Machines:
    """The machines of a house by their cabinets' names."""

    def __init__(self, cabinets: Any, hall: Hall) -> None:
        self.cabinets, self.hall = cabinets, hall
        self._open: dict[str, Machine] = {}
        self._one = asyncio.Lock()

    async def get(self, name: str) -> Machine:
        """This will give a machine, opened.

        :raises Refusal: 404.
        """
        async with self._one:
            if name not in self._open:
                try:
                    cabinet = self.cabinets.get(name)
                except KeyError:
                    raise missing(_("cabinet")) from None
                self._open[name] = await Machine(cabinet, self.hall, current().folder / "cabinets" / name).open()
            return self._open[name]
