"""What a person can have ordered, seen and stopped here, for a line they hold."""

from datetime import datetime

from msgspec.structs import replace

from onehall.domains import billing, catalogue, inventory
from onehall.domains.catalogue import Offering
from onehall.domains.inventory import Line
from onehall.domains.order import actions, queries, rules
from onehall.domains.order.model import Charge, Order, Wanted
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import Named, Text, Words, _
from onehall.kernel.journeys import Journey, Option, Said, Summary, item
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal

STATES: dict[str, Text] = {
    "acknowledged": _("accepted"), "inProgress": _("being done"), "held": _("on hold"), "pendingCancellation": _("being cancelled"),
    "completed": _("done"), "failed": _("could not be done"), "cancelled": _("cancelled"), "rejected": _("rejected"),
}  # fmt: skip
KINDS: dict[str, Text] = {
    "line.open": _("New line"), "line.close": _("Close line"), "plan.change": _("Change plan"), "pack.add": _("Add pack"),
    "pack.drop": _("Drop pack"),
}  # fmt: skip


@function(
    "plan.change", title=_("Change plan"), family="handle", proof=Proof.CODE, words=("BG",), takes=("offer",),
    asks="choose confirm prove", cost_by_hand=money(12),
)  # fmt: skip
async def change_plan(journey: Journey) -> Said:
    """This will change a line's plan, from the first of next month, when no contract binds it."""
    line = await inventory.ask_line(journey)
    inventory.rules.check_may_change(line, journey.tx.now)
    chosen = await journey.choose(
        "offer", _("Which plan would you like?"), lambda: _plans(journey, line), gone=_("It is no longer on sale.")
    )
    offering = await catalogue.queries.at_price(journey.tx, chosen.holds["price_id"])
    effective = catalogue.rules.check_change_allowed(journey.tx.now, line.contract_until, line.fee, offering)
    terms: list[Words] = [_("From {day} you pay {fee} a month.", day=effective.date(), fee=offering.fee)]
    if offering.contract_months:
        terms.append(_("The contract runs for {months} months.", months=offering.contract_months))
    terms += [*catalogue.queries.showing.leaving(offering), *offering.terms]
    lines = [item(_("Number"), line.number, "number"), item(_("Plan now"), line.name), item(_("New plan"), offering.name)]
    await journey.confirm("agree", Summary([*lines, item(_("From"), effective)], offering.fee, terms))
    wanted = _of_line(line, kind="plan.change", offering=offering, effective=effective)
    await journey.do("order", actions.place, wanted=wanted)
    text = _("Your plan changes to {name} on {day}.", name=offering.name, day=effective.date())
    return Said(text, [*lines, item(_("Monthly fee"), offering.fee)], ("orders.mine", "bill.so_far"))


@function(
    "pack.add", title=_("Add a pack"), family="sell", proof=Proof.CODE, words=("DG",), takes=("pack",),
    asks="choose confirm pay prove", cost_by_hand=money(8),
)  # fmt: skip
async def add_pack(journey: Journey) -> Said:
    """This will add a pack to a line: from the balance if there is enough, else paid for at once."""
    line = await inventory.ask_line(journey)
    chosen = await journey.choose(
        "pack", _("Which pack would you like?"), lambda: _packs(journey, line), gone=_("It is no longer on sale.")
    )
    pack = await catalogue.queries.at_price(journey.tx, chosen.holds["price_id"])
    charges = rules.pack_charges([pack])
    wanted = _of_line(line, kind="pack.add", offering=pack, charges=charges)
    summary = Summary(
        [item(_("Number"), line.number, "number"), item(_("Pack"), pack.name), *catalogue.queries.showing.contents(pack)], wanted.total
    )
    await journey.confirm("agree", summary)
    payment = await _paid(journey, line, wanted)
    await journey.do("order", actions.place, wanted=replace(wanted, payment=payment))
    return Said(
        _("{name} is being added to {number}.", name=pack.name, number=line.number), list(summary.lines), ("data.left", "balance.check")
    )


@function(
    "pack.drop",
    title=_("Drop a pack"),
    family="handle",
    proof=Proof.CODE,
    words=("QX",),
    asks="choose confirm prove",
    cost_by_hand=money(8),
)
async def drop_pack(journey: Journey) -> Said:
    """This will take a pack off a line."""
    line = await inventory.ask_line(journey)
    chosen = await journey.choose("pack", _("Which pack do you want to drop?"), lambda: _held_packs(journey, line))
    name = Named(chosen.holds["name"])
    await journey.confirm("agree", Summary([item(_("Number"), line.number, "number"), item(_("Pack"), name)], None, [
        _("What is left of it cannot be used any more."),
    ]))  # fmt: skip
    wanted = Wanted(
        kind="pack.drop", party=line.party, offering=chosen.holds["offering"], name=name, line=line.id, pack=chosen.value,
        number=line.number, unit=line.unit, contact=line.number,
    )  # fmt: skip
    await journey.do("order", actions.place, wanted=wanted)
    return Said(_("{name} is being taken off {number}.", name=name, number=line.number), next=("pack.add", "data.left"))


@function(
    "line.close",
    title=_("Close a line"),
    family="handle",
    proof=Proof.REAL_NAME,
    asks="choose confirm prove attach",
    cost_by_hand=money(20),
)
async def close_line(journey: Journey) -> Said:
    """This will end a line for good, if nothing binds it and nothing is owed."""
    line = await inventory.ask_line(journey)
    rules.check_free(line, journey.tx.now)
    terms = [_("The number rests and then goes to somebody else."), _("What is left of the balance is paid out at a counter.")]
    await journey.confirm("agree", Summary([item(_("Number"), line.number, "number"), item(_("Plan"), line.name)], None, terms))
    wanted = Wanted(
        kind="line.close", party=line.party, offering=line.offering, name=line.name, line=line.id, number=line.number, unit=line.unit
    )
    await journey.do("order", actions.place, wanted=wanted)
    return Said(_("The line {number} is being closed.", number=line.number), next=("orders.mine",))


@function("orders.mine", title=_("My orders"), family="query", proof=Proof.LINE, words=("CXDD",), asks="prove", cost_by_hand=money(5))
async def my_orders(journey: Journey) -> Said:
    """This will show a customer's latest orders."""
    found = await queries.orders_of(journey.tx, journey.party)
    if not found:
        return Said(_("You have no orders."), next=("line.open",))
    facts = [item(_("{kind}: {name}", kind=KINDS[order.wanted.kind], name=_name(order)), STATES[order.state], "status") for order in found]
    text = _("You have {count} orders. The latest is {state}.", count=len(found), state=STATES[found[0].state])
    if len(found) == 1:
        text = _("You have 1 order. It is {state}.", state=STATES[found[0].state])
    return Said(text, facts, ("order.cancel",))


@function(
    "order.cancel", title=_("Cancel an order"), family="handle", proof=Proof.CODE, asks="choose confirm prove", cost_by_hand=money(10)
)
async def cancel_order(journey: Journey) -> Said:
    """This will stop an order that is not too far along; what was paid goes back."""
    chosen = await journey.choose("order", _("Which order do you want to cancel?"), lambda: _open_orders(journey))
    await journey.confirm("agree", Summary([item(_("Order"), Text(chosen.holds["id"], chosen.holds["values"]))], None, [
        _("What you have paid comes back to you."),
    ]))  # fmt: skip
    await journey.do("cancel", actions.cancel, order=chosen.value)
    return Said(_("Your order is being cancelled."), next=("orders.mine",))


def _of_line(line: Line, *, kind: str, offering: Offering, effective: datetime | None = None, charges: tuple[Charge, ...] = ()) -> Wanted:
    return Wanted(
        kind=kind, party=line.party, offering=offering.id, name=offering.name, price_id=offering.price_id, line=line.id,
        number=line.number, charges=charges, effective=effective, unit=line.unit, contact=line.number,
        contract_months=offering.contract_months,
    )  # fmt: skip


async def _paid(journey: Journey, line: Line, wanted: Wanted) -> str | None:
    """A pack is taken from the balance when there is enough; a payment once begun is gone through with."""
    begun = journey.has_paid("money")
    if not begun and (await billing.queries.balance(journey.tx, line.account or "")) >= wanted.total:
        return None
    return await journey.pay("money", wanted.total, _("{name} for {number}", name=wanted.name, number=line.number))


async def _plans(journey: Journey, line: Line) -> list[Option]:
    plans = await catalogue.queries.plans(journey.tx, journey.ways)
    fitting = [plan for plan in plans if plan.id != line.offering and plan.fee.currency == line.fee.currency]
    return [catalogue.queries.showing.option(plan) for plan in fitting]


async def _packs(journey: Journey, line: Line) -> list[Option]:
    packs = await catalogue.queries.packs(journey.tx, line.offering, journey.ways)
    return [catalogue.queries.showing.option(pack) for pack in packs]


async def _held_packs(journey: Journey, line: Line) -> list[Option]:
    packs = await inventory.queries.packs_of(journey.tx, line)
    if not packs:
        raise Refusal("pack.none", _("The line {number} has no packs.", number=line.number), 409)
    return [Option(pack.id, pack.name, price=pack.fee, holds={"name": pack.name.by_language, "offering": pack.offering}) for pack in packs]


async def _open_orders(journey: Journey) -> list[Option]:
    found = [order for order in await queries.open_orders_of(journey.tx, journey.party) if not order.fixed]
    if not found:
        raise Refusal("order.none", _("You have no order that can be cancelled."), 409)
    named = [(order, _("{kind}: {name}", kind=KINDS[order.wanted.kind], name=_name(order))) for order in found]
    return [Option(order.id, text, holds={"id": text.id, "values": text.values}) for order, text in named]


def _name(order: Order) -> object:
    name = order.wanted.name
    return Named(name["by_language"]) if isinstance(name, dict) and "by_language" in name else name
