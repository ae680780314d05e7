"""Payments: asked for, heard of, taken at the counter, lapsed, given back. Nothing here calls the provider: jobs do."""

from datetime import datetime
from typing import Any

from msgspec import structs

from onehall.domains.billing import events, rules, store
from onehall.domains.billing.actions import settling
from onehall.domains.billing.actions.refunding import changed, refund
from onehall.domains.billing.lifecycle import PAYMENT
from onehall.domains.billing.model import Book, Entry, Move, Payment, Side
from onehall.kernel import journeys
from onehall.kernel.i18n import Text, Words, _, keep
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH


async def ask_for_money(
    tx: Tx, *, once: str, party: str | None, amount: Money, text: Words, until: datetime, channel: str, to: str | None = None,
    account: str | None = None,
) -> Payment:  # fmt: skip
    """This will write down the wish for a payment, once for each `once`; a job opens the checkout, another watches the time.

    That of a journey (`to`), whose own row says that it has wished, is written with that row.
    """
    id_ = keyed_id(tx.home, EPOCH, "payment", once)
    fresh = Payment(
        tx.home, id_, party, account, tx.origin.unit, amount.minor, amount.currency, keep(text), channel, "pending", until, tx.now, to
    )
    if to:
        store.payments.insert_last(tx, fresh, once)
    elif await store.payments.insert(tx, fresh, once, {}) is None:
        return await _locked(tx, id_)
    tx.tell(events.PaymentAsked(id_, amount, party))
    asked = {"payment": id_, "amount": amount, "text": keep(text), "until": until}
    tx.later("payment.checkout", asked)
    tx.later("payment.lapse", {"payment": id_}, due=until, once=id_)
    return fresh


async def begin_charge(
    tx: Tx, *, once: str, account: str, party: str | None, amount: Money, text: Words, until: datetime
) -> Payment:  # fmt: skip
    """This will write down a payment that is taken by an agreement; when nothing is heard of it, the provider is asked."""
    id_ = keyed_id(home_of(account), EPOCH, "payment", once)
    fresh = Payment(
        tx.home, id_, party, account, tx.origin.unit, amount.minor, amount.currency, keep(text), "autopay", "pending", until, tx.now
    )
    payment = await store.payments.insert(tx, fresh, once, {})
    if payment is None:
        return await _locked(tx, id_)
    tx.tell(events.PaymentAsked(id_, amount, party))
    tx.later("payment.lapse", {"payment": id_}, due=until, once=id_)
    return payment


async def record(
    tx: Tx, *, account: str, party: str | None, amount: Money, text: Words, partner: str, doc: dict[str, Any], once: str
) -> Payment:
    """This will write down a payment that a partner took for an account, and add it to the balance; once for each `once`.

    :raises Refusal: 404.
    """
    id_ = keyed_id(home_of(account), EPOCH, "payment", once)
    fresh = Payment(
        tx.home, id_, party, account, tx.origin.unit, amount.minor, amount.currency, keep(text), "tmf", "pending", tx.now, tx.now,
        method="partner",
    )  # fmt: skip
    payment = await store.payments.insert(tx, fresh, once, doc)
    if payment is None:
        return await _locked(tx, id_)
    await receive(tx, payment, Side(Book.CLEARING, f"partner:{partner}"), "partner")
    await _done(tx, payment, "partner", str(doc.get("authorizationCode") or id_))
    move = Move(Side(Book.ADVANCE, id_), Side(Book.MAIN, account), amount)
    posted = await store.ledger.post(tx, Entry(f"credit:{id_}", "top_up", keep(text), (move,), account, id_))
    posted = await settling.settle(tx, account, posted, amount, f"credit:{id_}", payment=id_)
    if posted.balance is not None:
        tx.tell(events.ToppedUp(account, amount, posted.balance))
    return payment


async def open_checkout(tx: Tx, payment: str, url: str) -> None:
    """This will write down where a payment can be paid."""
    store.payments.open_checkout(tx, payment, url)


async def hear(tx: Tx, payment: str, status: str, amount: Money, reference: str) -> str:
    """This will take in what the provider says of a payment, however often and in whatever order; gives what became of it.

    Money for a payment that is over, or that was paid already, goes back, and the customer is told.
    :raises Refusal: 404; `payment.amount`, 422.
    """
    found = await _locked(tx, payment)
    tx.origin = structs.replace(tx.origin, party=found.party, journey=(found.to_journey or "").partition("/")[0] or None)
    if status == "failed":
        return await _end(tx, found, "failed") if rules.is_open_for_money(found.status) else found.status
    if status != "paid":
        return found.status
    rules.check_amount(found.amount, amount)
    if not await receive(tx, found, Side(Book.CLEARING, "provider"), reference):
        return "repeated"
    if not rules.is_open_for_money(found.status):
        return await _came_late(tx, found, reference)
    await _done(tx, found, "online", reference, last=True)
    if found.to_journey:
        journeys.arrive(tx, found.to_journey, {"paid": True, "payment": payment})
    return "done"


async def receive(tx: Tx, payment: Payment, from_: Side, reference: str) -> bool:
    """This will post money that came for a payment, once for each reference; False when it was posted before."""
    move = Move(from_, Side(Book.ADVANCE, payment.id), payment.amount)
    once = f"receipt:{payment.id}:{reference}"
    posted = await store.ledger.post(tx, Entry(once, "payment", payment.text, (move,), payment=payment.id))
    return posted.fresh


async def take_here(tx: Tx, payment: str, *, method: str, staff: str | None, unit: str | None) -> dict[str, Any]:
    """This will take the money at the counter and write down who took it where; pressed twice, it is taken once.

    :raises Refusal: `forbidden`, `payment.method`, `payment.closed`; 404.
    """
    found = await _locked(tx, payment)
    if not (staff and found.status == "done" and found.method == method and found.staff == staff):
        rules.check_counter(method, staff, found.status)
        await receive(tx, found, Side(Book(method), unit or ""), "counter")
        await _done(tx, found, method, None, staff, unit)
        tx.later("payment.close", {"payment": payment})
    return {"paid": True, "payment": payment}


async def lapse(tx: Tx, payment: str, *, given_up: bool = False) -> str:
    """This will end a payment that was not paid in time; its journey is told."""
    found = await _locked(tx, payment)
    if not rules.is_open_for_money(found.status):
        return found.status
    if found.url and not given_up:
        tx.later("payment.close", {"payment": payment})
    return await _end(tx, found, "expired")


async def give_back(tx: Tx, payment: str, why: Text) -> None:
    """This will void a payment that is open, and refund what is left of one that was paid; safe twice.

    :raises Refusal: 404.
    """
    found = await _locked(tx, payment)
    if rules.is_open_for_money(found.status):
        await store.payments.settle(tx, found, PAYMENT.check(found.status, "voided"))
        changed(tx, "payment", payment)
        tx.tell(events.PaymentLapsed(payment, "voided"))
        tx.later("payment.close", {"payment": payment})
    elif found.rest:
        await refund(tx, found, found.rest, why, once=f"back:{payment}:{found.spent}")


async def _done(
    tx: Tx, payment: Payment, method: str, reference: str | None, staff: str | None = None, unit: str | None = None, last: bool = False
) -> None:
    status = PAYMENT.check(payment.status, "done")
    await store.payments.settle(tx, payment, status, method=method, reference=reference, staff=staff, unit=unit, last=last)
    tx.tell(events.PaymentReceived(payment.id, payment.amount, method, payment.party, payment.account))
    tx.no_more("payment.lapse", payment.id)
    changed(tx, "payment", payment.id)


async def _end(tx: Tx, payment: Payment, status: str) -> str:
    await store.payments.settle(tx, payment, PAYMENT.check(payment.status, status))
    tx.tell(events.PaymentLapsed(payment.id, status))
    changed(tx, "payment", payment.id)
    if payment.to_journey:
        journeys.arrive(tx, payment.to_journey, {"paid": False, "payment": payment.id})
    return status


async def _came_late(tx: Tx, payment: Payment, reference: str) -> str:
    """A counter's money stays; the provider's comes on top of it, or after the end, and goes back."""
    if PAYMENT.allows(payment.status, "late"):
        await store.payments.settle(tx, payment, "late", method="online", reference=reference)
        changed(tx, "payment", payment.id)
    tx.tell(events.MoneyCameLate(payment.id, payment.amount))
    why = _("It came after the payment was over.") if payment.status != "done" else _("It was paid twice.")
    await refund(tx, payment, payment.amount, why, once=f"late:{payment.id}:{reference}", method="online")
    return "late"


async def _locked(tx: Tx, payment: str) -> Payment:
    found = await store.payments.one(tx, payment, lock=True)
    if found is None or found.home != home_of(payment):
        raise missing(_("payment"))
    return found
