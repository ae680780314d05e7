"""Money that reaches an account: at home at once; in another home by way of the transit book and a job."""

from collections.abc import Sequence
from typing import Any

from onehall.domains.billing import events, store
from onehall.domains.billing.actions import settling
from onehall.domains.billing.actions.failing import fail
from onehall.domains.billing.actions.refunding import refund
from onehall.domains.billing.actions.wording import say
from onehall.domains.billing.model import Book, Entry, Move, Posted, Side, TopUp
from onehall.kernel.i18n import Text, Words, _, keep
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

TRANSIT = Side(Book.TRANSIT)
CLOSED = _("The account that it was for is closed.")


async def credit(
    tx: Tx, account: str, amount: Money, what: Words, of: str | None, once: str, *, payment: str | None = None,
    from_: Side | None = None, kind: str = "top_up", bills: Sequence[str] = (),
) -> Posted:  # fmt: skip
    """This will add money to an account's balance, out of a payment in the same home, or from a book (the adjustments').

    It pays what the account owes at once: use that was not covered, then `bills`, then the oldest bills; the rest stays.

    :raises Refusal: `payment.spent`, 409; 404.
    """
    source = Side(Book.ADVANCE, payment) if payment else from_ or Side(Book.ADJUSTMENT)
    move = Move(source, Side(Book.MAIN, account), amount)
    posted = await store.ledger.post(tx, Entry(once, kind, keep(what), (move,), account, payment, of))
    paid = source.book is not Book.ADJUSTMENT
    return await settling.settle(tx, account, posted, amount, once, payment=payment, paid=paid, bills=bills)


async def top_up(
    tx: Tx, account: str, amount: Money, payment: str, number: str | None = None, bills: Sequence[str] = ()
) -> TopUp:
    """This will top an account up out of a payment, wherever the two live; the number's holder is told by SMS.

    In another home it may be closed when the money arrives: then the payment is refunded.
    :raises Refusal: `account.closed`, `payment.spent`, 409.
    """
    order = {"account": account, "number": number, "amount": amount, "payment": payment, "once": f"topup:{payment}",
             "bills": list(bills)}
    if home_of(payment) == home_of(account) == tx.home:
        posted = await _arrived_here(tx, order, payment)
        return TopUp(number, amount, posted.balance)
    if home_of(payment) == tx.home:
        await spend(tx, order)
    else:
        tx.later("billing.spend", order, works_in=home_of(payment))
    return TopUp(number, amount)


async def spend(tx: Tx, order: dict[str, Any]) -> None:
    """This will take a payment's money into transit, in the payment's home, and send it on to the account's."""
    payment, amount = order["payment"], _amount(order)
    move = Move(Side(Book.ADVANCE, payment), TRANSIT, amount)
    await store.ledger.post(tx, Entry(f"{order['once']}:out", "transfer", keep(_top_up_of(order)), (move,), payment=payment))
    tx.later("billing.land", order, works_in=home_of(order["account"]))


async def land(tx: Tx, order: dict[str, Any]) -> None:
    """This will take money out of transit to an account, in the account's home; what finds it closed goes back. Safe twice."""
    if order.get("back"):
        await _come_back(tx, order)
    elif not await _open(tx, order):
        back = {**order, "account": order.get("from"), "from": None, "back": True, "once": f"{order['once']}:back"}
        tx.later("billing.land", back, works_in=home_of(order.get("from") or order["payment"]), once=back["once"])
    else:
        await arrived(tx, order, from_=TRANSIT)


async def received_by_partner(tx: Tx, account: str, amount: Money, partner: str, once: str, doc: dict[str, Any]) -> Posted:
    """This will top an account up with money that a partner took and owes us; once for each `once`.

    :raises Refusal: 404.
    """
    order = {"account": account, "number": None, "amount": amount, "once": once, "doc": doc}
    return await arrived(tx, order, from_=Side(Book.CLEARING, f"partner:{partner}"))


async def arrived(tx: Tx, order: dict[str, Any], *, payment: str | None = None, from_: Side | None = None) -> Posted:
    """This will add money to an account in this home as an order says, tell its holder, and show it among the top-ups."""
    account, amount, what = order["account"], _amount(order), _top_up_of(order)
    bills = order.get("bills") or ()
    posted = await credit(tx, account, amount, what, None, order["once"], payment=payment, from_=from_, bills=bills)
    if not posted.fresh or posted.balance is None:
        return posted
    tx.tell(events.ToppedUp(account, amount, posted.balance))
    doc = order.get("doc") or {"id": _shown_as(order)}
    last = "doc" not in order  # who asks by API is shown it at once
    await store.actions.insert(tx, doc["id"], "topup", account, "completed", amount, doc, posted.party, posted.unit, last=last)
    text = _("{amount} has been added. Your balance is now {balance}.", amount=amount, balance=posted.balance)
    if posted.number:
        await say(tx, keep(text), posted.number, posted.party)
    else:
        tx.later("billing.tell", {"party": None, "account": account, "text": keep(text)})
    return posted


async def _arrived_here(tx: Tx, order: dict[str, Any], payment: str) -> Posted:
    try:
        return await arrived(tx, order, payment=payment)
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        raise Refusal("account.closed", CLOSED, 409) from refusal


async def _open(tx: Tx, order: dict[str, Any]) -> bool:
    """Whether the money is there already, or can still be added: the account's row is held from here on."""
    account = order["account"]
    await store.rating.lock(tx, [account])
    found = await store.accounts.one(tx, account)
    return (found is not None and found.status == "open") or await store.actions.known(tx, _shown_as(order))


async def _come_back(tx: Tx, order: dict[str, Any]) -> None:
    """To its sender or payer, who is told; a sender who is gone too leaves it to a person.

    :raises Refusal: 404.
    """
    if order["account"] is None:
        return await _refund(tx, order)
    account, amount = order["account"], _amount(order)
    posted = await credit(tx, account, amount, _("Transfer that came back"), None, order["once"], from_=TRANSIT, kind="transfer")
    if posted.fresh:
        await fail(tx, order["transfer"], CLOSED)
        text = _("{amount} came back to you: the account that you sent it to is closed. Your balance is now {balance}.",
                 amount=amount, balance=posted.balance)  # fmt: skip
        tx.later("billing.tell", {"party": None, "account": account, "text": keep(text)})


async def _refund(tx: Tx, order: dict[str, Any]) -> None:
    """Out of transit into the payment again, and from there the way it came."""
    payment, amount = await store.payments.one(tx, order["payment"], lock=True), _amount(order)
    if payment is None:
        raise missing(_("payment"))
    move = Move(TRANSIT, Side(Book.ADVANCE, payment.id), amount)
    posted = await store.ledger.post(tx, Entry(order["once"], "transfer", keep(_top_up_of(order)), (move,), payment=payment.id))
    if posted.fresh:
        await refund(tx, payment, amount, CLOSED, once=order["once"])


def _shown_as(order: dict[str, Any]) -> str:
    return keyed_id(home_of(order["account"]), EPOCH, "topup", order["once"])


def _amount(order: dict[str, Any]) -> Money:
    amount = order["amount"]
    return amount if isinstance(amount, Money) else Money(**amount)


def _top_up_of(order: dict[str, Any]) -> Text:
    if order.get("bills"):
        return _("Payment of a bill")
    if order.get("card"):
        return _("Top-up card {serial}", serial=order["card"])
    return _("Top-up of {number}", number=order["number"]) if order.get("number") else _("Top-up")
