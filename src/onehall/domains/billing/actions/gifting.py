"""Data, minutes and messages given to another number: out of the giver's bucket at once, into one of the receiver's by a job; each once."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from onehall.domains.billing import events, rules, store
from onehall.domains.billing.actions.allowances import grant
from onehall.domains.billing.actions.failing import fail
from onehall.domains.billing.rules import charging
from onehall.kernel.i18n import _, keep
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.period import Period
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.kernel.store.flush import EPOCH


async def give_away(
    tx: Tx, account: str, bucket: str, number: str, to: str, amount: int, once: str, *, action: str | None = None
) -> str:
    """This will give whole units of a bucket to the account `to` of a number, once for each `once`; gives the gift's id.

    `action` is the balance action as which it was asked for: it fails when they cannot be received.

    :raises Refusal: `gift.left`, `gift.month`, `gift.times`, `gift.own`, `gift.bucket`, 409; 404.
    """
    id_ = keyed_id(tx.home, EPOCH, "gift", once)
    await store.rating.lock(tx, [account])
    row = await store.buckets.one(tx, bucket)
    giver = await store.accounts.one(tx, account)
    if row is None or giver is None or row["account"] != account:
        raise missing(_("allowance"))
    if to == account:
        raise Refusal("gift.own", _("This is your own number."), 409)
    if not await store.sharing.insert_gift(tx, id_, account, bucket, number, amount):
        return id_
    given, times = await store.sharing.given(tx, account, rules.month_start(tx.now), row["kind"])
    charging.check_gift(amount, row["total"] - row["used"] - row["reserved"], given - amount, times - 1, row["kind"])
    taken = await store.sharing.take_out(tx, bucket, amount)
    if taken is None:
        raise charging.nothing_left(0, row["kind"])
    if not charging.may_be_given(taken["of"]):
        raise Refusal("gift.bucket", _("What was given or carried over cannot be given on."), 409)
    tx.tell(events.GiftSent(account, id_, number, _amount(amount)))
    body = {"gift": id_, "to": to, "amount": amount, "until": taken["until"], "from": giver.number or "", "kind": taken["kind"],
            "action": action}  # fmt: skip
    tx.later("billing.land_gift", body, works_in=home_of(to))
    return id_


async def land_gift(tx: Tx, body: dict[str, Any]) -> None:
    """This will put a gift into a bucket of the receiver's, in their home; one that nobody can receive goes back. Safe twice."""
    account = await store.accounts.one(tx, body["to"])
    until = datetime.fromisoformat(body["until"]) if body["until"] else None
    arrived = account is not None and account.status == "open" and (until is None or until > tx.now)
    ended = {"gift": body["gift"], "arrived": arrived, "action": body.get("action")}
    tx.later("billing.end_gift", ended, works_in=home_of(body["gift"]))
    if account is None or not arrived:
        return
    await store.rating.lock(tx, [account.id])
    name = _("Given by {number}", number=body["from"])
    of, amount = charging.GIVEN + body["gift"], int(body["amount"])
    if await grant(tx, account.id, {body["kind"]: amount}, Period(tx.now, until), of, name=name, once=of):
        tx.tell(events.GiftReceived(account.id, body["gift"], _amount(amount)))
        what = rules.quantity(body["kind"], amount)
        text = _("{number} gave you {amount}.", number=body["from"], amount=what)
        if body["kind"] == "data_mb":
            text = _("{number} gave you {amount} of data.", number=body["from"], amount=what)
        tx.later("billing.tell", {"party": None, "account": account.id, "text": keep(text)})


async def end_gift(tx: Tx, gift: str, arrived: bool, action: str | None = None) -> None:
    """This will write what became of a gift, in the giver's home; what did not arrive is put back. Safe twice."""
    row = await store.sharing.move_gift(tx, gift, "arrived" if arrived else "returned")
    if row is not None and not arrived:
        await store.rating.lock(tx, [row["account"]])
        await store.sharing.put_back(tx, row["bucket"], row["amount"])
        kind = (await store.buckets.one(tx, row["bucket"]) or {"kind": "data_mb"})["kind"]
        what = rules.quantity(kind, row["amount"])
        text = _("{amount} that you gave to {number} came back to you: it could not be received.", amount=what, number=row["number"])
        tx.later("billing.tell", {"party": None, "account": row["account"], "text": keep(text)})
        if action:
            await fail(tx, action, _("It could not be received."))


def _amount(amount: int) -> Decimal:
    return Decimal(amount)
