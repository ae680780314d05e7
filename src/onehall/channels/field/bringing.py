"""Bringing in what a kit took down: each capture is one journey, however often it is sent, and its answers are given as they fit.

A capture has the kit's own name, which makes it one. Answers are used where their question is asked for the first time; one that comes
back with a reason, or asks for agreement to other words than those that were shown in the street, waits for a person.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from onehall.channels.field.room import caller_of
from onehall.domains import sweep
from onehall.domains.sweep import Capture
from onehall.hall import Caller, Hall, View
from onehall.kernel.events import Origin
from onehall.kernel.i18n import ZONE, Words, _
from onehall.kernel.identity import Who
from onehall.kernel.ids import home_of
from onehall.kernel.journeys import BadAnswer

ANSWERS_MAX = 20
Name = Annotated[str, msgspec.Meta(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
Key = Annotated[str, msgspec.Meta(max_length=100)]


class Answer(msgspec.Struct):
    """An answer to the question `key`; with `turn`, to that turn of it alone. `shown` is what was agreed to, line by line."""

    key: Key
    value: Any = None
    turn: int | None = None
    shown: list[str] | None = None


class Item(msgspec.Struct):
    """What a kit took down at `at`, by its own clock, under a `name` of its own."""

    name: Name
    function: Key
    at: datetime
    given: dict[str, Any] = {}
    answers: Annotated[list[Answer], msgspec.Meta(max_length=ANSWERS_MAX)] = []


class Brought(msgspec.Struct):
    """What a kit sends, and what its clock says as it does."""

    clock: datetime
    item: Item


class Stands(msgspec.Struct):
    """Where a capture stands; `stopped` says that a person has to go on, at `/desk/journeys/<journey>`."""

    name: str
    journey: str
    state: str
    stopped: bool
    why: str
    view: View


async def bring(hall: Hall, who: Who, brought: Brought) -> Stands:
    """This will bring a capture in, or look what became of it, and answer what it can.

    :raises Refusal: `kit.clock`, `capture.*`, 422; what the hall refuses.
    """
    item, caller = brought.item, caller_of(who)
    view = await _begun(hall, who, caller, brought)
    why = ""
    for _turn in range(ANSWERS_MAX):
        answer = _fitting(view, item.answers)
        if answer is None or view.question is None:
            break
        if _differs(view.question, answer):
            why = _("What has to be agreed to is not what was shown.").render(who.language)
            break
        try:
            acting = msgspec.structs.replace(caller, party=view.party)
            view = await hall.answer(acting, view.id, answer.key, view.question["turn"], answer.value)
        except BadAnswer as bad:
            view, why = bad.facts["view"], _words(bad.reason, who.language)
            break
    stopped = view.state == "asking" and not view.moved_to
    reason = why or str((view.question or {}).get("why") or "")
    return Stands(item.name, view.id, view.state, stopped, reason, view)


async def _begun(hall: Hall, who: Who, caller: Caller, brought: Brought) -> View:
    """The clock is looked at once: what came in before is known by its name."""
    item, staff, now = brought.item, str(who.staff), hall.store.clock.now()
    async with hall.store.edge(staff) as tx:
        before = await sweep.queries.capture(tx, staff, item.name)
    if before is not None:
        return await hall.see(caller, before.journey)
    off = sweep.rules.clock_off(_aware(brought.clock), now)
    at = sweep.rules.captured_at(_aware(item.at), off, now)
    view = await hall.start(caller, item.function, await _given(hall, staff, item, at), key=item.name)
    if view.state in ("asking", "waiting", "done") and view.id:
        capture = Capture(item.name, item.function, view.id, at, int(off.total_seconds()))
        origin = Origin(channel=caller.channel, staff=staff, journey=view.id, function=item.function, source=caller.source, unit=who.unit)
        await hall.store.run(home_of(staff), lambda tx: sweep.actions.receive(tx, staff, capture), origin)
    return view


async def _given(hall: Hall, staff: str, item: Item, at: datetime) -> dict[str, Any]:
    """A number that this kit carries brings its hold along; nobody can name a hold themselves."""
    given = {name: value for name, value in item.given.items() if name not in ("held", "at")} | {"at": at.isoformat()}
    if number := given.get("number"):
        carried = await sweep.queries.carried(hall.store, staff)
        for one in carried:
            if one.number == number:
                given["held"] = one.token
    return given


def _fitting(view: View, answers: list[Answer]) -> Answer | None:
    question = view.question
    if question is None or view.state != "asking":
        return None
    mine = [one for one in answers if one.key == question["key"]]
    for one in mine:
        if one.turn == question["turn"] or (one.turn is None and not question.get("why")):
            return one
    return None


def _differs(question: dict[str, Any], answer: Answer) -> bool:
    """Whether somebody agreed in the street to other words than those that are asked now."""
    summary = question.get("summary")
    if summary is None or answer.shown is None:
        return False
    asked = [str(line["value"]) for line in summary["lines"]] + [str(summary["total"])] * bool(summary.get("total"))
    return [*asked, *map(str, summary.get("terms", ()))] != answer.shown


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=ZONE)


def _words(reason: Words, language: str) -> str:
    return reason if isinstance(reason, str) else reason.render(language)
