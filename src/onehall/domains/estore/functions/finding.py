"""Which store a journey is about."""

from collections.abc import Sequence

from onehall.domains.estore import queries, rules
from onehall.domains.estore.model import Card, EStore, Member
from onehall.kernel.i18n import _
from onehall.kernel.journeys import Journey, Option
from onehall.kernel.refusals import Refusal


async def ask_store(journey: Journey, role: str | None = None) -> tuple[EStore, Member]:
    """This will find the customer's store: the one given by its address, the only one, or the one that is chosen.

    `role` narrows them to those in which the customer has it.
    :raises Refusal: `estore.outsider`, `estore.not_approver`, 403; 404.
    """
    cards = await queries.cards(journey.tx, journey.party)
    if role:
        cards = [card for card in cards if await _has(journey, card, role)]
    if not cards:
        raise _nothing(role)
    given = journey.given("store")
    if given is not None:
        journey.row.given["store"] = next((card.store for card in cards if given in (card.slug, card.store)), str(given))
        if not any(card.store == journey.row.given["store"] for card in cards):
            raise _nothing(role)
    elif len(cards) == 1 and not journey.row.has("answer", "store"):
        return await _opened(journey, cards[0].store)

    async def options() -> Sequence[Option]:
        return [Option(card.store, card.name, note=f"/s/{card.slug}") for card in cards]

    chosen = await journey.choose("store", _("Which store?"), options, gone=_("You do not belong to that store."))
    return await _opened(journey, chosen.value)


async def _has(journey: Journey, card: Card, role: str) -> bool:
    found = await queries.member(journey.tx, card.store, journey.party)
    return found is not None and found.role == role and rules.is_member(found, journey.tx.now)


async def _opened(journey: Journey, id_: str) -> tuple[EStore, Member]:
    found = rules.check_open(await queries.by_id(journey.tx, id_))
    return found, rules.check_member(await queries.member(journey.tx, id_, journey.party), journey.tx.now)


def _nothing(role: str | None) -> Refusal:
    if role:
        return Refusal("estore.not_approver", _("You do not decide for this store."), 403)
    return Refusal("estore.outsider", _("This store is for its own people. Show first that you belong to it."), 403)
