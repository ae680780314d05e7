"""What a person can have done with numbers, lines and SIMs."""

from collections.abc import Sequence
from datetime import timedelta

from onehall.domains.inventory import queries, rules
from onehall.domains.inventory.actions.asking import STATES, ask_line
from onehall.domains.inventory.actions.lines import restore_line, suspend_line
from onehall.domains.inventory.actions.sims import ask_replacement
from onehall.domains.inventory.model import Line, NumberOffer
from onehall.kernel.crypto import mask_phone
from onehall.kernel.functions import function
from onehall.kernel.i18n import Words, _
from onehall.kernel.identity import Proof
from onehall.kernel.journeys import Item, Journey, Option, Said, Summary, item
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

SHOWN = 12
LOSS = "loss"
SIM_WAIT = timedelta(days=1)
KINDS: dict[str, Words] = {"esim": _("eSIM, loaded into your phone"), "plastic": _("Plastic card")}


@function("number.search", title=_("Find a number"), family="sell", words=("XH",), takes=("words",))
async def search(journey: Journey) -> Said:
    """This will show numbers that fit the words brought along ("ends 88, no 4"), others at each call."""
    words = str(journey.given("words") or "")
    found = await queries.search_numbers(journey.tx, words, SHOWN)
    if not found:
        none = _("No number fits “{words}”. Try fewer digits.", words=words) if words.strip() else _("No number is free just now.")
        return Said(none, next=("number.search",))
    numbers = ", ".join(offer.number for offer in found[:5])
    return Said(_("Free now: {numbers}.", numbers=numbers), facts=[_priced(offer) for offer in found], next=("line.open", "number.search"))


@function("number.tier", title=_("What a number costs"), family="query", words=("LH",), takes=("number",), asks="enter")
async def tier(journey: Journey) -> Said:
    """This will say what one number costs and binds, and whether it can be had."""
    number = await journey.enter("number", _("Which number?"), rules.check_number, kind="phone")
    terms = await queries.terms_of(journey.tx, number)
    free = await queries.number_offer(journey.tx, number) is not None
    facts = [item(_("Number"), number, "number"), item(_("State"), _("free") if free else _("not free"), "status")]
    if terms.level:
        facts += [
            item(_("Tier"), _("Tier {level}", level=terms.level)), item(_("Prepaid"), terms.prepay),
            item(_("Least spend a month"), terms.min_spend), item(_("Binds for"), _("{months} months", months=terms.lock_months)),
        ]  # fmt: skip
    text = _("{number}: {terms}", number=number, terms=queries.terms_in_words(terms))
    return Said(text, facts, ("line.open",) if free else ("number.search",))


@function("line.mine", title=_("Numbers under my name"), family="query", proof=Proof.CODE, words=("YZTC", "CXHM"))
async def mine(journey: Journey) -> Said:
    """This will show every number under the person's name, this login's and those opened elsewhere with the same document."""
    found = await queries.lines_under_name(journey.tx, journey.party)
    if not found:
        return Said(_("No number is under your name."), next=("line.open",))
    facts = [item(mask_phone(line.number), STATES[line.status], "status") for line in found]
    text = _("{count} numbers are under your name.", count=len(found)) if len(found) > 1 else _("1 number is under your name.")
    return Said(text, facts, ("line.detail", "line.suspend"))


@function("line.detail", title=_("My line"), family="query", proof=Proof.LINE, words=("CXTC",), takes=("line",), asks="choose")
async def detail(journey: Journey) -> Said:
    """This will show a line: its plan, state, packs, and what binds it."""
    line = await ask_line(journey)
    packs = await queries.packs_of(journey.tx, line)
    facts = [
        item(_("Number"), line.number, "number"), item(_("Plan"), line.name), item(_("Monthly fee"), line.fee),
        item(_("State"), STATES[line.status], "status"), *_binding(line), *[item(_("Pack"), pack.name) for pack in packs],
    ]  # fmt: skip
    return Said(_("{number} is on {plan}.", number=line.number, plan=line.name), facts, ("balance.check", "plan.change", "pack.add"))


@function(
    "line.suspend", title=_("Report a loss"), family="handle", proof=Proof.CODE, words=("GS",), takes=("line",), asks="choose confirm",
    cost_by_hand=money(6),
)  # fmt: skip
async def suspend(journey: Journey) -> Said:
    """This will have a line stand still because the phone or card is lost."""
    line = await ask_line(journey, lambda line: line.status == "active" or LOSS in line.suspended_why, _("You have no active line."))
    terms = [_("Calls, messages and data stop at once. The monthly fee goes on. You can restore the line at any time.")]
    await journey.confirm("agree", Summary([item(_("Line"), line.number, "number")], terms=terms), _("Suspend this line?"))
    await journey.do("suspend", _suspend, line=line)
    return Said(_("{number} is suspended. Nobody can use it now.", number=line.number), next=("sim.replace", "line.restore"))


@function("line.restore", title=_("Restore a line"), family="handle", proof=Proof.CODE, words=("JG",), takes=("line",), asks="choose",
          cost_by_hand=money(6))  # fmt: skip
async def restore(journey: Journey) -> Said:
    """This will have a line work again that was reported lost."""
    line = await ask_line(journey, lambda line: line.status == "suspended", _("None of your lines is suspended."))
    left = await journey.do("restore", _restore, line=line)
    if left:
        why = rules.REASONS.get(left[0], left[0])
        stays = _("The loss of {number} is taken back, but it stays suspended: {why}.", number=line.number, why=why)
        return Said(stays, next=("balance.check",))
    return Said(_("{number} works again.", number=line.number), next=("line.detail",))


@function(
    "sim.replace", title=_("Replace the SIM"), family="handle", proof=Proof.REAL_NAME, words=("BK",), takes=("line",),
    asks="choose enter confirm wait", cost_by_hand=money(12),
)  # fmt: skip
async def replace_sim(journey: Journey) -> Said:
    """This will give a line a new SIM: an eSIM anywhere, a plastic card where somebody hands it over."""
    line = await ask_line(journey, lambda line: line.status in ("active", "suspended"), _("You have no active line."))
    if journey.row.has("effect", "ask") is None:
        rules.check_replacement(line, *await queries.replacements(journey.tx, line))
    kind = (await journey.choose("kind", _("Which kind of SIM?"), lambda: _kinds(journey))).value
    iccid = None
    if kind == "plastic":
        iccid = await journey.enter("iccid", _("Scan or type the number on the card."), rules.check_iccid, kind="number")
        await journey.hold("card", "sim", of="iccid", iccid=iccid, line=line.id)
    summary = Summary([item(_("Line"), line.number, "number"), item(_("New SIM"), KINDS[kind])], total=rules.replacement_fee(kind),
                      terms=[_("The old SIM stops when the new one works. The fee goes on your account.")])  # fmt: skip
    await journey.confirm("agree", summary)
    await journey.do("ask", ask_replacement, line=line, kind=kind, iccid=iccid, answer_to=journey.address("written"))
    answer = await journey.wait_for("written", _("Your new SIM is being made."), deadline=SIM_WAIT)
    if not answer.get("done"):
        raise Refusal("sim.not_replaced", _("The new SIM could not be made. Your old one still works; nothing is charged."), 409)
    return Said(_("{number} has its new SIM.", number=line.number), [item(_("SIM"), str(answer["iccid"]))], ("line.restore", "line.detail"))


@function("sim.puk", title=_("Show my PUK"), family="query", proof=Proof.CODE, words=("PUK",), takes=("line",), asks="choose")
async def puk(journey: Journey) -> Said:
    """This will show the code that unlocks a SIM after three wrong PINs."""
    line = await ask_line(journey)
    code = await queries.puk(journey.tx, line)
    return Said(_("The PUK of {number} is {puk}. Ten wrong tries end the card.", number=line.number, puk=code))


async def _kinds(journey: Journey) -> Sequence[Option]:
    """A card needs somebody who hands it over."""
    kinds = ["esim", "plastic"] if journey.caller.who.staff else ["esim"]
    return [Option(kind, KINDS[kind], price=rules.replacement_fee(kind)) for kind in kinds]


async def _suspend(tx: Tx, line: Line) -> None:
    await suspend_line(tx, line, LOSS)


async def _restore(tx: Tx, line: Line) -> list[str]:
    return sorted((await restore_line(tx, line, LOSS)).suspended_why)


def _priced(offer: NumberOffer) -> Item:
    return item(offer.number, queries.terms_in_words(offer) if offer.tier else _("ordinary"))


def _binding(line: Line) -> list[Item]:
    found: list[Item] = []
    if line.activated:
        found.append(item(_("In service since"), line.activated))
    if line.contract_until:
        found.append(item(_("Contract until"), line.contract_until))
    if line.lock_until:
        found.append(item(_("Number binds until"), line.lock_until))
    if line.min_spend:
        found.append(item(_("Least spend a month"), line.min_spend))
    if line.suspended_why:
        found += [item(_("Suspended because"), rules.REASONS.get(why, why)) for why in sorted(line.suspended_why)]
    if line.next_change:
        found.append(item(_("Next plan"), _("{plan} from {day}", plan=line.next_change.name, day=line.next_change.at)))
    return found
