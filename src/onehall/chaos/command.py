"""`onehall chaos` and `onehall check`: as tables, for people."""

import asyncio
import logging
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

import uvloop
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from onehall.chaos import chaos as breaking
from onehall.chaos import checker
from onehall.chaos.faults import FAULTS
from onehall.chaos.house import kept_log
from onehall.kernel.settings import Settings, read
from onehall.launch import database, postgres
from onehall.launch.say import say

Say = Callable[[str], None]
SHORT: Final = {
    "number_has_one_holder": "one holder", "nothing_held_for_nobody": "no leaked hold", "five_lines_a_person": "five lines",
    "payment_posted_once": "posted once", "paid_order_done_or_refunded": "done or back", "books_sum_to_zero": "zero sum",
    "balances_are_their_postings": "balances", "log_whole_and_in_order": "log", "facts_heard_once": "heard", "journey_moves_on": "journeys",
    "work_is_done": "work", "nothing_given_up": "given up", breaking.KEPT_WORD: "told",
}  # fmt: skip
SHOWN_MAX: Final = 20


def names(words: str) -> list[str]:
    """This will read a list of faults; of nothing it is all of them."""
    return [word.strip() for word in words.split(",") if word.strip()]


def listed() -> list[str]:
    """This will say each fault in a line, and each invariant."""
    faults = [f"{fault.name:<28} {fault.what}" for fault in FAULTS.values()]
    return [*faults, "", *(f"{name:<28} {checker.words(name)}" for name in checker.INVARIANTS)]


def chaos(
    *, faults: str = "", seed: int | None = None, seconds: float = 8, rate: float = 6,
    list_: Annotated[bool, Parameter(name="--list", negative=())] = False,
) -> None:  # fmt: skip
    """Break a house of its own under load, fault after fault, and check the tables after each; ends with status 1 when one did not hold.

    Parameters
    ----------
    faults
        Only these, with commas between them.
    seed
        The luck of an earlier run.
    seconds
        How long each fault is held.
    rate
        How many people come in a second.
    list_
        Only say which faults and invariants there are.
    """
    if list_:
        for line in listed():
            say(line)
    elif not _run(break_all(faults, seed, seconds, rate, say)):
        raise SystemExit(1)


def check() -> None:
    """Check what must be true of the tables, reading only; ends with status 1 when something is not."""
    if not _run(check_all(database.at_home(read(), dict(os.environ)), say)):
        raise SystemExit(1)


def _run(work: Coroutine[Any, Any, bool]) -> bool:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def break_all(faults: str, seed: int | None, seconds: float, rate: float, say: Say) -> bool:
    """This will break a house of its own, fault after fault, and print what held; gives whether all did.

    :raises Trouble: no such fault, or no house can be made.
    """
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # our own connections break too, as they are meant to
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)  # what was started is ended
    chosen = random.SystemRandom().randrange(1, 10**6) if seed is None else seed
    say(f"Seed {chosen}; {seconds:.0f} s each, {rate:.0f} people a second")
    outcomes = await breaking.run(names(faults), seed=chosen, seconds=seconds, rate=rate, say=say)
    show(outcomes, say)
    broken = [one.fault for one in outcomes if not one.held]
    again = f"onehall chaos --seed {chosen} --faults {','.join(broken)}"
    if broken:
        say(f"What the house itself said last: {kept_log(chosen)}")
    say(f"NOT HELD: {', '.join(broken)}; once more: {again}" if broken else f"All held. Seed {chosen}")
    return not broken


async def check_all(settings: Settings, say: Say) -> bool:
    """This will check the database of a house, whoever uses it meanwhile, and say every fault; gives whether there is none.

    :raises Trouble: it cannot be reached.
    """
    dsn = settings.database_url or postgres.running_in(settings.folder)
    if dsn:
        return await _checked(dsn, say)
    dsn, end = await database.stand_up(settings, say)
    try:
        return await _checked(dsn, say)
    finally:
        await end()


async def _checked(dsn: str, say: Say) -> bool:
    faults = await checker.check(dsn)
    counts = Counter(fault.invariant for fault in faults)
    for name in checker.INVARIANTS:
        say(f"{'BROKEN ' + str(counts[name]) if counts[name] else 'holds':<12} {checker.words(name)}")
        for fault in [one for one in faults if one.invariant == name][:SHOWN_MAX]:
            say(f"             {fault.id}: {fault.why}")
    return not faults


def show(outcomes: list[breaking.Outcome], say: Say) -> None:
    """This will print the table fault x invariant, then what was wrong."""
    wide = sys.stdout.isatty()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("fault", "done", "refused", "left", "not now", "no answer", "wrong", "back in", *SHORT.values()):
        table.add_column(column, justify="left" if column == "fault" else "right")
    for one in outcomes:
        table.add_row(one.fault, *_cells(one))
    Console(width=None if wide else 220).print(table)
    for one in outcomes:
        for answer, count in one.tally.dishonest.most_common(5):
            say(f"{one.fault}: answered {count} times {answer}")
        for words, count in one.tally.said.most_common(3):
            say(f"{one.fault}: refused {count} times: {words}")
        for fault in one.faults[:SHOWN_MAX]:
            say(f"{one.fault} BROKE {fault.invariant}: {fault.id}: {fault.why}")


def _cells(one: breaking.Outcome) -> list[str]:
    if one.skipped:
        return [f"skipped: {one.skipped}"]
    tally, counts = one.tally, Counter(fault.invariant for fault in one.faults)
    back = "never" if one.recovered is None else f"{one.recovered:.1f} s"
    numbers = [
        sum(tally.done.values()), sum(tally.refused.values()), tally.left, tally.honest, tally.unreachable + tally.silent,
        sum(tally.dishonest.values()),
    ]  # fmt: skip
    held = [str(counts[name]) if counts[name] else "ok" for name in SHORT]
    return [*map(str, numbers), back if one.quiet else f"{back}, never quiet", *held]
