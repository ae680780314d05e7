"""A single charge that stands on an account's next bill."""

from onehall.domains.billing import rules, store
from onehall.domains.billing.actions import settling
from onehall.domains.billing.model import Book, Entry, Move, Side
from onehall.kernel.i18n import Words, keep
from onehall.kernel.money import Money
from onehall.kernel.store import Tx


async def owe(tx: Tx, account: str, amount: Money, what: Words, of: str, once: str, *, offering: str, kind: str) -> None:
    """This will charge an account what stands on its next bill; prepaid money is taken as far as it reaches. Once for each `once`.

    An amount below zero is given back: it pays what is owed first.
    """
    debtor = (await store.bills.lock(tx, [account]))[account]
    main, owed = rules.rating.settled(amount.minor, debtor.unbilled, debtor.free, debtor.floor, debtor.mode)
    debts = Side(Book.UNBILLED, account)
    moves = [_move(debts, Side(Book.REVENUE, offering), amount.minor, amount.currency)]
    if main:
        moves.append(_move(Side(Book.MAIN, account), debts, -main, amount.currency))
    posted = await store.ledger.post(tx, Entry(once, kind, keep(what), tuple(moves), account, of=of))
    if posted.fresh and owed < 0 and debtor.mode == "prepaid":
        await settling.pass_on(tx, account, posted.id, Money(-owed, amount.currency))


def _move(debit: Side, credit: Side, minor: int, currency: str) -> Move:
    return Move(debit, credit, Money(minor, currency)) if minor >= 0 else Move(credit, debit, Money(-minor, currency))
