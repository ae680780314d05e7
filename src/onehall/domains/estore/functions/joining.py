"""Showing that one belongs to a store, and what one has there."""

from onehall.domains.estore import actions, queries, rules
from onehall.domains.estore.functions.finding import ask_store
from onehall.domains.estore.model import PROOFS, EStore, Member, Request
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import ZONE, Text, _
from onehall.kernel.journeys import Item, Journey, Option, Said, item
from onehall.kernel.money import Money, money

WAYS: dict[str, Text] = {
    "mail": _("By my company's mail address"), "roster": _("By my staff number"), "student": _("By my student number"),
}  # fmt: skip
NUMBERS: dict[str, Text] = {"roster": _("What is your staff number?"), "student": _("What is your student number?")}


@function(
    "estore.join", title=_("Join my company's store"), family="serve", proof=Proof.CODE, words=("DZWD",), takes=("store",),
    secret=("code",), asks="choose enter prove", cost_by_hand=money(10),
)  # fmt: skip
async def join(journey: Journey) -> Said:
    """This will make somebody a member of a private shop: by a code to their company mail, or by number and name on the company's list."""
    slug = await journey.enter("store", _("What is the address of the store?"), rules.check_slug)
    found = await queries.open_store(journey.tx, slug)
    if not _begun(journey) and rules.is_member(await queries.member(journey.tx, found.id, journey.party), journey.tx.now):
        await journey.do("card", actions.keep_card, party=journey.party, store_id=found.id)
        return Said(_("You belong to {store} already.", store=found.name), next=("estore.buy", "estore.mine"))
    way = await _way(journey, found)
    key, name = await (_by_mail(journey, found) if way == "mail" else _by_number(journey, way))
    what = {"store": found.id, "party": journey.party, "person": key, "name": name, "proof": way}
    await journey.hold("place", actions.PLACE, of="code" if way == "mail" else "name", **what)
    await journey.do("card", actions.keep_card, party=journey.party, store_id=found.id)
    return Said(_("Welcome to {store}. Its prices and numbers are yours to use now.", store=found.name), next=("estore.buy", "estore.mine"))


def _begun(journey: Journey) -> bool:
    """Whether this very journey is about to make them a member: then it says so, not that they are one already."""
    taken = f"hold:{journey.token('place')}:"
    asked = journey.row.has("answer", "mail") or journey.row.has("answer", "number")
    return asked is not None or any(key.startswith(taken) for key in journey.brought)


async def _way(journey: Journey, found: EStore) -> str:
    ways = [way for way in PROOFS if way in found.terms.proofs and (way != "mail" or found.terms.domains)]
    if len(ways) == 1:
        return ways[0]

    async def options() -> list[Option]:
        return [Option(way, WAYS[way]) for way in ways]

    return (await journey.choose("way", _("How do you show that you belong here?"), options)).value


async def _by_mail(journey: Journey, found: EStore) -> tuple[str, str]:
    def check(text: str) -> str:
        return rules.check_mail(found, text)

    address = await journey.enter("mail", _("What is your mail address at {store}?", store=found.name), check, kind="email")
    sent = await journey.hold("sent", actions.SENT, of="mail", address=address, store=found.name)
    code = await journey.enter("code", _("We sent a code to {address}. What is it?", address=address), str, kind="code")
    await journey.hold("shown", actions.SHOWN, of="code", address=address, code=code, sent=sent.token)
    return address, address.partition("@")[0]


async def _by_number(journey: Journey, way: str) -> tuple[str, str]:
    number = await journey.enter("number", NUMBERS[way], rules.plain_key)
    name = await journey.enter("name", _("What is your name, as on the list?"), rules.check_name)
    return number, name


@function(
    "estore.mine", title=_("My company's store"), family="query", proof=Proof.LINE, words=("WDCX",), takes=("store",),
    asks="choose prove", cost_by_hand=money(8),
)  # fmt: skip
async def mine(journey: Journey) -> Said:
    """This will show what one has in a private shop: the lines with both parts of their price, and what waits."""
    found, member = await ask_store(journey)
    asked = await queries.mine(journey.tx, found.id, member.key)
    facts = [item(_("E-store"), found.name), *[_shown(one) for one in asked[:8]]]
    if member.role == "approver":
        facts += await _for_approvers(journey, found)
    next_ = ("estore.requests", "estore.buy") if member.role == "approver" else ("estore.buy",)
    return Said(_sentence(found, member, asked), facts, next_)


def _sentence(found: EStore, member: Member, asked: list[Request]) -> Text:
    lines = sum(one.state == "active" for one in asked)
    waiting = sum(one.state == "asked" for one in asked)
    return _("{store}: {lines} of your lines work, {waiting} requests wait.", store=found.name, lines=lines, waiting=waiting)


def _shown(one: Request) -> Item:
    value = _(
        "{state}; {fee} a month, of which the company pays {part}",
        state=rules.state_words(one.state), fee=one.price, part=one.company,
    )  # fmt: skip
    return item(one.number or queries.name_of(one), value)


async def _for_approvers(journey: Journey, found: EStore) -> list[Item]:
    """The one split bill of this month, in three sums."""
    stands = await queries.split_bill(journey.tx, found, journey.tx.now.astimezone(ZONE).date())
    fees, company, members = rules.totals(stands)
    return [
        item(_("Lines this month"), str(len(stands))), item(_("All together this month"), Money(fees)),
        item(_("Paid by the company"), Money(company)), item(_("Paid by the members"), Money(members)),
        item(_("Waiting for a decision"), str(len(await queries.waiting(journey.tx, found.id)))),
    ]  # fmt: skip
