"""The bank of the fair: it takes money whenever it comes, and may say so twice."""

from typing import Any

from onehall.kernel import ids
from onehall.kernel.i18n import Text, _
from onehall.kernel.journeys import Caller, Intent
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx
from tests.kernel.journeys.weather import OPENED


class Bank:
    """It takes money whenever it comes, also for what is over; the house has to give that back."""

    async def ask(self, tx: Tx, *, to: str, once: str, party: str | None, amount: Money, text: Text, until: Any, channel: str) -> Intent:
        id_ = ids.keyed_id(tx.home, OPENED, once)
        await tx.write("INSERT INTO fair_payment VALUES ($1, $2, $3, $4, $5, 'open')", tx.home, id_, once, to, amount.minor)
        return Intent(id_, amount, f"/pay/{id_}", until)

    async def take_here(self, tx: Tx, payment: str, *, method: str, caller: Caller) -> dict[str, Any]:
        if method != "cash" or not await _move(tx, payment, "open", "paid"):
            raise Refusal("payment.closed", _("This payment is closed."), 409)
        return {"paid": True, "payment": payment}

    async def give_back(self, tx: Tx, payment: str, why: Text) -> None:
        await _move(tx, payment, "paid", "refunded") or await _move(tx, payment, "open", "void")


async def notice(store: Store, payment: str, paid: bool) -> str:
    """The bank's word on a payment; gives where the house wants to hear it. Money is taken whatever the house thinks of it."""
    async with store.edge(payment) as tx:
        if not paid:
            await _move(tx, payment, "open", "failed")
        else:
            for before in ("open", "failed", "void"):
                await _move(tx, payment, before, "paid")
        row = await tx.read_one("SELECT reply_to, state FROM fair_payment WHERE home = $1 AND id = $2", tx.home, payment)
    assert row is not None
    return str(row["reply_to"])


async def _move(tx: Tx, payment: str, before: str, after: str) -> bool:
    sql = "UPDATE fair_payment SET state = $4 WHERE home = $1 AND id = $2 AND state = $3 RETURNING id"
    return await tx.write_one(sql, tx.home, payment, before, after) is not None
