"""Running a function over a journey's entries until it pauses or ends, inside one transaction."""

from typing import Any

from onehall.kernel.functions import Ask
from onehall.kernel.i18n import Words, _
from onehall.kernel.journeys import facts
from onehall.kernel.journeys.channel import Caller
from onehall.kernel.journeys.journey import Journey
from onehall.kernel.journeys.row import Row, life
from onehall.kernel.journeys.signals import Declined, Died, Finder, Pause
from onehall.kernel.journeys.words import Said, as_kept
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

RERUNS_MAX = 20


async def advance(
    row: Row,
    tx: Tx,
    caller: Caller,
    offered: dict[str, Any],
    brought: dict[str, Any],
    whys: dict[str, Words] | None = None,
) -> Finder | None:
    """This will run the function as far as it goes and leave the outcome in `row`, telling each step.

    Gives the searcher of the open question's options. Refusals and interludes pass through to the engine.
    """
    whys = whys or {}
    for _attempt in range(RERUNS_MAX):
        journey = Journey(row, tx, caller, offered, brought, whys)
        try:
            await journey.prove(row.works.proof)
            end(row, tx, "done", await row.works.run(journey))
        except Died as death:
            _forget(row, tx, death)
            whys[death.key] = death.why
            offered.clear()
            continue
        except Pause as pause:
            _pause(row, tx, pause, whys)
            return pause.finder
        except Declined:
            end(row, tx, "cancelled", Said(_("All right, nothing was changed.")))
        return None
    raise RuntimeError(f"{row.function} does not come to rest")


def end(row: Row, tx: Tx, state: str, said: Said) -> None:
    """This will end a journey in `state` and say so."""
    open_at = (row.question or {}).get("key", "")
    row.state, row.question, row.said = state, None, as_kept(said)
    if not row.fresh:
        facts.step(row, tx, facts.Ended, open_at, state)
        tx.no_more("journey.expire", row.id)


def let_go(tx: Tx, held: dict[str, Any]) -> None:
    """This will leave the release of a hold to a job that works in the home of the thing held."""
    tx.later("journey.release", {"held": held}, works_in=held["home"])


def _pause(row: Row, tx: Tx, pause: Pause, whys: dict[str, Words]) -> None:
    question, before = as_kept(pause.question), row.question or {}
    if question | {"turn": 0} != before | {"turn": 0}:
        row.turn += 1
        why = whys.get(pause.question.key)
        if why:
            facts.step(row, tx, facts.Reasked, pause.question.key, why)
        elif before.get("key") != pause.question.key:
            facts.step(row, tx, facts.Asked, pause.question.key)
    row.question = question | {"turn": row.turn}
    row.state = "waiting" if pause.question.kind is Ask.WAIT else "asking"
    if pause.question.kind is Ask.WAIT and pause.question.expires:
        row.expires = max(row.expires, pause.question.expires + life())


def _forget(row: Row, tx: Tx, death: Died) -> None:
    """The dead answer and the loose ones after it go; what was proven stays proven, and what is sealed cannot die.

    :raises Refusal: 409, an action or a payment stands on it already.
    """
    places = [place for place, entry in enumerate(row.entries) if entry.key == death.key and entry.kind != "proof"]
    start = places[0] if places else len(row.entries)
    gone = [entry for entry in row.entries[start:] if entry.kind != "proof"]
    if any(entry.kind in ("effect", "payment") for entry in gone):
        raise Refusal("journey.stuck", death.why, 409)
    row.entries[:] = [entry for place, entry in enumerate(row.entries) if place < start or entry.kind == "proof"]
    for entry in reversed(gone):
        if entry.kind == "hold":
            let_go(tx, entry.value)
            row.notes[f"hold:{entry.key}"] = row.notes.get(f"hold:{entry.key}", 0) + 1
    for name in [name for name in row.notes if name.startswith("wait:")]:
        del row.notes[name]
    if death.lapsed:
        facts.step(row, tx, facts.Lapsed, death.key, death.why)


