"""Money that is left when a line has ended: a clerk hands it to its holder, and the account is closed."""

from onehall.domains.billing import events, rules, store
from onehall.domains.billing.actions.accounts import close_account
from onehall.domains.billing.model import Book, Entry, Move, Side
from onehall.kernel.i18n import _, keep
from onehall.kernel.money import Money
from onehall.kernel.store import Tx


async def pay_out(tx: Tx, account: str, unit: str | None) -> Money:
    """This will take what is left of an account out of a store's till and close the account; gives how much.

    :raises Refusal: `payout.none`, 409, nothing is left, or the account is still needed.
    """
    await store.rating.lock(tx, [account])
    found = rules.settling.check_left(next(iter(await store.accounts.left_over(tx, account=account)), None))
    amount = found.free
    move = Move(Side(Book.MAIN, account), Side(Book.CASH, unit or ""), amount)
    what = keep(_("Balance paid out"))
    await store.ledger.post(tx, Entry(f"paid_out:{account}:{tx.origin.journey}", "paid_out", what, (move,), account))
    tx.tell(events.BalancePaidOut(account, amount, found.party))
    text = _("{amount}, what was left of your line {number}, was handed to you at a counter.", amount=amount, number=found.number or "-")
    tx.later("billing.tell", {"party": found.party, "account": None, "text": keep(text)})
    if not found.deposit_minor and not found.reserved_minor:
        await close_account(tx, account)
    return amount
