"""What anybody can learn about what is on sale."""

from collections.abc import Sequence

from onehall.domains.catalogue import queries
from onehall.domains.catalogue.model import SERVICES, Offering
from onehall.domains.catalogue.queries import showing
from onehall.domains.catalogue.rules import service_name
from onehall.kernel.functions import function
from onehall.kernel.i18n import _
from onehall.kernel.journeys import Item, Journey, Option, Said, item
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

BY_HAND = Money(300)  # three minutes of a clerk at 60 yuan an hour
ROAMING = "roaming"


@function("tariff.list", title=_("Tariff list"), family="query", words=("CXZF", "TARIFF"), cost_by_hand=BY_HAND)
async def tariff_list(journey: Journey) -> Said:
    """This will show every plan on sale: structure, price, conditions, validity, and what a bundle's parts cost by themselves."""
    plans = await queries.plans(journey.tx, journey.caller.channel)
    if not plans:
        return Said(_("No plan is on sale right now."))
    facts = [showing.line(plan, await _alone(journey, plan)) for plan in plans]
    cheapest = showing.least(plans)
    text = _("{count} plans are on sale, from {price} a month.", count=len(plans), price=cheapest)
    if len(plans) == 1:
        text = _("1 plan is on sale, from {price} a month.", price=cheapest)
    return Said(text, facts, ("tariff.plan", "plan.compare", "line.open"))


@function(
    "tariff.plan", title=_("One plan in full"), family="query", words=("TCXQ",), takes=("offer",), asks="choose", cost_by_hand=BY_HAND
)
async def tariff_plan(journey: Journey) -> Said:
    """This will show one plan in full."""
    plan = await _chosen(journey, "offer", _("Which plan do you want to see?"))
    facts = [*showing.details(plan), *(item(_("Condition"), words) for words in showing.conditions(plan))]
    facts += [
        Item(_("By itself: {name}", name=each.label), each.value, each.kind) for each in showing.alternatives(await _alone(journey, plan))
    ]
    return Said(_("{name}: {price}.", name=plan.name, price=showing.price(plan)), facts, ("line.open", "plan.change", "plan.compare"))


@function(
    "plan.compare",
    title=_("Compare two plans"),
    family="query",
    words=("TCDB",),
    takes=("first", "second"),
    asks="choose",
    cost_by_hand=BY_HAND,
)
async def compare_plans(journey: Journey) -> Said:
    """This will put two plans side by side."""
    first = await _chosen(journey, "first", _("Which is the first plan?"))
    second = await _chosen(journey, "second", _("Which is the second plan?"), but=first.id)
    rows: list[tuple[object, object, object]] = [(_("Monthly fee"), first.fee, second.fee)]
    for service in SERVICES:
        have = [one.allowances.get(service, 0) for one in (first, second)]
        if any(have):
            rows.append((service_name(service), showing.amount(service, have[0]), showing.amount(service, have[1])))
    rows.append((_("Contract"), showing.contract(first), showing.contract(second)))
    facts = [item(label, _("{first} | {second}", first=one, second=other)) for label, one, other in rows]  # type: ignore[arg-type]
    return Said(_("{first} and {second}, side by side.", first=first.name, second=second.name), facts, ("tariff.plan", "line.open"))


@function("pack.list", title=_("Packs on sale"), family="query", words=("CXJY",), cost_by_hand=BY_HAND)
async def pack_list(journey: Journey) -> Said:
    """This will show every pack and service on sale with its price."""
    channel = journey.caller.channel
    packs = await queries.packs(journey.tx, channel=channel)
    services = [one for one in await queries.services(journey.tx, channel) if one.family != ROAMING]
    facts = [showing.line(pack, ()) for pack in [*packs, *services]]
    if not facts:
        return Said(_("No pack is on sale right now."))
    return Said(_("{packs} packs and {services} services are on sale.", packs=len(packs), services=len(services)), facts, ("pack.add",))


@function("roaming.rates", title=_("Roaming rates"), family="query", words=("CXMY",), takes=("place",), asks="choose", cost_by_hand=BY_HAND)
async def roaming_rates(journey: Journey) -> Said:
    """This will show what calls, messages and data cost in a part of the world."""
    zones = [one for one in await queries.services(journey.tx, journey.caller.channel) if one.family == ROAMING]
    if not zones:
        return Said(_("Roaming is not offered."))
    place = await _among(journey, "place", _("Where are you going?"), zones)
    facts = [item(service_name(service), showing.rate(service, rate), "money") for service, rate in place.rates.items()]
    return Said(_("{name}: {rates}.", name=place.name, rates=showing.price(place)), facts, ("pack.list",))


async def _chosen(journey: Journey, key: str, text: object, but: str = "") -> Offering:
    plans = await queries.plans(journey.tx, journey.caller.channel)
    return await _among(journey, key, text, [plan for plan in plans if plan.id != but])


async def _among(journey: Journey, key: str, text: object, offerings: Sequence[Offering]) -> Offering:
    async def options() -> list[Option]:
        return [showing.option(one) for one in offerings]

    chosen = await journey.choose(key, text, options, gone=_("That is no longer on sale."))  # type: ignore[arg-type]
    found = next((one for one in offerings if one.id == chosen.value), None)
    if found is None:
        raise Refusal("offering.not_on_sale", _("That is no longer on sale."), 409)
    return found


async def _alone(journey: Journey, plan: Offering) -> list[Offering]:
    return await queries.unbundled(journey.tx, plan, journey.caller.channel)
