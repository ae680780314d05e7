"""What stands in the log, as lines of a story: who, where, what, in the reader's words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from onehall.domains import engage, sweep
from onehall.domains import party as parties
from onehall.kernel import timeline
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.i18n import ZONE, Text, _, render, show
from onehall.kernel.journeys import CHANNELS, Row
from onehall.kernel.money import Money
from onehall.kernel.timeline import Told
from onehall.pages import sentences
from onehall.pages.states import STATES, STEPS

timeline.WORDS |= sentences.WORDS | {
    "agent.policy": _("What programs may do was changed: {line}"),
    "order.placed": _("Order placed: {kind}"),
    "order.moved": _("Order went from {source} to {target}"),
    "order.completed": _("Order completed: {kind}"),
    "order.failed": _("Order failed: {why}"),
    "order.cancel_asked": _("Asked to cancel the order"),
    "cart.changed": _("Cart changed, {items} in it"),
    "fulfilment.step_done": _("Step done: {step}"),
    "fulfilment.step_failed": _("Step failed: {step}. {why}"),
    "fulfilment.step_undone": _("Step taken back: {step}"),
    "fulfilment.step_sent_back": _("Sent back from {step} to {to}: card {card} is thrown away"),
    "fulfilment.card_shipped": _("Card handed to the courier, tracking number {tracking}"),
    "fulfilment.card_arrived": _("Courier at the buyer's door with the card"),
    "fulfilment.face_refused": _("At the door the face was not that of the document"),
    "fulfilment.card_handed_over": _("Card handed over: document, face and payment confirmed"),
    "fulfilment.card_recycled": _("Card not activated in time, number {number} goes back"),
    "billing.account_opened": _("Account opened"),
    "payment.asked": _("{amount} was asked for"),
    "payment.received": _("{amount} was paid ({method})"),
    "payment.lapsed": _("Payment ended unpaid: {status}"),
    "payment.late": _("{amount} came too late and goes back"),
    "refund.promised": _("{amount} is to go back"),
    "refund.done": _("{amount} went back"),
    "refund.failed": _("A refund failed: {why}"),
    "billing.topped_up": _("Topped up by {amount}, balance {balance}"),
    "billing.paid_out": _("Balance paid out: {amount}"),
    "billing.charged": _("Charged {amount}, balance {balance}"),
    "billing.deposit_taken": _("{amount} put aside as prepayment"),
    "billing.deposit_released": _("{amount} of the prepayment became balance"),
    "billing.adjusted": _("Balance put right by {amount}: {why}"),
    "billing.allowance_granted": _("Allowances granted"),
    "billing.allowance_expired": _("An allowance ran out of time"),
    "inventory.number_sold": _("Number {number} sold"),
    "inventory.number_released": _("Number {number} came back"),
    "inventory.line_created": _("Line {number} created"),
    "inventory.line_activated": _("Line {number} is active"),
    "inventory.line_suspended": _("Line {number} suspended: {why}"),
    "inventory.line_restored": _("Line {number} restored"),
    "inventory.line_terminated": _("Line {number} ended"),
    "inventory.offering_change_planned": _("Line {number} will go over to {offering}"),
    "inventory.offering_changed": _("Line {number} went over to {offering}"),
    "inventory.pack_added": _("Pack added: {offering}"),
    "inventory.pack_dropped": _("Pack dropped: {offering}"),
    "inventory.sim_replacement_asked": _("Another SIM asked for {number}"),
    "inventory.sim_replaced": _("{number} has another SIM, {iccid}"),
    "inventory.sim_replacement_failed": _("{number} keeps its SIM: {why}"),
    "party.registered": _("Became known to us"),
    "party.real_name_taken": _("Identity document checked ({document_type})"),
    "party.real_name_refused": _("Identity check said no: {why}"),
    "party.consent_given": _("Allowed: {purpose}"),
    "party.consent_withdrawn": _("No longer allows: {purpose}"),
    "party.contact_changed": _("Contact changed: {what}"),
    "party.customer_changed": _("Customer is now {status}"),
    "party.slot_kept": _("A place for a line was taken"),
    "party.slot_freed": _("A place for a line was freed"),
    "party.same_document": _("Showed the same document as another record"),
    "offering.published": _("Offering {offering} published"),
    "offering.terms_changed": _("Offering {offering} has new terms"),
    "offering.withdrawn": _("Offering {offering} withdrawn"),
    "desk.customer_seen": _("A clerk looked at the customer"),
}
CODED: Final = (
    "why", "target", "source", "status", "method", "kind", "purpose", "document_type", "step", "to", "how", "what", "state", "did",
    "outcome",
)  # fmt: skip
OF_ROOMS: Final[dict[tuple[str, str], Mapping[str, Text]]] = {
    ("engage.marketing_suppressed", "why"): engage.rules.WHY, ("engage.marketing_failed", "why"): engage.rules.WHY,
    ("engage.marketing_sent", "way"): parties.WAY_NAMES, ("engage.marketing_withdrawn", "way"): parties.WAY_NAMES,
    ("sweep.place_visited", "result"): sweep.RESULTS, ("estore.member_joined", "proof"): sentences.SHOWN_BY,
}  # fmt: skip
# who is held out is not to be treated otherwise by a clerk: it is shown to those who search the log
NOISE: Final = frozenset({
    "journey.asked", "journey.done_step", "journey.paid", "order.moved", "desk.customer_seen", "desk.bill_seen", "resource.changed",
    "billing.use_heard", "billing.usage_rated", "billing.units_reserved", "billing.reservation_ended", "channel.held_out",
})  # fmt: skip
GOOD: Final = frozenset({
    "order.completed", "inventory.line_activated", "payment.received", "journey.paid", "journey.proven", "billing.topped_up",
})  # fmt: skip
BAD: Final = ("failed", "refused", "lapsed", "late")
KIND_OF: Final = {"journey.held": "hold", "journey.lapsed": "hold"}
KEYS: Final[dict[str, Text]] = {
    "done": _("it is done in the network"), "order": _("the order was placed"), "slot": _("a place for a line"),
    "number_hold": _("a number"),
}  # fmt: skip
MOVES: Final = frozenset({"journey.handed_over", "journey.moved"})


class Line(msgspec.Struct, frozen=True):
    """One line of a story. `tone`: good, bad, move or nothing."""

    at: datetime
    day: str
    text: str
    tone: str
    type: str
    channel: str = ""
    staff: str = ""
    function: str = ""
    href: str = ""
    journey: str = ""


def lines(told: Iterable[Told], rows: Mapping[str, Row], names: Mapping[str, str], lang: str, at: str = "") -> list[Line]:
    """This will write facts as lines; `rows` are the journeys whose own words are known, `at` where journeys are shown."""
    return [_line(one, rows.get(one.journey or one.key), names, lang, at) for one in told]


def quiet(told: Iterable[Told]) -> list[Told]:
    """This will leave out what only matters to those who search the log."""
    return [one for one in told if one.type not in NOISE]


def staff_in(told: Iterable[Told]) -> set[str]:
    """This will name the staff who stand in facts."""
    return {one.staff for one in told if one.staff}


def channel_name(name: str, lang: str) -> str:
    """This will give a channel's name in the reader's language."""
    known = CHANNELS.get(name)
    return show(known.title, lang) if known else name


def function_name(name: str | None, lang: str) -> str:
    """This will give a function's title in the reader's language."""
    known = FUNCTIONS.get(name or "")
    return known.title.render(lang) if known else name or ""


def _line(told: Told, row: Row | None, names: Mapping[str, str], lang: str, at: str) -> Line:
    own = row is not None and told.type.startswith("journey.")
    words = timeline.words(told, **_better(told, row if own else None, lang)).render(lang)
    day = told.at.astimezone(ZONE).strftime("%Y-%m-%d")
    function = function_name(told.function or (row.function if row else None), lang)
    staff = names.get(told.staff or "", told.staff or "")
    return Line(
        told.at, day, words, _tone(told), told.type, channel_name(told.channel, lang), staff, function,
        f"{at}/{told.journey}" if at and told.journey else "", told.journey or "",
    )  # fmt: skip


def _better(told: Told, row: Row | None, lang: str) -> dict[str, Any]:
    """Where the journey is at hand, its own words stand in place of keys; codes get words where there are any."""
    question = str(told.body.get("question") or "")
    better: dict[str, Any] = {}
    entry = next((e for e in row.entries if e.key == question and e.kind == KIND_OF.get(told.type, "answer")), None) if row else None
    if entry is not None and entry.kind == "hold":
        place = entry.value.get("ref")
        better["question"] = _("Place {place}", place=place) if question == "slot" else place
    elif entry is not None and entry.text is not None:
        asked, shown = render(entry.text, lang), render(entry.shown, lang)
        better["question"] = f"{asked} {shown}" if told.type == "journey.answered" and shown else asked
    elif question in KEYS:
        better["question"] = KEYS[question]
    if told.type == "journey.handed_over":
        ways = [channel_name(part.strip(), lang) for part in str(told.body.get("why", "")).split("->")]
        better["why"] = " → ".join(ways)
    better |= _titles(told, lang)
    for (type_, field), words in OF_ROOMS.items():
        if type_ == told.type and (named := words.get(str(told.body.get(field)))):
            better[field] = named
    for field in CODED:
        code = str(told.body.get(field))
        if field not in better and (known := CODES.get(code) or STEPS.get(code) or parties.DOCUMENTS.get(code) or _state(code)):
            better[field] = known
    return better


def _titles(told: Told, lang: str) -> dict[str, str]:
    """Channels and functions that a fact names are told by their titles, its minor units as money."""
    named = {field: str(told.body.get(field)) for field in ("to", "where", "what", "of")}
    channels = {field: channel_name(name, lang) for field, name in named.items() if field in ("to", "where") and name in CHANNELS}
    functions = {field: function_name(name, lang) for field, name in named.items() if field in ("what", "of") and name in FUNCTIONS}
    return channels | functions | _amount(told.body, lang)


def _amount(body: Mapping[str, Any], lang: str) -> dict[str, str]:
    """A fact that has its minor units beside their currency is told as money."""
    minor, currency = body.get("minor"), body.get("currency")
    return {"minor": show(Money(minor, str(currency)), lang)} if isinstance(minor, int) and currency else {}


def _state(code: str) -> Text | None:
    known = STATES.get(code)
    return known.text if known else None


def _tone(told: Told) -> str:
    if told.type in MOVES:
        return "move"
    why = str(told.body.get("why"))
    if any(word in told.type for word in BAD) or (told.type == "journey.ended" and why in ("refused", "expired")):
        return "bad"
    return "good" if told.type in GOOD or (told.type == "journey.ended" and why == "done") else ""


CODES: Final[dict[str, Text]] = sentences.CODES | {
    "done": _("done"), "refused": _("refused"), "expired": _("expired"), "cancelled": _("cancelled"), "cash": _("cash"), "card": _("card"),
    "acknowledged": _("accepted"), "inProgress": _("in progress"), "completed": _("completed"), "failed": _("failed"), "held": _("waiting"),
    "pendingCancellation": _("being cancelled"), "rejected": _("rejected"), "loss": _("loss"), "arrears": _("arrears"),
    "line.open": _("new line"), "line.close": _("close a line"), "plan.change": _("change of plan"), "pack.add": _("add a pack"),
    "pack.drop": _("drop a pack"), "marketing": _("marketing messages"), "personalisation": _("offers chosen for them"),
    "code": _("code by SMS"), "document seen at the counter": _("document seen at the counter"),
    "document and face": _("document and face"),
}  # fmt: skip
