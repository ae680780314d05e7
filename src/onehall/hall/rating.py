"""How it was: one question from 1 to 5 after a journey has ended, which nobody has to answer."""

from typing import Any, Final

from onehall.hall.events import Rated
from onehall.kernel.functions import FUNCTIONS, Proof, function
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_of, is_id
from onehall.kernel.jobs import job
from onehall.kernel.journeys import Caller, Journey, Option, Row, Said
from onehall.kernel.journeys.holders import may_see
from onehall.kernel.journeys.listing import journeys_of
from onehall.kernel.journeys.row import seen
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

NAME: Final = "journey.rate"
WORD: Final = "PJ"
STARS: Final = (
    ("5", _("5, very good")), ("4", _("4, good")), ("3", _("3, as expected")), ("2", _("2, not good")), ("1", _("1, bad")),
)  # fmt: skip


@function(
    NAME, title=_("Tell us how it was"), family="serve", words=(WORD, "RATE", "评价"), takes=("stars",), asks="choose prove",
    but=("desk", "agent", "field"), why=_("Only the customer says how it was, and nobody who served them looks on."),
)  # fmt: skip
async def rate(journey: Journey) -> Said:
    """This will ask how a journey was that has just ended, and keep the answer as a fact."""
    rated = await _ended(journey)

    async def options() -> list[Option]:
        return [Option(value, text) for value, text in STARS]

    text = _("How was it for you: {title}?", title=FUNCTIONS[rated.function].title)
    stars = await journey.choose("stars", text, options)
    await journey.do("rate", _rate, rated=rated.id, of=rated.function, stars=int(stars.value))
    return Said(_("Thank you for telling us."))


def asked(row: Row, caller: Caller) -> bool:
    """This will tell whether a journey came to a good end, so that its customer may be asked how it was."""
    return row.state == "done" and not row.fresh and row.function != NAME and caller.who.staff is None


async def _ended(journey: Journey) -> Row:
    """The journey that was brought along, else the last one of the customer that was done; one that was rated is not asked for again.

    :raises Refusal: `rating.none`, 409.
    """
    named: Any = journey.given("journey")
    if not named and not journey.known:
        await journey.prove(Proof.CODE)
    found = [await seen(journey.tx, named)] if isinstance(named, str) and is_id(named) else await _last(journey)
    row = next((one for one in found if one is not None and asked(one, journey.caller) and _theirs(one, journey)), None)
    if row is None or (journey.row.has("effect", "rate") is None and await _is_rated(journey.tx, row.id)):
        raise Refusal("rating.none", _("There is nothing that you have not told us already."), 409)
    return row


async def _last(journey: Journey) -> list[Row]:
    return [one for one in await journeys_of(journey.tx, journey.row.party) if one.function in FUNCTIONS] if journey.row.party else []


def _theirs(row: Row, journey: Journey) -> bool:
    return may_see(row, journey.caller) or (row.party is not None and row.party == journey.row.party)


async def _is_rated(tx: Tx, journey: str) -> bool:
    sql = "SELECT id FROM event WHERE home = $1 AND key = $2 AND type = 'journey.rated' LIMIT 1"
    return await tx.read_one(sql, home_of(journey), journey) is not None


async def _rate(tx: Tx, *, rated: str, of: str, stars: int) -> int:
    """What a guest says is in a home of its own; it is kept in that of the journey it is about, one after the other."""
    tx.later("journey.rated", {"rated": rated, "of": of, "stars": stars}, works_in=home_of(rated), lane=f"rated|{rated}")
    return stars


@job("journey.rated")
async def _keep(tx: Tx, body: dict[str, Any]) -> None:
    if not await _is_rated(tx, body["rated"]):
        tx.tell(Rated(body["rated"], body["of"], body["stars"]))
