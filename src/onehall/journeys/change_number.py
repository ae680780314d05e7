"""Another number for a line (改号): chosen and held like a new one, while plan, packs, balance and contract stay as they are."""

from collections.abc import Sequence
from datetime import timedelta

from onehall.domains import billing, inventory
from onehall.domains.inventory import Line
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import _
from onehall.kernel.journeys import Journey, Option, Said, Summary, item
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal

WAIT = timedelta(days=1)


@function(
    "number.change", title=_("Change my number"), family="handle", proof=Proof.REAL_NAME, words=("GHHM",), takes=("line",),
    asks="choose confirm wait", cost_by_hand=money(15),
)  # fmt: skip
async def change_number(journey: Journey) -> Said:
    """This will give a line another number: an ordinary one, at no cost; the old one rests."""
    line = await inventory.ask_line(journey, lambda line: line.status in ("active", "suspended"), _("You have no active line."))
    if journey.row.has("effect", "change") is None:
        inventory.rules.check_may_renumber(line, "", journey.tx.now)
        billing.rules.check_owes_nothing(await billing.queries.arrears(journey.tx, line.party))
    token = journey.token("number_hold")
    chosen = await journey.choose(
        "number", _("Which number would you like?"), lambda words="": _ordinary(journey, words),
        find=lambda number: _ordinary_among(journey, number, token),
        gone=_("This number has just been taken. Please choose another."),
    )  # fmt: skip
    kept = await journey.hold("number_hold", "number", of="number", number=chosen.value)
    await journey.confirm("agree", _summary(line, _before(journey, line), chosen.value), _("Change the number?"))
    address = journey.address("changed")
    await journey.do("change", inventory.actions.change_number, line=line, number=chosen.value, token=kept.token, answer_to=address)
    answer = await journey.wait_for("changed", _("Your number is being changed. This takes a moment."), deadline=WAIT)
    if not answer.get("done"):
        raise Refusal("number.not_changed", _("The number could not be changed. You keep the one that you have."), 409)
    facts = [item(_("New number"), chosen.value, "number"), item(_("Plan"), line.name)]
    return Said(_("Your number is now {number}. Switch your phone off and on again.", number=chosen.value), facts, ("line.detail",))


async def _ordinary(journey: Journey, words: str) -> Sequence[Option]:
    """A nice number is had with a new line: it costs and binds."""
    return [one for one in await inventory.queries.number_options(journey.tx, words) if not one.holds["tier"]]


async def _ordinary_among(journey: Journey, number: str, token: str) -> Option | None:
    found = await inventory.queries.number_among(journey.tx, number, token)
    return found if found and not found.holds["tier"] else None


def _before(journey: Journey, line: Line) -> str:
    """The number at the time of the yes: the line has the new one by the time that the journey ends."""
    agreed = journey.row.has("answer", "agree")
    return str(agreed.value["lines"][0]["value"]) if agreed else line.number


def _summary(line: Line, before: str, number: str) -> Summary:
    lines = [item(_("Old number"), before, "number"), item(_("New number"), number, "number"), item(_("Plan"), line.name)]
    terms = [
        _("Plan, packs, balance and contract stay as they are. The change costs nothing."),
        _("Nobody reaches you by the old number any more, and you cannot have it back. Tell your bank and other services the new one."),
    ]
    return Summary(lines, None, terms)
