"""Charges, and the prepayment of nice numbers."""

from datetime import datetime
from typing import Any

from onehall.domains.billing import events, rules, store
from onehall.domains.billing.actions import settling
from onehall.domains.billing.model import Book, Entry, Move, Posted, Side
from onehall.kernel.i18n import Words, _, keep
from onehall.kernel.ids import home_of
from onehall.kernel.money import Money
from onehall.kernel.store import Tx

REVENUE = Side(Book.REVENUE)


async def charge(tx: Tx, account: str, amount: Money, what: Words, of: str | None, once: str, *, kind: str = "charge") -> Posted:
    """This will take money from an account's balance, once for each `once`. One statement; nothing is charged for zero.

    :raises Refusal: `balance.low`, 402, the account would go below its floor; 404.
    """
    if not amount:
        return Posted("", False)
    move = Move(Side(Book.MAIN, account), REVENUE, amount)
    posted = await store.ledger.post(tx, Entry(once, kind, keep(what), (move,), account, of=of))
    if posted.fresh and posted.balance is not None:
        tx.tell(events.Charged(account, amount, posted.balance, of))
    return posted


async def deposit(
    tx: Tx, account: str, amount: Money, what: Words, of: str | None, once: str, *, payment: str | None = None, months: int = 0
) -> Posted:
    """This will put a prepayment aside, out of a payment or of the balance; it comes back in `months` equal parts.

    :raises Refusal: `balance.low`, 402; `payment.spent`, 409; 404.
    """
    if not amount:
        return Posted("", False)
    source = Side(Book.ADVANCE, payment) if payment else Side(Book.MAIN, account)
    move = Move(source, Side(Book.DEPOSIT, account), amount)
    posted = await store.ledger.post(tx, Entry(once, "deposit", keep(what), (move,), account, payment, of))
    if posted.fresh:
        tx.tell(events.DepositTaken(account, amount))
        if months:
            _release_next(tx, {"account": account, "amount": amount, "months": months, "part": 1, "once": once, "from": tx.now})
    return posted


async def release_deposit(tx: Tx, body: dict[str, Any]) -> None:
    """This will give one monthly part of a prepayment to the balance, and leave the next for next month."""
    account, whole, part = body["account"], Money(**body["amount"]), int(body["part"])
    amount = rules.deposit_part(whole, int(body["months"]), part)
    if amount:
        move = Move(Side(Book.DEPOSIT, account), Side(Book.MAIN, account), amount)
        what = keep(_("Prepayment, part {part} of {months}", part=part, months=int(body["months"])))
        once = f"{body['once']}:part:{part}"
        posted = await store.ledger.post(tx, Entry(once, "deposit_back", what, (move,), account))
        posted = await settling.settle(tx, account, posted, amount, once, paid=False)
        if posted.fresh:
            tx.tell(events.DepositReleased(account, amount))
    if part < int(body["months"]):
        _release_next(tx, body | {"part": part + 1})


def _release_next(tx: Tx, body: dict[str, Any]) -> None:
    start = body["from"] if isinstance(body["from"], datetime) else datetime.fromisoformat(body["from"])
    due = rules.month_later(start, int(body["part"]))
    once = f"{body['once']}:{body['part']}"
    tx.later("billing.release_deposit", body, due=due, once=once, works_in=home_of(body["account"]))
