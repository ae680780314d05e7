"""Running a function over a journey's entries until it pauses or ends, inside one transaction."""

from typing import Any

import msgspec

from onehall.kernel.functions import Ask
from onehall.kernel.i18n import Words, _, keep
from onehall.kernel.journeys import facts
from onehall.kernel.journeys.channel import Caller
from onehall.kernel.journeys.journey import Journey
from onehall.kernel.journeys.row import Row
from onehall.kernel.journeys.signals import Declined, Died, Finder, Pause
from onehall.kernel.journeys.words import Entry, Said
from onehall.kernel.store import Tx

RERUNS_MAX = 20
_STEP = {
    "answer": facts.Answered, "effect": facts.Effected, "payment": facts.Paid, "hold": facts.Kept, "arrival": facts.Answered,
}  # fmt: skip


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
            said = await row.works.run(journey)
        except Died as death:
            _tell(tx, row, journey.fresh)
            _forget(row, tx, death)
            whys[death.key] = death.why
            offered.clear()
            continue
        except Pause as pause:
            _tell(tx, row, journey.fresh)
            _pause(row, tx, pause, whys)
            return pause.finder
        except Declined:
            said = Said(_("All right, nothing was changed."))
            end(row, tx, "cancelled", said)
            return None
        _tell(tx, row, journey.fresh)
        end(row, tx, "done", said)
        return None
    raise RuntimeError(f"{row.function} does not come to rest")


def end(row: Row, tx: Tx, state: str, said: Said) -> None:
    """This will end a journey in `state` and say so."""
    row.state, row.question, row.said = state, None, msgspec.to_builtins(said)
    tx.tell(facts.Ended(row.id, seconds=_seconds(row, tx), why=state))


def _pause(row: Row, tx: Tx, pause: Pause, whys: dict[str, Words]) -> None:
    question = msgspec.to_builtins(pause.question)
    before = {name: value for name, value in (row.question or {}).items() if name != "turn"}
    if before != {name: value for name, value in question.items() if name != "turn"}:
        row.turn += 1
        if row.question is None or row.question["key"] != question["key"] or whys:
            why = whys.get(pause.question.key)
            fact = (
                facts.Reasked(row.id, question["key"], _seconds(row, tx), str(why))
                if why
                else facts.Asked(row.id, question["key"], _seconds(row, tx))
            )
            tx.tell(fact)
    row.question = question | {"turn": row.turn}
    row.state = "waiting" if pause.question.kind is Ask.WAIT else "asking"


def _forget(row: Row, tx: Tx, death: Died) -> None:
    """The dead answer and the loose ones after it go; what was proven stays proven."""
    places = [place for place, entry in enumerate(row.entries) if entry.key == death.key and entry.kind != "proof"]
    start = places[0] if places else len(row.entries)
    gone = [entry for entry in row.entries[start:] if entry.kind != "proof"]
    row.entries[:] = [entry for entry in row.entries if entry not in gone]
    for entry in gone:
        if entry.kind == "hold":
            let_go(row, tx, entry)
            row.given[f"hold:{entry.key}"] = row.given.get(f"hold:{entry.key}", 0) + 1
    if death.lapsed:
        tx.tell(facts.Lapsed(row.id, death.key, _seconds(row, tx), str(death.why)))


def let_go(row: Row, tx: Tx, entry: Entry) -> None:
    """This will leave the release of a hold to a job that works in the home of the thing held."""
    tx.later("journey.release", {"held": entry.value}, works_in=entry.value["home"])


def _tell(tx: Tx, row: Row, fresh: list[Entry]) -> None:
    for entry in fresh:
        if entry.kind == "payment" and not entry.value["paid"]:
            continue
        tx.tell(
            _STEP[entry.kind](
                row.id,
                entry.key,
                _seconds(row, tx),
                str(keep(entry.shown) or "")[:200] if entry.kind == "effect" else "",
            )
        )


def _seconds(row: Row, tx: Tx) -> int:
    return max(0, int((tx.now - row.updated).total_seconds()))
