"""Top-up cards. A card is used up in its own home, in the statement that finds it, and its money follows by a job of that
same transaction: whatever is killed, one card is one top-up."""

from datetime import datetime, timedelta
from typing import Any, Final

from onehall.domains.billing import rules, store
from onehall.domains.billing.actions.failing import fail
from onehall.domains.billing.actions.topping_up import CLOSED, arrived
from onehall.domains.billing.model import Account, Book, Card, Side, TopUp
from onehall.kernel import crypto
from onehall.kernel.i18n import Words, _
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.journeys import Held
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources.changes import changed
from onehall.kernel.settings import current
from onehall.kernel.store import Store, Tx

TOPUP: Final = ("prepayBalanceManagement", "topupBalance")
KEPT_FOR: Final = timedelta(hours=1)


def hash_of(pin: str) -> str:
    """This will give what a card is known by: its PIN under a key that only the house has."""
    return crypto.keyed_hash(current().secret, pin, "card")


class CardHold:
    """Scarce kind "card": what = {"pin": ..., "account": ..., "number": ..., "names": [...]}: who tries, for the lock-out.

    It is used up as it is taken, and its money reaches the account whatever becomes of the journey: nothing is let go.
    """

    async def take(self, store: Store, token: str, what: dict[str, Any]) -> Held:
        """This will use a card up for an account; the same token again is the same card.

        :raises Refusal: `card.locked`, 429; `card.unknown`, 422; `card.used`, `card.not_yet`, `card.blocked`, `card.expired`, 409.
        """
        hash_ = hash_of(rules.cards.card_pin(what["pin"]))
        await redeem(store, hash_, token, what["account"], what.get("number"), what["names"])
        return Held("card", hash_, home_for(hash_), token, store.clock.now() + KEPT_FOR)

    async def extend(self, store: Store, held: Held, until: datetime) -> Held:
        """This will keep on: it is used up."""
        return Held(held.what, held.ref, held.home, held.token, until)

    async def release(self, tx: Tx, held: Held) -> None:
        """This will do nothing: the money is on its way."""


async def voucher_top_up(tx: Tx, account: Account, amount: Money, pin: str, doc: dict[str, Any], partner: str) -> None:
    """This will begin a top-up by a card that a partner was shown: it is completed or failed when the card is found.

    :raises Refusal: `card.form`, 422.
    """
    hash_ = hash_of(rules.cards.card_pin(pin))
    shown = doc | {"voucher": f"*{pin[-2:]}"}
    await store.actions.insert(tx, doc["id"], "topup", account.id, "created", amount, shown, account.party, account.unit)
    names = [f"account:{account.id}", f"partner:{partner}"]
    body = {"hash": hash_, "account": account.id, "number": account.number, "topup": doc["id"], "names": names}
    tx.later("billing.redeem", body, lane=f"redeem|{account.id}")


async def voucher_settled(tx: Tx, topup: str, status: str, why: Words = "") -> None:
    """This will write down what became of a top-up by a card, and why it failed; safe twice."""
    if status == "failed":
        await fail(tx, topup, why)
    elif await store.actions.settle(tx, topup, status):
        changed(tx, TOPUP, topup, "stateChange")


async def redeem(
    store_: Store, hash_: str, token: str, account: str, number: str | None, names: list[str], topup: str | None = None
) -> Card:
    """This will count a try, use a card up and send its money on its way, each committed before the next.

    :raises Refusal: as `CardHold.take`.
    """
    await _count(store_, names)
    async with store_.edge(home_for(hash_)) as tx:
        card = await use_card(tx, hash_, token, account, number, topup)
    if isinstance(card, Refusal):
        raise card
    for name in names:
        async with store_.edge(home_for(name)) as tx:
            await store.cards.clear(tx, name, whole=name.startswith(("account:", "party:")))
    return card


async def use_card(tx: Tx, hash_: str, token: str, account: str, number: str | None, topup: str | None = None) -> Card | Refusal:
    """This will use a card up, in its home, and leave its top-up; a card that cannot be had is a refusal."""
    found = await store.cards.one(tx, hash_)
    no = await _not_good(tx, found) if found and found.status == "new" else None
    if no is not None:
        return no
    card = await store.cards.use(tx, hash_, token, account)
    if card is not None:
        body: dict[str, Any] = {"doc": {"id": topup}} if topup else {}
        tx.later("billing.card", body | _order(card, account, number), works_in=home_of(account), once=f"card:{hash_}:{token}")
        return card
    found = await store.cards.one(tx, hash_)
    if found is None:
        return Refusal("card.unknown", _("There is no card with this PIN. Please look again."))
    if found.token == token:
        return found
    if found.status == "used":
        return Refusal("card.used", _("This card was used already."), 409)
    if found.status == "blocked" and (no := rules.cards.why_not_good("blocked")):
        return no
    return Refusal("card.expired", _("This card was good until {day} only.", day=found.expires), 409)


async def _not_good(tx: Tx, card: Card) -> Refusal | None:
    """A batch becomes good once and may be blocked after that, so what is read here before the card is used holds."""
    batch = await store.cards.batch(tx, card.batch)
    return rules.cards.why_not_good(batch.status if batch else "making")


async def top_up_by_card(tx: Tx, account: str, number: str | None, hash_: str) -> TopUp:
    """This will add a used card's money to its account; the job that was left does the same, and it is done once.

    :raises Refusal: 404.
    """
    card = await store.cards.one(tx, hash_)
    assert card is not None and card.account == account
    if home_of(account) != tx.home:
        return TopUp(number, card.amount)
    return TopUp(number, card.amount, await land_card(tx, _order(card, account, number)))


async def land_card(tx: Tx, order: dict[str, Any]) -> Money | None:
    """This will add a card's money to an account, once; an account that is gone gives the card back."""
    account = await store.accounts.one(tx, order["account"])
    if account is None or account.status != "open":
        body = {"hash": order["hash"], "account": order["account"]}
        tx.later("billing.card_back", body, works_in=home_for(order["hash"]))
        if order.get("doc"):
            await fail(tx, order["doc"]["id"], CLOSED)
        return None
    posted = await arrived(tx, order, from_=Side(Book.CLEARING, f"cards:{order['batch']}"))
    return posted.balance


async def card_back(tx: Tx, hash_: str, account: str) -> None:
    """This will make a card good again whose money found no account."""
    await store.cards.give_back(tx, hash_, account)


async def _count(store_: Store, names: list[str]) -> None:
    """Each try counts before it is made, so that many at once are no more than the limit."""
    for name in names:
        async with store_.edge(home_for(name)) as tx:
            tries = await store.cards.count_try(tx, name, rules.cards.FORGOTTEN_AFTER)
            free = rules.cards.TRIES_FREE_OF_ADDRESS if name.startswith(("address:", "partner:")) else rules.cards.TRIES_FREE
            lock = None if tries is None else rules.cards.locked_for(tries, free)
            if lock:
                await store.cards.lock(tx, name, tx.now + lock)
            until = await store.cards.locked_until(tx, name) if tries is None else None
        if tries is None:
            raise _locked(until, store_.clock.now())


def _locked(until: datetime | None, now: datetime) -> Refusal:
    left = (until - now).total_seconds() if until else 1
    minutes = max(1, -int(-left // 60))
    reason = _("Too many PINs were wrong. Please try again in {minutes} minutes.", minutes=minutes)
    if minutes == 1:
        reason = _("Too many PINs were wrong. Please try again in a minute.")
    return Refusal("card.locked", reason, 429, retry_after=max(1, int(left + 0.999)))


def _order(card: Card, account: str, number: str | None) -> dict[str, Any]:
    return {
        "account": account, "number": number, "amount": {"minor": card.minor, "currency": card.currency}, "once": f"card:{card.hash}",
        "card": card.serial, "batch": card.batch, "hash": card.hash,
    }  # fmt: skip
