"""`onehall replay`: plays a day in a house of its own and ends with what the books say."""

import asyncio
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from onehall.kernel import telemetry
from onehall.kernel.settings import SECRET_FILE, Settings
from onehall.launch import postgres
from onehall.launch.database import Say
from onehall.launch.trouble import Trouble
from onehall.replay import day as days
from onehall.replay import told
from onehall.replay.day import BadDay, Day
from onehall.replay.house import SECRET, opened
from onehall.replay.plan import LAST_OF_A_MONTH, plan
from onehall.replay.run import Played, played
from onehall.replay.scene import Scene
from onehall.replay.watch import watched

SCALE_MAX: Final = 5.0
# Work that may have been given up on a day on which the network or the bank was away.
EXPLAINED: Final = frozenset({
    "step.activate", "step.deactivate", "step.provision", "undo.activate", "network.set",
    "payment.checkout", "payment.look", "payment.close", "payment.refund",
})  # fmt: skip
Check = Callable[[str, frozenset[str]], Awaitable[Sequence[Any]]]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be played. `minutes`: how long the day shall take, 0 for as fast as it goes; `port`: where it can be watched."""

    seed: int = 1
    scale: float = 0.05
    date: date = LAST_OF_A_MONTH
    file: Path | None = None
    write: Path | None = None
    keep: Path | None = None
    watch: bool = False
    port: int = 8100
    minutes: float = 0


async def replay(wanted: Wanted, check: Check | None, say: Say) -> None:
    """This will play a day and tell how it went.

    :raises Trouble: the day cannot be read, something broke, or the books are not right.
    """
    day = planned(wanted)
    if wanted.write:
        days.write(day, wanted.write)
        say(f"{len(day.events):,} things that happen to {len(day.people):,} people are written to {wanted.write}")
        return
    _quiet()
    with _ended_by_others():
        await _play(wanted, day, check, say)


async def _play(wanted: Wanted, day: Day, check: Check | None, say: Say) -> None:
    async with _ground(wanted.keep, say) as dsn, AsyncExitStack() as stack:
        scene = await stack.enter_async_context(opened(day, dsn))
        say(f"{day.heading.day:%A %d %B %Y}: {len(day.people):,} people live in town; {len(day.events):,} things are to happen")
        scene.street.pace = wanted.minutes * 60 / 86_400
        if wanted.watch:
            say(f"To be watched at {await stack.enter_async_context(watched(scene, wanted.port))}")
        began = time.monotonic()
        done = await played(scene, say)
        say(f"The day took {time.monotonic() - began:.0f} s\n")
        await _tell(scene, done, check, wanted.keep, say)
        if wanted.watch:
            say("It is over; the page stays until Ctrl-C")
            await asyncio.Event().wait()


def planned(wanted: Wanted) -> Day:
    """This will read the day's file, or plan a day.

    :raises Trouble: the file is not a day; the scale is not between 0 and 5.
    """
    if not 0 < wanted.scale <= SCALE_MAX:
        raise Trouble(f"--scale is a share of {days.SERVICES:,} services a day: above 0, at most {SCALE_MAX:.0f}")
    if wanted.file is None:
        return plan(wanted.seed, wanted.scale, wanted.date)
    try:
        return days.read(wanted.file)
    except (BadDay, OSError) as wrong:
        raise Trouble(str(wrong)) from None


@contextmanager
def _ended_by_others() -> Iterator[None]:
    """Who is told to end (SIGTERM) ends as by Ctrl-C: the database goes with us."""
    loop, mine, told = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()

    def end() -> None:
        told.set()
        if mine is not None:
            mine.cancel()

    loop.add_signal_handler(signal.SIGTERM, end)
    try:
        yield
    except asyncio.CancelledError:
        if not told.is_set():
            raise
        raise Trouble("The day was ended before it was over") from None
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


def _quiet() -> None:
    """The log tells of bugs alone: on a day with faults some work is given up on purpose, and the end of the day says which."""
    telemetry.configure(Settings(log_level="error"))
    structlog.configure(processors=[_bugs, *structlog.get_config()["processors"]])


def _bugs(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if line.get("event") == "work given up" and not line.get("exc_info"):
        raise structlog.DropEvent
    return line


def _bugs_counted() -> list[str]:
    """What the house counted as a bug of its own while the day ran."""
    samples = [sample for metric in telemetry.INCIDENTS.collect() for sample in metric.samples if sample.name.endswith("_total")]
    return [f"{int(sample.value)} incidents in {sample.labels['where']}" for sample in samples if sample.value]


async def _tell(scene: Scene, done: Played, check: Check | None, keep: Path | None, say: Say) -> None:
    for line in await told.summary(scene.street.store, done.diary):
        say(line)
    if keep:
        (keep / "books.json").write_bytes(msgspec.json.format(msgspec.json.encode(done.books, order="deterministic"), indent=1))
    wrong = [*told.broken(done.diary), *_bugs_counted()]
    if faults := done.books["ledger faults"]:
        wrong.append(f"{faults} entries or accounts do not agree with their postings")
    wrong += [f"{fault.invariant} {fault.id}: {fault.why}" for fault in await check(scene.street.store.dsn, EXPLAINED)] if check else []
    say(f"\nDigest of the books: {done.digest}")
    if wrong:
        raise Trouble("\n".join(["Not as it must be:", *wrong[:40]]))
    say("Checked: the books sum to zero" + (", and every invariant of the house holds" if check else ""))


@asynccontextmanager
async def _ground(keep: Path | None, say: Say) -> AsyncIterator[str]:
    """A database that nobody else has: thrown away at the end, or kept in a folder that has none yet."""
    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise Trouble(f"{keep} is not empty: a day begins with an empty house")
    folder = keep or Path(tempfile.mkdtemp(prefix="onehall-day-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL may run as another account
    try:
        running = await postgres.start(folder, fast_unsafe=keep is None, say=say if keep else lambda line: None)
        try:
            yield running.dsn
        finally:
            await running.stop()
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            (folder / SECRET_FILE).write_text(SECRET)  # by which its documents are known again
            say(f"The house is kept; open it with ONEHALL_HOME={keep} onehall up")
