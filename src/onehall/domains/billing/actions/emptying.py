"""What was put on the account of a line that never came to be goes back: by the way it came, or to another account of its holder."""

from typing import Any

from onehall.domains.billing import rules, store
from onehall.domains.billing.actions.accounts import let_go
from onehall.domains.billing.actions.topping_up import CLOSED, TRANSIT, credit
from onehall.domains.billing.model import Account, Book, Entry, Move, Side
from onehall.kernel.i18n import _, keep
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.money import Money
from onehall.kernel.store import Tx


async def empty_account(tx: Tx, account: str) -> Money:
    """This will send back what lies on an account; gives what has nowhere to go and stays on it. Safe twice.

    A top-up goes back to its payment and from there to its payer, a card is good again; what a partner, another account or a
    correction brought goes to another open account of the same holder. What stays keeps the account open; its number lets it go.
    :raises Refusal: 404.
    """
    await store.rating.lock(tx, [account])
    found = await store.accounts.one(tx, account)
    if found is None or found.status != "open":
        return Money(0)
    left = found.free.minor
    for came in await store.allocations.unused(tx, account):
        minor = rules.settling.goes_back(came["once"], came["minor"], came["whole"], left)
        if minor:
            await _send_back(tx, found, came, Money(minor, found.currency))
            left -= minor
    left = await _pass_on(tx, found, Money(max(left, 0), found.currency))
    if left:
        await let_go(tx, found)
    return Money(left, found.currency)


async def _send_back(tx: Tx, account: Account, came: Any, amount: Money) -> None:
    once = came["once"]
    by_card = once.startswith("card:")
    to = Side(Book(came["book"]), came["owner"]) if by_card else TRANSIT
    await store.allocations.return_money(tx, came["entry"], amount.minor)
    move = Move(Side(Book.MAIN, account.id), to, amount)
    await store.ledger.post(tx, Entry(f"unused:{once}", "refund", keep(CLOSED), (move,), account.id))
    if not by_card:
        payment = once.partition(":")[2]
        order = {"account": None, "number": None, "amount": amount, "payment": payment, "once": f"{once}:back", "back": True}
        tx.later("billing.land", order, works_in=home_of(payment), once=order["once"])
        return
    hash_ = once.partition(":")[2]
    tx.later("billing.card_back", {"hash": hash_, "account": account.id}, works_in=home_for(hash_))
    text = _("Your top-up card of {amount} is good again: the line that it was for was not opened.", amount=amount)
    tx.later("billing.tell", {"party": account.party, "account": None, "text": keep(text)})


async def _pass_on(tx: Tx, account: Account, amount: Money) -> int:
    """Gives what is left, minor units."""
    others = await store.accounts.of_party(tx, account.party) if account.party and amount else []
    other = next((one for one in others if one.id != account.id and one.currency == account.currency), None)
    if other is None:
        return amount.minor
    what = _("Left on the account of a line that was not opened")
    move = Move(Side(Book.MAIN, account.id), TRANSIT, amount)
    await store.ledger.post(tx, Entry(f"unused:{account.id}", "transfer", keep(what), (move,), account.id))
    await credit(tx, other.id, amount, what, None, f"unused:{account.id}:in", from_=TRANSIT, kind="transfer")
    return 0
