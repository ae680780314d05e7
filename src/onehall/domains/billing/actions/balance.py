"""Balances put right by hand, and reserved for a while."""

from typing import Any

from onehall.domains.billing import events, lifecycle, rules, store
from onehall.domains.billing.actions import settling
from onehall.domains.billing.model import Book, Entry, Move, Posted, Side
from onehall.kernel.i18n import _, keep
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx


async def adjust(tx: Tx, account: str, amount: Money, why: str, once: str, doc: dict[str, Any] | None = None) -> Posted:
    """This will put a balance right, up or (below zero) down, with the reason; once for each `once`.

    :raises Refusal: `balance.low`, 402; `adjust.amount`; 404.
    """
    if not amount:
        raise Refusal("adjust.amount", _("An adjustment is more or less than nothing."))
    ours, theirs = Side(Book.ADJUSTMENT), Side(Book.MAIN, account)
    move = Move(ours, theirs, amount) if amount.minor > 0 else Move(theirs, ours, -amount)
    what = keep(_("Adjustment: {why}", why=why))
    posted = await store.ledger.post(tx, Entry(once, "adjustment", what, (move,), account))
    if amount.minor > 0:
        posted = await settling.settle(tx, account, posted, amount, once, paid=False)
    if posted.fresh:
        tx.tell(events.BalanceAdjusted(account, amount, why))
        id_ = tx.new_id() if doc is None else doc["id"]
        await store.actions.insert(tx, id_, "adjust", account, "completed", amount, doc or {}, posted.party, posted.unit)
    return posted


async def adjust_bucket(tx: Tx, bucket: str, by: int) -> None:
    """This will make an allowance larger, or (below zero) smaller, never below what is used.

    :raises Refusal: `bucket.used`, 409.
    """
    row = await store.buckets.one(tx, bucket)
    if row is not None:
        await store.rating.lock(tx, [row["account"]])
    if not await store.buckets.resize(tx, bucket, by):
        raise Refusal("bucket.used", _("More than that is used already."), 409)


async def reserve(tx: Tx, account: str, amount: Money, id_: str, doc: dict[str, Any]) -> None:
    """This will set money of an account aside for a day at most, under an id.

    :raises Refusal: `balance.low`, 402; `reserve.amount`; 404.
    """
    if amount.minor <= 0:
        raise Refusal("reserve.amount", _("A reservation is more than nothing."))
    until = rules.reserved_until(tx.now)
    row = await store.accounts.reserve(tx, account, amount.minor)
    first = lifecycle.BALANCE_ACTION.first
    await store.actions.insert(tx, id_, "reserve", account, first, amount, doc, row["party"], row["unit"], until=until)
    tx.later("billing.unreserve", {"reservation": id_}, due=until)


async def unreserve(tx: Tx, reservation: str, *, strict: bool = False) -> None:
    """This will free a reservation; one that is over stays as it is.

    :raises Refusal: 404, if `strict`.
    """
    row = await store.actions.end_reservation(tx, reservation, lifecycle.BALANCE_ACTION.check("created", "cancelled"))
    if row is not None:
        await store.accounts.reserve(tx, row["account"], -row["minor"])
    elif strict:
        raise missing(_("reservation"))
