"""Numbers that are taken along: held for hours for whoever carries them, and passed on to the journey of the customer who chooses one."""

from datetime import datetime, timedelta
from typing import Any

from onehall.domains.inventory import rules
from onehall.domains.inventory.actions.holding import NumberHold
from onehall.domains.inventory.store import lending, numbers
from onehall.kernel import settings
from onehall.kernel.ids import home_for
from onehall.kernel.journeys import Held
from onehall.kernel.store import Store, Tx


class CarriedNumberHold(NumberHold):
    """Scarce kind "carried_number": what = {"number": ..., "by": the token of the hold that comes along}. It becomes a hold of a number."""

    async def take(self, store: Store, token: str, what: dict[str, Any]) -> Held:
        """This will pass a number on from whoever carries it; one that lapsed there is taken like any other.

        :raises Refusal: as NumberHold.take.
        """
        number, by = rules.check_number(str(what["number"])), str(what.get("by") or "")

        async def passed(tx: Tx) -> bool:
            until = tx.now + timedelta(minutes=settings.current().hold_minutes)
            return await lending.pass_hold(tx, number, by, token, until)

        if by:
            await store.run(home_for(number), passed)
        return await super().take(store, token, what)


async def lend_number(store: Store, number: str, token: str, until: datetime) -> bool:
    """This will hold a number for a token until a time, for whoever takes it along; False when it cannot be had. Safe twice."""
    known = rules.check_number(number)
    return await store.run(home_for(known), lambda tx: numbers.take(tx, known, token, until))


async def give_back_number(store: Store, number: str, token: str) -> None:
    """This will let a number go that the token has; when it has it no more, nothing happens."""
    await store.run(home_for(number), lambda tx: numbers.release(tx, number, token))
