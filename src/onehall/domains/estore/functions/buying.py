"""Opening a line in a private shop: its plans at its prices, its own numbers, the company's part and the member's."""

from collections.abc import Sequence

import msgspec

from onehall.domains import catalogue, fulfilment, inventory, order, party
from onehall.domains.catalogue import Offering
from onehall.domains.estore import actions, queries, rules
from onehall.domains.estore.functions.finding import ask_store
from onehall.domains.estore.model import EStore, Member, Request, Shelved
from onehall.domains.inventory import Terms
from onehall.domains.order import Wanted
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import Named, Words, _, thaw
from onehall.kernel.journeys import Held, Item, Journey, Option, Said, Summary, item
from onehall.kernel.money import Money, money
from onehall.kernel.refusals import Refusal

SIMS = (
    Option("esim", _("eSIM"), note=_("Comes to your phone at once")),
    Option("plastic", _("SIM card"), note=_("Written at the counter, or sent to you")),
)


@function(
    "estore.buy", title=_("Open a line in my company's store"), family="sell", proof=Proof.LINE, words=("WDGM",),
    takes=("store", "offer"), asks="choose enter prove confirm pay attach wait", cost_by_hand=money(35),
)  # fmt: skip
async def buy(journey: Journey) -> Said:
    """This will open a line in a private shop; beyond the budget it waits for an approver."""
    found, member = await ask_store(journey)
    await _bring_prepared(journey, found, member)
    shelved, offering = await _choose_plan(journey, found)
    ready = await _prepared(journey, found, member, shelved.offering)
    number, terms, kept = await _choose_number(journey, found, ready)
    sim = await journey.choose("sim", _("Which SIM would you like?"), _sims)
    address, phone = await fulfilment.ask_address(journey, sim.value) or (None, None)
    fee = catalogue.rules.first_month_fee(offering, journey.row.created)
    charges = order.rules.opening_charges(offering, fee, terms.prepay)
    total = sum((charge.amount for charge in charges[1:]), charges[0].amount) if charges else Money(0, offering.fee.currency)
    summary = _summary(found, shelved, offering, number, terms, sim, charges, total)
    summary = _with_address(summary, address)
    await journey.confirm("agree", summary, _("Do you want to open this line?"))
    request = await _company_agrees(journey, found, shelved, number)
    await journey.prove(Proof.REAL_NAME)
    holder = await party.queries.party(journey.tx, journey.party)
    slot = await journey.hold("slot", "line_slot", of="prove", document=holder.document_hash)
    payment = await journey.pay("money", total, _("{name} with {number}", name=offering.name, number=number)) if total else None
    wanted = Wanted(
        kind="line.open", party=journey.party, offering=offering.id, name=offering.name, price_id=offering.price_id,
        number=number, number_token=kept.token, document=holder.document_hash, slot_token=slot.token, sim=sim.value,
        charges=charges, payment=payment, contact=phone or holder.phone, reply_to=journey.address("done"),
        unit=journey.row.unit or found.unit or holder.unit, contract_months=offering.contract_months,
        lock_months=terms.lock_months, min_spend=terms.min_spend, send_to=address,
    )  # fmt: skip
    placed = await journey.do("order", actions.place, wanted=wanted, request=request)
    ended = await journey.wait_for("done", await fulfilment.follow_card(journey, address))
    if ended["state"] != "completed":
        why: Words = thaw(ended.get("why")) or _("It could not be done.")
        raise Refusal("order.failed", _("Your line could not be opened: {why} What you paid comes back to you.", why=why), 409)
    facts = [item(_("Number"), number, "number"), item(_("Plan"), offering.name), *_parts(found, shelved), item(_("Paid"), placed.total)]
    return Said(_("Your line {number} is active.", number=number), facts, ("estore.mine", "balance.check", "data.left"))


async def _bring_prepared(journey: Journey, found: EStore, member: Member) -> None:
    """What the company ordered for this person beforehand is brought along, as if they had named it."""
    if journey.row.given.get("offer") is None and not journey.row.has("answer", "offer"):
        ready = await queries.prepared(journey.tx, found.id, member.key)
        if ready is not None:
            journey.row.given["offer"] = ready.offering


async def _prepared(journey: Journey, found: EStore, member: Member, offering: str) -> Request | None:
    """What was ordered beforehand of the plan that was chosen, with its number."""
    ready = await queries.prepared(journey.tx, found.id, member.key, offering)
    if ready is not None and ready.number and not journey.row.has("answer", "number"):
        journey.row.given.setdefault("number", ready.number)
    return ready


async def _choose_plan(journey: Journey, found: EStore) -> tuple[Shelved, Offering]:
    async def options() -> Sequence[Option]:
        return [plan_option(found, one) for one in await queries.shelf(journey.tx, found)]

    chosen = await journey.choose("offer", _("Which plan would you like?"), options, gone=_("It is no longer on sale."))
    shelved = msgspec.convert(chosen.holds["shelved"], Shelved)
    return shelved, await catalogue.queries.at_price(journey.tx, shelved.member_price)


async def _choose_number(journey: Journey, found: EStore, ready: Request | None) -> tuple[str, Terms, Held]:
    before = actions.token_of(found.id, ready.why) if ready and ready.number else ""
    tokens = [token for token in (journey.token("number_hold"), before) if token]

    async def find(number: str) -> Option | None:
        return await inventory.queries.number_among(journey.tx, number, *tokens, pool=found.id)

    chosen = await journey.choose(
        "number", _("Which number would you like?"),
        lambda words="": inventory.queries.number_options(journey.tx, words, pool=found.id), find=find,
        gone=_("This number has just been taken. Please choose another."),
    )  # fmt: skip
    what = {"number": chosen.value, "pool": found.id, "hours": rules.POOL_HOURS} | ({"instead_of": before} if before else {})
    kept = await journey.hold("number_hold", "number", of="number", **what)
    held = chosen.holds
    prepay, spend = (msgspec.convert(held[name], Money) for name in ("prepay", "min_spend"))
    return chosen.value, Terms(held["tier"], prepay, spend, held["lock_months"]), kept


async def _company_agrees(journey: Journey, found: EStore, shelved: Shelved, number: str) -> str:
    """The company's part is held: within the budget that is all, beyond it the journey waits for an approver, three days at most."""
    turn = journey.token("budget").rpartition(":")[2]
    key = f"decided-{turn}"
    what = {"store": found.id, "party": journey.party, "offering": shelved.offering, "number": number, "to": journey.address(key)}
    held = await journey.hold("budget", actions.BUDGET, of="agree", **what)
    asked = await queries.request(journey.tx, held.ref)
    if asked is not None and asked.state != "asked" and not journey.row.has("arrival", key):
        return _agreed(asked.state, held.ref)
    text = _("Your company is asked to pay its part. You will be told when it is decided.")
    said = await journey.wait_for(key, text, deadline=rules.APPROVAL)
    if said.get("never"):
        raise Refusal("estore.undecided", _("Nobody has decided in time. Please ask again."), 409)
    return _agreed(said["state"], held.ref)


def _agreed(state: str, request: str) -> str:
    if state in ("declined", "withdrawn"):
        raise Refusal("estore.declined", _("Your company does not pay for this."), 409)
    return request


def _with_address(summary: Summary, address: str | None) -> Summary:
    if address is None:
        return summary
    return msgspec.structs.replace(summary, lines=[*summary.lines, item(_("Sent to"), address)])


async def _sims() -> Sequence[Option]:
    return list(SIMS)


def plan_option(found: EStore, offering: Offering) -> Option:
    """This will show what stands on a store's shelf: its whole fee, and who pays which part."""
    shelved = found.offer(offering.id)
    shown = catalogue.queries.showing.option(offering)
    if shelved is None:
        return shown
    facts = [*shown.facts, *_parts(found, shelved)]
    return msgspec.structs.replace(
        shown, price=shelved.fee, per=_("month"), facts=facts, holds={"shelved": msgspec.to_builtins(shelved)}, text=Named(shelved.name)
    )


def _parts(found: EStore, shelved: Shelved) -> list[Item]:
    if not shelved.company:
        return []
    return [item(_("Company pays"), shelved.company), item(_("You pay"), shelved.member)]


def _summary(
    found: EStore, shelved: Shelved, offering: Offering, number: str, terms: Terms, sim: Option, charges: tuple[order.Charge, ...],
    total: Money,
) -> Summary:  # fmt: skip
    lines = [item(_("E-store"), found.name), item(_("Plan"), offering.name), item(_("Number"), number, "number"), item(_("SIM"), sim.text)]
    lines += [item(_("Fee a month"), shelved.fee), *_parts(found, shelved), *[item(charge.text, charge.amount) for charge in charges]]
    words: list[Words] = [_("Each further month costs you {fee}.", fee=offering.fee)]
    if offering.contract_months:
        words.append(_("The contract runs for {months} months.", months=offering.contract_months))
    if terms.lock_months:
        words.append(
            _("This number binds you for {months} months, with at least {spend} a month.", months=terms.lock_months, spend=terms.min_spend)
        )
    return Summary(lines, total, [*words, *catalogue.queries.showing.leaving(offering), *offering.terms])
