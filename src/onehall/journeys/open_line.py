"""Opening a line: a plan, a number that is held, a proven person, a SIM, one agreement, one payment, one order."""

from datetime import datetime

import msgspec

from onehall.domains import billing, catalogue, fulfilment, inventory, order, party
from onehall.domains.catalogue import Offering
from onehall.domains.inventory import Terms
from onehall.domains.order import Wanted
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import Words, _, thaw
from onehall.kernel.journeys import Held, Journey, Option, Said, Summary, item
from onehall.kernel.money import Money, money
from onehall.kernel.refusals import Refusal

SIMS = (
    Option("esim", _("eSIM"), note=_("Comes to your phone at once")),
    Option("plastic", _("SIM card"), note=_("Written at the counter, or sent to you")),
)


@function(
    "line.open", title=_("Open a line"), family="sell", words=("KH",), takes=("offer",),
    asks="choose enter prove confirm pay attach wait", cost_by_hand=money(35),
)  # fmt: skip
async def open_line(journey: Journey) -> Said:
    """This will open a line for a person, from any channel to any other."""
    offering = await _choose_plan(journey)
    number, terms, kept = await _choose_number(journey)
    await journey.prove(Proof.REAL_NAME)
    holder = await party.queries.party(journey.tx, journey.party)
    slot = await journey.hold("slot", "line_slot", of="prove", document=holder.document_hash)
    sim = await journey.choose("sim", _("Which SIM would you like?"), _sims)
    address, phone = await fulfilment.ask_address(journey, sim.value) or (None, None)
    charges, total = _charged(offering, terms, journey.row.created)
    await journey.confirm("agree", _summary(offering, number, terms, sim, charges, total, address), _("Do you want to open this line?"))
    payment = await journey.pay("money", total, _("{name} with {number}", name=offering.name, number=number)) if total else None
    wanted = Wanted(
        kind="line.open", party=journey.party, offering=offering.id, name=offering.name, price_id=offering.price_id,
        number=number, number_token=kept.token, document=holder.document_hash, slot_token=slot.token, sim=sim.value,
        charges=charges, payment=payment, contact=phone or holder.phone, reply_to=journey.address("done"),
        unit=journey.row.unit or holder.unit, contract_months=offering.contract_months,
        lock_months=terms.lock_months, min_spend=terms.min_spend, send_to=address,
    )  # fmt: skip
    placed = await journey.do("order", order.actions.place, wanted=wanted)
    ended = await journey.wait_for("done", await fulfilment.follow_card(journey, address))
    if ended["state"] != "completed":
        why: Words = thaw(ended.get("why")) or _("It could not be done.")
        raise Refusal("order.failed", _("Your line could not be opened: {why} What you paid comes back to you.", why=why), 409)
    facts = [item(_("Number"), number, "number"), item(_("Plan"), offering.name), item(_("Paid"), placed.total)]
    return Said(_("Your line {number} is active.", number=number), facts, ("balance.check", "topup", "data.left"))


@function("line.price", title=_("What a new line costs"), family="query", takes=("offer", "number", "sim"), asks="choose")
async def price(journey: Journey) -> Said:
    """This will say what opening a line costs today and what it binds to, word for word as it would be agreed to; nothing is held."""
    offering = await _choose_plan(journey)
    tokens = tuple(filter(None, (str(journey.given("held") or ""),)))
    number, terms = _terms(await _ask_number(journey, tokens))
    sim = await journey.choose("sim", _("Which SIM would you like?"), _sims)
    charges, total = _charged(offering, terms, journey.row.created)
    agreed = _summary(offering, number, terms, sim, charges, total)
    facts = [*agreed.lines, item(_("Total"), total), *(item(_("Terms"), term) for term in agreed.terms)]
    return Said(_("{name} with {number} costs {total} now.", name=offering.name, number=number, total=total), facts, ("line.open",))


async def _choose_plan(journey: Journey) -> Offering:
    chosen = await journey.choose("offer", _("Which plan would you like?"), lambda: _plans(journey), gone=_("It is no longer on sale."))
    return await catalogue.queries.at_price(journey.tx, chosen.holds["price_id"])


async def _choose_number(journey: Journey) -> tuple[str, Terms, Held]:
    """A number that somebody carries for the customer comes along with the token of its hold (`held`)."""
    carried = str(journey.given("held") or "")
    chosen = await _ask_number(journey, tuple(filter(None, (journey.token("number_hold"), carried))))
    along = {"instead_of": carried} if carried else {}
    kept = await journey.hold("number_hold", "number", of="number", number=chosen.value, **along)
    return *_terms(chosen), kept


async def _ask_number(journey: Journey, tokens: tuple[str, ...]) -> Option:
    return await journey.choose(
        "number", _("Which number would you like?"), lambda words="": inventory.queries.number_options(journey.tx, words),
        find=lambda number: inventory.queries.number_among(journey.tx, number, *tokens),
        gone=_("This number has just been taken. Please choose another."),
    )  # fmt: skip


def _terms(chosen: Option) -> tuple[str, Terms]:
    held = chosen.holds
    prepay, spend = (msgspec.convert(held[name], Money) for name in ("prepay", "min_spend"))
    return chosen.value, Terms(held["tier"], prepay, spend, held["lock_months"])


def _charged(offering: Offering, terms: Terms, at: datetime) -> tuple[tuple[order.Charge, ...], Money]:
    charges = order.rules.opening_charges(offering, catalogue.rules.first_month_fee(offering, at), terms.prepay)
    return charges, sum((charge.amount for charge in charges[1:]), charges[0].amount) if charges else offering.fee


async def _plans(journey: Journey) -> list[Option]:
    return [catalogue.queries.showing.option(plan) for plan in await catalogue.queries.plans(journey.tx, journey.ways)]


async def _sims() -> list[Option]:
    return list(SIMS)


def _summary(
    offering: Offering, number: str, tier: Terms, sim: Option, charges: tuple[order.Charge, ...], total: Money, address: str | None = None
) -> Summary:  # fmt: skip
    lines = [item(_("Plan"), offering.name), item(_("Number"), number, "number"), item(_("SIM"), sim.text)]
    lines += [item(_("Sent to"), address)] if address else []
    lines += [item(charge.text, charge.amount) for charge in charges]
    terms: list[Words] = [_("Each further month costs {fee}.", fee=offering.fee)]
    if offering.contract_months:
        terms.append(_("The contract runs for {months} months.", months=offering.contract_months))
    if tier.lock_months:
        terms.append(
            _("This number binds you for {months} months, with at least {spend} a month.", months=tier.lock_months, spend=tier.min_spend)
        )
    return Summary(lines, total, [*terms, *_leaving(offering, tier), *offering.terms])


def _leaving(offering: Offering, tier: Terms) -> list[Words]:
    """What the plan's contract and the number cost who leaves early."""
    showing = catalogue.queries.showing
    of_plan = showing.leaving(offering)
    if not tier.lock_months or not tier.min_spend:
        return of_plan
    percent, spend = int(billing.rules.bills.EXIT_PERCENT), tier.min_spend
    if not of_plan:
        return [showing.owed_early(percent, spend)]
    number = _("For the number it is {percent}% of {spend} for each of its months, where that is more.", percent=percent, spend=spend)
    return [*of_plan, number]
