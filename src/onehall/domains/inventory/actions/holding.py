"""How numbers and SIMs are held: one conditional statement in the home of the thing, in a short transaction of its own."""

from datetime import datetime, timedelta
from typing import Any

from onehall.domains.inventory import rules
from onehall.domains.inventory.store import numbers, sims
from onehall.kernel import settings
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for
from onehall.kernel.journeys import Held
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx

SHELF_ROWS = 20


class NumberHold:
    """Scarce kind "number": what = {"number": "18612345678"}; of a private pool, {"pool": ..., "hours": how long} besides.

    `instead_of` is a token that gives the number up for this one.
    """

    async def take(self, store: Store, token: str, what: dict[str, Any]) -> Held:
        """This will hold a number for `settings.hold_minutes`.

        :raises Refusal: `number.taken`, 409; `number.form`, 422; `not.found`, 404.
        """
        number = rules.check_number(str(what["number"]))
        hours = int(what.get("hours") or 0)
        return await self._hold(store, number, token, lambda tx: tx.now + timedelta(hours=hours) if hours else _lease(tx), what)

    async def extend(self, store: Store, held: Held, until: datetime) -> Held:
        """This will keep a number longer.

        :raises Refusal: `number.taken`, 409, it had lapsed and gone.
        """
        return await self._hold(store, held.ref, held.token, lambda tx: max(until, held.until))

    async def release(self, tx: Tx, held: Held) -> None:
        """This will let a number go, if the token still has it."""
        await numbers.release(tx, held.ref, held.token)

    async def _hold(self, store: Store, number: str, token: str, end: Any, what: dict[str, Any] | None = None) -> Held:
        home, pool, before = home_for(number), (what or {}).get("pool"), (what or {}).get("instead_of")

        async def work(tx: Tx) -> Held:
            until = end(tx)
            if before:
                await numbers.release(tx, number, before)
            if await numbers.take(tx, number, token, until, pool):
                return Held("number", number, home, token, until)
            found = await numbers.find(tx, number)
            raise _taken(number) if rules.is_known_in(found, pool) else missing(_("number"))

        return await store.run(home, work, alone=before is None)


class SimHold:
    """Scarce kind "sim": what = {"iccid": ...}, or {"kind": "esim", "unit": ...} for any that lies there or in central stock."""

    async def take(self, store: Store, token: str, what: dict[str, Any]) -> Held:
        """This will reserve a SIM for `settings.hold_minutes`.

        :raises Refusal: `sim.taken`, `sim.none`, 409; `iccid.form`, 422; `sim.unknown`, 404.
        """
        if what.get("iccid"):
            iccid = rules.check_iccid(str(what["iccid"]))
            held = await self._hold(store, iccid, token, what.get("line"))
            if held is None:
                async with store.edge(home_for(iccid)) as tx:
                    found = await sims.find(tx, iccid)
                rules.check_usable(found.state if found else None)
                raise Refusal("sim.taken", _("This SIM is no longer free. Please take another one."), 409)
            return held
        return await self._any(store, token, str(what.get("kind", "plastic")), what.get("unit"), what.get("line"))

    async def extend(self, store: Store, held: Held, until: datetime) -> Held:
        """This will keep a SIM longer.

        :raises Refusal: `sim.taken`, 409.
        """
        longer = await self._hold(store, held.ref, held.token, None, max(until, held.until))
        if longer is None:
            raise Refusal("sim.taken", _("This SIM is no longer free. Please take another one."), 409)
        return longer

    async def release(self, tx: Tx, held: Held) -> None:
        """This will put a SIM back, if the token still has it."""
        await sims.release(tx, held.ref, held.token)

    async def _any(self, store: Store, token: str, kind: str, unit: str | None, line: str | None) -> Held:
        for shelf in [unit, None] if unit else [None]:
            after = ""
            while True:
                async with store.edge(0) as tx:
                    some = await sims.pick(tx, kind, shelf, after, SHELF_ROWS)
                for iccid in some:
                    if held := await self._hold(store, iccid, token, line):
                        return held
                if len(some) < SHELF_ROWS:
                    break
                after = some[-1] + ":"
        raise Refusal("sim.none", _("No SIM of this kind is in stock here."), 409)

    async def _hold(self, store: Store, iccid: str, token: str, line: str | None, until: datetime | None = None) -> Held | None:
        home = home_for(iccid)

        async def work(tx: Tx) -> Held | None:
            end = until or _lease(tx)
            taken = await sims.take(tx, iccid, token, end, line)
            return Held("sim", iccid, home, token, end) if taken else None

        return await store.run(home, work, alone=True)


def _lease(tx: Tx) -> datetime:
    return tx.now + timedelta(minutes=settings.current().hold_minutes)


def _taken(number: str) -> Refusal:
    return Refusal("number.taken", _("The number {number} has just been taken. Please choose another one.", number=number), 409)
