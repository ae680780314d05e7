"""What a person can have done with a code and in a queue."""

from onehall.domains import catalogue
from onehall.domains.outreach import actions, queries, rules
from onehall.domains.outreach.model import Code, Stock, Ticket
from onehall.kernel.functions import function
from onehall.kernel.i18n import Text, Words, _
from onehall.kernel.journeys import Item, Journey, Option, Said, item, scarce
from onehall.kernel.money import Money
from onehall.kernel.store import Tx

BY_HAND = Money(200)  # two minutes of a clerk at 60 yuan an hour
PLACE = "queue_place"
SHELF = "shelf"  # the kind of facts that tell where somebody stands, beside what they look at
STATES: dict[str, Text] = {
    "waiting": _("in the queue"), "called": _("called"), "served": _("served"), "no_show": _("did not come"), "left": _("left the queue"),
}  # fmt: skip
scarce(PLACE, actions.QueuePlace())


@function("code.scan", title=_("Scan a code"), family="query", words=("MSG",), takes=("code",), asks="enter", cost_by_hand=BY_HAND)
async def scan(journey: Journey) -> Said:
    """This will show what a code leads to: the tariff with its parts one by one, the store and what lies there; and keep the scan."""
    text = journey.given("code") or await journey.enter("code", _("Which code? It stands under the pattern."), rules.check_code)
    code = await queries.code_in_use(journey.tx, str(text))
    who = journey.caller.who
    actions.scan(journey.tx, code, carrier(journey) if rules.is_own_scan(who.staff, who.agent) else "")
    facts = await _whose(journey.tx, code)
    if not code.offering:
        name = await queries.unit_name(journey.tx, code.owner.unit)
        if code.kind == "campaign":
            return Said(_("Welcome! You came by “{campaign}”.", campaign=code.owner.campaign), facts, ("tariff.list", "line.open"))
        follow = ("queue.ticket", "line.open", "tariff.list")
        return Said(_("Welcome to {store}.", store=name), facts, follow, given={"store": code.owner.unit})
    offering = await catalogue.queries.check_on_sale(journey.tx, code.offering)
    facts += await _tariff(journey, offering)
    buy, key = ("line.open", "offer") if offering.kind == "plan" else ("pack.add", "pack")
    text = _("{name}: {price}.", name=offering.name, price=catalogue.queries.showing.price(offering))
    return Said(text, facts, (buy, "queue.ticket"), given={key: offering.id, "store": code.owner.unit})


@function("code.rule", title=_("Whose sale it is"), family="query", words=("GZ",), cost_by_hand=BY_HAND)
async def rule(journey: Journey) -> Said:
    """This will publish the rule by which an order is credited to store, clerk and campaign."""
    lines: list[tuple[Words, Words]] = [
        (
            _("What counts"),
            _("A scan of one of our codes, or a purchase begun from its page, by the customer: no clerk and no program scans for them."),
        ),
        (_("For how long"), _("{days} days, in every channel: who scans here may buy there.", days=rules.CREDIT_DAYS)),
        (_("Twice"), _("Scans of one code within {minutes} minutes are one scan.", minutes=rules.SCAN_MINUTES)),
        (_("Store"), _("The latest scan that names a store.")),
        (_("Clerk"), _("The latest scan that names a clerk; not when another store was scanned later.")),
        (_("Campaign"), _("The latest scan that names a campaign.")),
        (_("Owner"), _("Whoever owned the code when it was scanned. If it changes hands later, the order stays where it was.")),
        (
            _("Two who sold"),
            _(
                "Of an order that one began and a clerk finished, {began}% go to where it began and {finished}% to who finished it.",
                began=rules.BEGAN_PERCENT,
                finished=rules.FINISHED_PERCENT,
            ),
        ),
        (_("Weighed"), _("Once, when the order is placed. It is never weighed again, and each order shows its reasons.")),
        (_("Access type"), _("An order that a scan brought is code-to-buy (O2M); the price is the same.")),
    ]
    facts = [item(label, words) for label, words in lines]
    return Said(_("The rule by which sales are credited, version {version}.", version=rules.RULE), facts)


@function(
    "queue.ticket", title=_("Take a queue number"), family="serve", words=("QH",), takes=("store",), asks="choose", cost_by_hand=BY_HAND
)
async def ticket(journey: Journey) -> Said:
    """This will give a place in a store's queue, without any app; the clerks see who waits."""
    store = await journey.choose("store", _("At which store?"), lambda: _stores(journey))
    place = await journey.hold(
        "place", PLACE, of="store", unit=store.value, carrier=carrier(journey), channel=journey.caller.channel, source=journey.row.source
    )
    taken = await queries.ticket(journey.tx, store.value, place.ref)
    return await _stands(journey.tx, taken, store.text)


@function(
    "queue.place", title=_("My place in the queue"), family="query", words=("PD",), takes=("store", "number"), asks="choose enter",
    cost_by_hand=BY_HAND,
)  # fmt: skip
async def place(journey: Journey) -> Said:
    """This will tell how many stand before a number, or that it is called."""
    store = await journey.choose("store", _("At which store?"), lambda: _stores(journey))
    number = await journey.enter("number", _("Which number stands on your ticket?"), rules.check_number)
    found = await queries.ticket_of(journey.tx, store.value, queries.today(journey.tx.now), number)
    return await _stands(journey.tx, found, store.text)


def carrier(journey: Journey) -> str:
    """This will name under whom a scan is kept: the customer, or the guest as this channel knows them; "" for nobody."""
    if journey.known:
        return f"party:{journey.party}"
    holder = journey.caller.holder
    return holder if holder.startswith("visitor:") else ""


async def _stands(tx: Tx, found: Ticket, store: Words) -> Said:
    number, before = rules.ticket_number(found.number), 0
    if found.state == "waiting":
        before = rules.ahead(found, await queries.line(tx, found.unit, found.day))
    facts = [item(_("Number"), number, "ticket"), item(_("Store"), store), item(_("State"), STATES[found.state], "status")]
    facts += [item(_("Before you"), before)] if found.state == "waiting" else []
    texts: dict[str, Text] = {
        "waiting": _("Your number is {number}. {count} before you.", number=number, count=before) if before
        else _("Your number is {number}. You are next.", number=number),
        "called": _("{number}, please come to the counter.", number=number), "served": _("{number} has been served.", number=number),
        "no_show": _("{number} was called and nobody came. Please take another number.", number=number),
        "left": _("{number} has left the queue.", number=number),
    }  # fmt: skip
    return Said(texts[found.state], facts, ("queue.place",), given={"store": found.unit, "number": number})


async def _stores(journey: Journey) -> list[Option]:
    return [Option(path, name, group=city) for path, name, city in await queries.stores(journey.tx)]


async def _whose(tx: Tx, code: Code) -> list[Item]:
    """Which store and clerk stand behind the code, and what lies in the store."""
    facts = [item(_("Store"), await queries.unit_name(tx, code.owner.unit), SHELF)] if code.owner.unit else []
    if name := await queries.staff_name(tx, code.owner.staff):
        facts.append(item(_("Your clerk"), name, SHELF))
    if code.owner.campaign:
        facts.append(item(_("Campaign"), code.owner.campaign, SHELF))
    counted = await queries.stock(tx, code.owner.unit) if code.owner.unit and code.kind == "shelf" else None
    return [*facts, item(_("SIM cards"), _lying(counted), SHELF)] if counted else facts


def _lying(counted: Stock) -> Text:
    """Endless aisle: what the store has not, the centre sends."""
    found = rules.availability(counted.here, counted.centre)
    if found == "here":
        return _("{count} in this store", count=counted.here) if counted.here < actions.STOCK_MAX else _("plenty in this store")
    if found == "centre":
        return _("none in this store; the centre has some and sends yours to you")
    return _("none at the moment; an eSIM comes at once")


async def _tariff(journey: Journey, offering: catalogue.Offering) -> list[Item]:
    alone = await catalogue.queries.unbundled(journey.tx, offering, journey.caller.channel)
    facts = [
        *catalogue.queries.showing.details(offering),
        *(item(_("Condition"), words) for words in catalogue.queries.showing.conditions(offering)),
    ]
    return [
        *facts,
        *(Item(_("By itself: {name}", name=one.label), one.value, one.kind) for one in catalogue.queries.showing.alternatives(alone)),
    ]
