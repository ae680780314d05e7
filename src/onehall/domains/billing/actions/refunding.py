"""Money on its way back: promised in one transaction, sent by a job or handed over at a counter."""

from typing import Any

from onehall.domains.billing import events, rules, store
from onehall.domains.billing.actions import settling
from onehall.domains.billing.lifecycle import REFUND
from onehall.domains.billing.model import Book, Entry, Move, Payment, Refund, Side
from onehall.kernel.i18n import Text, Words, _, keep
from onehall.kernel.ids import keyed_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.resources.changes import changed as tell_changed
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH


async def refund(
    tx: Tx, payment: Payment, amount: Money, why: Words, *, once: str, method: str | None = None, doc: dict[str, Any] | None = None
) -> str:
    """This will promise money of a payment back, the way it came, and have it sent; once for each `once`. Gives the refund's id.

    :raises Refusal: `payment.spent`, 409, more than is left of the payment.
    """
    way = method or payment.method or "online"
    id_ = keyed_id(payment.home, EPOCH, "refund", once)
    move = Move(Side(Book.ADVANCE, payment.id), Side(Book.REFUNDS, id_), amount)
    posted = await store.ledger.post(tx, Entry(f"refund:{once}", "refund", keep(why), (move,), payment=payment.id))
    if not posted.fresh:
        return id_
    await store.payments.insert_refund(tx, id_, once, payment, amount.minor, keep(why), way, doc or {})
    tx.tell(events.RefundPromised(payment.id, id_, amount))
    _send(tx, payment, id_, amount, why, way)
    return id_


async def take_back(tx: Tx, payment: Payment, amount: Money, why: Words, *, once: str, doc: dict[str, Any]) -> str:
    """This will refund a payment that may have been used already: what is missing comes out of the account it went to.

    Once for each `once`: asked again, nothing more goes back.
    :raises Refusal: `refund.amount`, more than was paid; `balance.low`, 402, the account has not that much any more;
        `once.reused`, 409, the key stands for something else; 404.
    """
    payment = await _payment(tx, payment.id)
    known = await store.payments.refund(tx, keyed_id(payment.home, EPOCH, "refund", once))
    if known is not None:
        _check_same(known, payment, amount)
        return known.id
    rules.check_refund(payment.minor, await store.payments.refunded(tx, payment.id), amount)
    short = amount.minor - payment.rest.minor
    if short > 0 and payment.account:
        move = Move(Side(Book.MAIN, payment.account), Side(Book.ADVANCE, payment.id), Money(short, amount.currency))
        entry = Entry(f"unused:{once}", "refund", keep(why), (move,), payment.account, payment.id)
        await settling.take_off(tx, payment, Money(short, amount.currency))
        await store.ledger.post(tx, entry)
        await settling.settle_rest(tx, payment.account, short)
    return await refund(tx, payment, amount, why, once=once, doc=doc)


def _send(tx: Tx, payment: Payment, id_: str, amount: Money, why: Words, way: str) -> None:
    if way == "online":
        tx.later("payment.refund", {"refund": id_, "payment": payment.id, "amount": amount}, works_in=payment.home)
    if way in rules.COUNTER_METHODS:
        text = _("{amount} is waiting for you at the store where you paid. {why}", amount=amount, why=keep(why))
    else:
        text = _("{amount} is on its way back to you. {why}", amount=amount, why=keep(why))
    _tell_customer(tx, payment, text)


async def refund_done(tx: Tx, refund_: str, from_: Side | None = None) -> None:
    """This will write down that a refund was sent or handed over; safe twice.

    :raises Refusal: 404.
    """
    found = await _locked(tx, refund_)
    if found.status == "done":
        return
    status = REFUND.check(found.status, "done")
    move = Move(Side(Book.REFUNDS, refund_), from_ or Side(Book.CLEARING, "provider"), found.amount)
    what = keep(_("Refund"))
    await store.ledger.post(tx, Entry(f"refunded:{refund_}", "refunded", what, (move,), payment=found.payment))
    await store.payments.settle_refund(tx, refund_, status)
    tx.tell(events.Refunded(found.payment, refund_, found.amount))
    changed(tx, "refund", refund_)


async def refund_failed(tx: Tx, refund_: str, why: str) -> None:
    """This will write down that the provider will not send a refund; staff see it and can hand it over at a counter."""
    found = await _locked(tx, refund_)
    if REFUND.allows(found.status, "failed"):
        await store.payments.settle_refund(tx, refund_, "failed")
        tx.tell(events.RefundFailed(found.payment, refund_, why))
        changed(tx, "refund", refund_)


async def hand_over(tx: Tx, payment: str, unit: str | None) -> Money:
    """This will hand a customer at the counter what was promised back of a payment made at one; gives how much.

    :raises Refusal: `refund.none`, 404, nothing is waiting.
    """
    waiting = await store.payments.refunds_to_hand_over(tx, payment)
    if not waiting:
        raise Refusal("refund.none", _("Nothing of this payment is waiting to go back."), 404)
    for one in waiting:
        book = Book.CARD if one.method == "card" else Book.CASH
        await refund_done(tx, one.id, Side(book, unit or ""))
    return Money(sum(one.minor for one in waiting), waiting[0].currency)


def changed(tx: Tx, name: str, id_: str) -> None:
    """This will tell those who listen at the API that a payment or refund changed its state."""
    tell_changed(tx, ("payment", name), id_, "stateChange")


def _tell_customer(tx: Tx, payment: Payment, text: Text) -> None:
    if payment.party or payment.account:
        body = {"party": payment.party, "account": payment.account, "text": keep(text)}
        tx.later("billing.tell", body)


def _check_same(known: Refund, payment: Payment, amount: Money) -> None:
    if (known.payment, known.amount) != (payment.id, amount):
        raise Refusal("once.reused", _("This key was used for something else."), 409)


async def _payment(tx: Tx, payment: str) -> Payment:
    """Held, so that of two who ask at once the second sees what goes back to the first."""
    found = await store.payments.one(tx, payment, lock=True)
    if found is None:
        raise missing(_("payment"))
    return found


async def _locked(tx: Tx, refund_: str) -> Refund:
    found = await store.payments.refund(tx, refund_, lock=True)
    if found is None:
        raise missing(_("refund"))
    return found
