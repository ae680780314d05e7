"""The provider's file of a day is held against the books, part by part; each difference is kept, and mending begun where that is safe."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from onehall.domains.billing import rules, store
from onehall.domains.billing.actions.mending import plan_mend
from onehall.domains.billing.model import Difference, Found, Moved
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

PROVIDER: Final = "provider"
PART: Final = 500
LAST: Final = -1
KEPT: Final = 50_000


async def read_again(tx: Tx, day: date, look: int = 0) -> None:
    """This will have the file of a day that is over fetched and held against the books again, once after each `look` (0: the latest).

    What was found before stays as it is, with what was decided on it.
    :raises Refusal: `reconciliation.day`, 422.
    """
    rules.reconciling.check_day(day, tx.now)
    look = look or await store.reconciling.latest_look(tx, _run(day))
    body = {"day": day.isoformat(), "again": look}
    tx.later("payment.reconcile", body, once=f"again:{day}:{look}", works_in=store.reconciling.HOME)


async def begin_reconciliation(tx: Tx, day: date, lines: Sequence[Moved], *, again: int = 0) -> None:
    """This will begin the run of a day with its file; a part each of some hundred lines is left to do. Begun twice, it is one run.

    Another file for the same day, or the same once more after the look `again`, is looked at anew: its new lines are new differences,
    those that were there change nothing.
    """
    ordered = sorted(lines, key=lambda line: line.key)
    parts = [ordered[place : place + PART] for place in range(0, len(ordered), PART)]
    sums, mark = rules.reconciling.sums_of(lines), rules.reconciling.mark_of(lines)
    look = await store.reconciling.begin(tx, PROVIDER, day, len(parts) + 1, lines, sums, mark, again)
    if look is None:
        return
    for place, part in enumerate(_whole(parts)):
        body = {"day": day.isoformat(), "look": look, "part": place, "lines": msgspec.to_builtins(part)}
        tx.later("payment.compare", body, works_in=store.reconciling.HOME, once=f"compare:{day}:{look}:{place}")
    keys = sorted({line.key for line in lines})
    body = {"day": day.isoformat(), "look": look, "keys": keys}
    tx.later("payment.compare_rest", body, works_in=store.reconciling.HOME, once=f"rest:{day}:{look}")


async def compare_part(tx: Tx, day: date, part: int, lines: Sequence[Moved], look: int = 1) -> None:
    """This will hold a part of a day's file against the books. Safe twice; nothing when another file came since."""
    if not await store.reconciling.is_looked_at(tx, _run(day), look):
        return
    books = {one.key: one for one in await store.reconciling.booked(tx, lines)}
    found = rules.reconciling.lines_against_books(day, lines, books, await store.reconciling.asked_for(tx, lines))
    await store.reconciling.explain(tx, lines, _("It stands in the file of {day}.", day=day))
    await _keep(tx, day, rules.reconciling.new_of(found, await store.reconciling.lines_of(tx, _run(day), lines)))
    wrong = {(one.payment, one.reference) for one in found if one.kind != "late"}
    matched = sum((line.payment, line.reference) not in wrong for line in lines)
    await _end(tx, day, part, matched)


async def compare_rest(tx: Tx, day: date, keys: frozenset[tuple[str, str, str]], look: int = 1) -> None:
    """This will hold the books of a day against its file: what the file does not have. Safe twice; nothing when another file came since."""
    if not await store.reconciling.is_looked_at(tx, _run(day), look):
        return
    ours = await store.reconciling.booked_on(tx, *_bounds(day))
    seen = await store.reconciling.seen(tx, ours)
    await _keep(tx, day, rules.reconciling.books_against_file([one for one in ours if (one.payment, one.reference) not in seen], keys))
    await _end(tx, day, LAST, 0)


async def decide_difference(tx: Tx, difference: str, note: str) -> Difference:
    """This will write down what a person decided on a difference, and why.

    :raises Refusal: 404; `difference.mending`, `difference.closed`, 409; `difference.note`.
    """
    found = await store.reconciling.one(tx, difference, lock=True)
    if found is None:
        raise missing(_("difference"))
    words = rules.reconciling.check_decision(found.status, note)
    await store.reconciling.decide(tx, difference, words, tx.origin.staff)
    return msgspec.structs.replace(found, status="decided", note=words, staff=tx.origin.staff)


async def _keep(tx: Tx, day: date, found: Sequence[Found]) -> None:
    """What the provider has and we had not heard of is booked by work of its own, which says when it is mended."""
    for one in found:
        id_ = await store.reconciling.keep_difference(tx, _run(day), day, one)
        if id_ and one.mend and one.theirs is not None:
            plan_mend(tx, id_, Moved("payment" if one.mend == "heard" else "refund", one.payment, one.reference, one.theirs))


def _run(day: date) -> str:
    return store.reconciling.run_id(PROVIDER, day)


async def _end(tx: Tx, day: date, part: int, matched: int) -> None:
    run = _run(day)
    if await store.reconciling.end_part(tx, run, part, matched):
        ours = await store.reconciling.booked_on(tx, *_bounds(day))
        await store.reconciling.end(tx, run, rules.reconciling.sums_of(ours))


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return start, start + timedelta(days=1)


def _whole(parts: list[list[Moved]]) -> list[list[Moved]]:
    """Lines that say the same stay in one part, so that what is doubled is seen."""
    found: list[list[Moved]] = []
    for part in parts:
        while found and part and found[-1][-1].key == part[0].key:
            found[-1].append(part.pop(0))
        found.append(part)
    return found
