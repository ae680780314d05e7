"""Balances moved and set aside through the API: money to another account, units of one allowance, each once."""

from decimal import Decimal
from typing import Any

from onehall.domains.billing import lifecycle, rules, store
from onehall.domains.billing.model import Book, Draw, Entry, Move, Side
from onehall.kernel.i18n import _, keep
from onehall.kernel.ids import home_of
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx

TRANSIT = Side(Book.TRANSIT)


async def transfer_money(tx: Tx, account: str, to: str, amount: Money, id_: str, doc: dict[str, Any]) -> None:
    """This will move money of an account to another, wherever it lives, by way of the transit book; once for an id.

    :raises Refusal: `balance.low`, 402; `transfer.same`, 422; 404.
    """
    if account == to:
        raise Refusal("transfer.same", _("A transfer goes to another account."), 422)
    what = keep(_("Transfer"))
    move = Move(Side(Book.MAIN, account), TRANSIT, amount)
    posted = await store.ledger.post(tx, Entry(f"transfer:{id_}", "transfer", what, (move,), account))
    await store.actions.insert(tx, id_, "transfer", account, "completed", amount, doc, posted.party, posted.unit)
    order = {"account": to, "number": None, "amount": amount, "once": f"transfer:{id_}:in", "from": account, "transfer": id_}
    tx.later("billing.land", order, works_in=home_of(to))


async def reserve_bucket(tx: Tx, bucket: str, amount: Decimal, id_: str, doc: dict[str, Any]) -> None:
    """This will set units of an allowance aside for a day at most, under an id.

    :raises Refusal: `bucket.used`, 409; 404.
    """
    row = await store.buckets.whole(tx, bucket)
    if row is None:
        raise missing(_("allowance"))
    payer = (await store.rating.lock(tx, [row["account"]]))[row["account"]]
    row = await store.buckets.whole(tx, bucket)
    if row is None or row["status"] != "active" or row["total"] - row["used"] - row["reserved"] < amount:
        raise Refusal("bucket.used", _("More than that is used already."), 409)
    await store.reservations.set_aside(tx, payer.id, [Draw(bucket, amount)], 0, 1)
    until, first = rules.reserved_until(tx.now), lifecycle.BALANCE_ACTION.first
    await store.actions.insert(tx, id_, "reserve", payer.id, first, Money(0, payer.currency), doc, payer.party, payer.unit, until=until)
    tx.later("billing.unreserve_bucket", {"reservation": id_, "bucket": bucket, "amount": str(amount)}, due=until)


async def unreserve_bucket(tx: Tx, reservation: str, bucket: str, amount: Decimal) -> bool:
    """This will free units of an allowance that were set aside; False when that is over already."""
    row = await store.actions.end_reservation(tx, reservation, lifecycle.BALANCE_ACTION.check("created", "cancelled"))
    if row is None:
        return False
    await store.rating.lock(tx, [row["account"]])
    await store.reservations.set_aside(tx, row["account"], [Draw(bucket, amount)], 0, -1)
    return True


async def note(tx: Tx, id_: str, account: str, kind: str, doc: dict[str, Any]) -> None:
    """This will write what was done to an allowance through the API, as an action that is complete."""
    found = await store.accounts.one(tx, account)
    if found is None:
        raise missing(_("account"))
    await store.actions.insert(tx, id_, kind, account, "completed", Money(0, found.currency), doc, found.party, found.unit)


async def describe(tx: Tx, id_: str, words: dict[str, Any]) -> None:
    """This will change the words that stand with an action: its description and reason."""
    await store.actions.describe(tx, id_, words)
