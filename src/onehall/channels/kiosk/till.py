"""The cash of one cabinet. Each step stands in the journal before the next is done, so that a power cut loses no note."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime

import msgspec

from onehall.channels.kiosk import receipts
from onehall.channels.kiosk.deposits import BEFORE_STACKING, WITH_THE_HOUSE, Deposit, Wish, deposits, kept
from onehall.channels.kiosk.devices import Devices, OutOfOrder
from onehall.channels.kiosk.journal import Journal
from onehall.channels.kiosk.teller import Away, Teller
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal, missing

NOTES = (100, 500, 1_000, 2_000, 5_000, 10_000)
"""The notes that the slot takes, in fen."""
SUM_MAX = 500_000
WAITING_MAX = 200


class Till:
    """Deposits of one cabinet, one at a time. `now` gives the time; the journal's lines are the only state."""

    def __init__(self, devices: Devices, journal: Journal, teller: Teller, now: Callable[[], datetime]) -> None:
        self.devices, self.journal, self.teller, self.now = devices, journal, teller, now
        self._one = asyncio.Lock()

    @property
    def deposits(self) -> dict[str, Deposit]:
        """This will give every deposit, oldest first."""
        return deposits(self.journal.lines)

    @property
    def kept(self) -> int:
        """This will give what the journal says lies in the drawer beyond what it was filled with, in fen."""
        return kept(self.journal.lines)

    @property
    def open(self) -> Deposit | None:
        """This will give the deposit for which notes are being taken."""
        return next((each for each in reversed(self.deposits.values()) if each.step in BEFORE_STACKING or each.step == "stacking"), None)

    @property
    def waiting(self) -> list[Deposit]:
        """This will give the deposits of which the house does not know yet."""
        return [each for each in self.deposits.values() if each.step in WITH_THE_HOUSE]

    def one(self, deposit: str) -> Deposit:
        """This will give a deposit.

        :raises Refusal: 404.
        """
        found = self.deposits.get(deposit)
        if found is None:
            raise missing(_("receipt"))
        return found

    async def begin(self, wish: Wish) -> Deposit:
        """This will open the note slot for a wish; asked again for the same one, it goes on.

        :raises Refusal: `cash.busy`, 409; `cash.coins`, 422; `cash.waiting`, 409; what the house refuses.
        """
        async with self._one:
            before = self.open
            if before and before.wish == wish:
                return before
            if before:
                raise Refusal("cash.busy", _("Another payment is not finished at this machine yet."), 409)
            _check(wish, len(self.waiting))
            await self.teller.ready(wish)
            id_ = f"{self.now():%y%m%d}{secrets.randbelow(10**8):08}"
            self._write(id_, "begun", wish=wish)
            ended = await self.devices.ask("cash", "CashAcceptor.CashInStart", of=id_)
            if not ended.ended_well:
                self._write(id_, "returned", notes=[])
                raise OutOfOrder("device.broken", _("{device} does not work just now.", device=_("Note slot")), 503)
            return self.one(id_)

    async def look(self) -> Deposit | None:
        """This will take in the notes that were pushed in since; one that is too many comes out again."""
        async with self._one:
            while (deposit := self.open) and deposit.step in ("begun", "escrow") and not (deposit.wish.due and deposit.enough):
                ended = await self.devices.ask("cash", "CashAcceptor.CashIn", of=deposit.id, accept=await self._accepted(deposit))
                if not ended.ended_well:
                    break
                for note in ended.payload["items"]:
                    self._write(deposit.id, "escrow", note=note)
            return self.open

    async def finish(self, deposit: str) -> Deposit:
        """This will keep the notes and have them credited; where the house is away, the deposit waits.

        :raises Refusal: `cash.short`, 422: not enough yet; 409 the payment is over, and the notes are given back.
        """
        async with self._one:
            found = self.one(deposit)
            if found.over or found.step not in BEFORE_STACKING:
                return found
            if not found.enough:
                raise Refusal("cash.short", _("That is not enough yet."), 422)
            try:
                await self.teller.ready(found.wish)
            except Refusal:
                await self._return(found)
                raise
            except Away:
                pass  # the notes are kept without the house; it is told when it is back
            self._write(found.id, "stacking")
            return await self._go_on(found.id)

    async def undo(self, deposit: str) -> Deposit:
        """This will give the notes back that are not kept yet."""
        async with self._one:
            found = self.one(deposit)
            return await self._return(found) if found.step in BEFORE_STACKING else found

    async def recover(self) -> list[Deposit]:
        """This will bring what a power cut left to its end; gives what was left."""
        async with self._one:
            left = [each for each in self.deposits.values() if not each.over]
            return [await self._return(each) if each.step in BEFORE_STACKING else await self._go_on(each.id) for each in left]

    async def deliver(self) -> int:
        """This will tell the house of what waited; gives how many deposits it knows now."""
        async with self._one:
            ended = [await self._go_on(each.id) for each in self.waiting]
            return sum(each.step not in WITH_THE_HOUSE for each in ended)

    async def reprint(self, deposit: str) -> None:
        """This will print a receipt once more, and mark it as a copy.

        :raises Refusal: 404; `device.broken`, 503.
        """
        found = self.one(deposit)
        await self.devices.ask("printer", "Printer.PrintNative", text=receipts.text(found, copy=True))

    async def _go_on(self, deposit: str) -> Deposit:
        """From wherever the journal says it stands, one step after the other."""
        if self.one(deposit).step == "stacking":
            await self._stack(deposit)
        if self.one(deposit).step in WITH_THE_HOUSE and not await self._credit(deposit):
            return self.one(deposit)
        if self.one(deposit).step in ("credited", "owing", "changing"):
            await self._hand_out(deposit)
        if self.one(deposit).step == "changed":
            found = self.one(deposit)
            printed = found.printed or await self._print(found)
            self._write(deposit, "owed" if found.why else "done", printed=printed)
        return self.one(deposit)

    async def _stack(self, deposit: str) -> None:
        """The device knows whether the notes lie in the drawer; it is asked before it is told."""
        stands = await self.devices.ask("cash", "CashAcceptor.GetCashInStatus")
        if stands.payload["status"] == "active":
            stands = await self.devices.ask("cash", "CashAcceptor.CashInEnd")
        self._write(deposit, "stacked", notes=stands.payload["items"])

    async def _credit(self, deposit: str) -> bool:
        found = self.one(deposit)
        try:
            credited = await self.teller.credit(found)
        except Away:
            if found.step != "waiting":
                self._write(deposit, "waiting", printed=await self._print(found))
            return False
        if credited.owed:
            self._write(deposit, "owing", payment=credited.payment, why=credited.why)
        else:
            self._write(deposit, "credited", payment=credited.payment)
        return True

    async def _hand_out(self, deposit: str) -> None:
        """Change is given out by the deposit's own name: the device gives it once, however often it is told."""
        found = self.one(deposit)
        notes: list[int] = []
        if found.excess:
            if found.step != "changing":
                self._write(deposit, "changing", amount=found.excess)
            notes = (await self.devices.ask("cash", "CashDispenser.Dispense", token=deposit, amount=found.excess)).payload["items"]
        self._write(deposit, "changed", notes=notes)

    async def _return(self, deposit: Deposit) -> Deposit:
        if deposit.step != "returning":
            self._write(deposit.id, "returning")
        stands, notes = await self.devices.ask("cash", "CashAcceptor.GetCashInStatus"), []
        if stands.payload["of"] == deposit.id and stands.payload["status"] == "active":
            notes = (await self.devices.ask("cash", "CashAcceptor.CashInRollback")).payload["items"]
        self._write(deposit.id, "returned", notes=notes)
        return self.one(deposit.id)

    async def _accepted(self, deposit: Deposit) -> list[int]:
        """The notes that may come next: up to what is due, and beyond it only where there is change."""
        if not deposit.wish.due:
            return [note for note in NOTES if deposit.inside + note <= SUM_MAX]
        over = [(note, deposit.inside + note - deposit.wish.due) for note in NOTES]
        return [note for note, excess in over if excess <= 0 or await self._has_change(excess)]

    async def _has_change(self, amount: int) -> bool:
        return (await self.devices.ask("cash", "CashDispenser.Denominate", amount=amount)).ended_well

    async def _print(self, deposit: Deposit) -> bool:
        """Paper that is out does not stop the money."""
        try:
            return (await self.devices.ask("printer", "Printer.PrintNative", text=receipts.text(deposit))).ended_well
        except OutOfOrder:
            return False

    def _write(self, deposit: str, step: str, **facts: object) -> None:
        self.journal.write(self.now(), deposit, step, **msgspec.to_builtins(facts))


def _check(wish: Wish, waiting: int) -> None:
    if wish.due % NOTES[0]:
        raise Refusal("cash.coins", _("This machine takes no coins. Please pay by card or phone."), 422)
    if wish.due > SUM_MAX:
        raise Refusal("cash.much", _("This machine takes at most ¥5,000 in notes."), 422)
    if wish.number and waiting >= WAITING_MAX:
        raise Refusal("cash.waiting", _("This machine cannot keep more for later. Please use another."), 409)
