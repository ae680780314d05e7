"""Which of the customer's lines a function is about."""

from collections.abc import Callable, Sequence

from onehall.domains.inventory.model import Line
from onehall.domains.inventory.store import lines
from onehall.kernel.i18n import Words, _
from onehall.kernel.journeys import Journey, Option
from onehall.kernel.refusals import Refusal

STATES: dict[str, Words] = {
    "created": _("not yet active"), "pendingActive": _("not yet active"), "active": _("active"), "suspended": _("suspended"),
    "pendingTerminate": _("ending"), "terminated": _("ended"), "cancelled": _("cancelled"), "aborted": _("cancelled"),
}  # fmt: skip


async def ask_line(journey: Journey, fits: Callable[[Line], bool] | None = None, none: Words | None = None) -> Line:
    """This will find the line a journey is about: the one given by id or number, the only one, or the one that is chosen.

    `fits` narrows the lines, `none` is said when no line is left. One statement.
    :raises Refusal: `line.none`, 404.
    """
    every = await lines.lines_of(journey.tx, journey.party)
    mine = [line for line in every if fits is None or fits(line)]
    given = journey.given("line")
    if given is not None:
        _rename(journey, every, str(given))
    elif len(mine) == 1 and not journey.row.has("answer", "line"):
        return mine[0]
    if not mine and not journey.row.has("answer", "line"):
        raise Refusal("line.none", none or _("You have no line with us yet."), 404)

    async def options() -> Sequence[Option]:
        return [Option(line.id, line.number, note=line.name, badge=STATES[line.status]) for line in mine]

    chosen = await journey.choose("line", _("Which line?"), options, gone=_("That line is not yours, or has ended."))
    return next((line for line in every if line.id == chosen.value), None) or await _ended(journey, chosen.value)


def _rename(journey: Journey, mine: Sequence[Line], given: str) -> None:
    """A number names a line as well as its id does."""
    found = next((line for line in mine if given in (line.id, line.number)), None)
    if found is not None:
        journey.row.given["line"] = found.id


async def _ended(journey: Journey, id_: str) -> Line:
    found = await lines.line(journey.tx, id_)
    if found is None:
        raise Refusal("line.none", _("You have no line with us yet."), 404)
    return found
