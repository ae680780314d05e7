"""`onehall load usage`: takes in a file of records of use, of any size, plain or gzipped; broken off, it goes on where it was.

CSV has the columns record, number, kind, amount and at, and may have peer, zone, version, withdrawn and unit; or each line is an object
in JSON with these names. Times are ISO 8601, in the operator's zone where they say none; amounts are in the service's own unit
(data_mb in MB, voice_min in minutes), unless `unit` says s, min, h, bytes, KB, MB or GB.
"""

import asyncio
import os
import re
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Annotated, Final

import msgspec
import uvloop
from cyclopts import Parameter

from onehall.domains import billing
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import read
from onehall.kernel.store import Store
from onehall.launch import database
from onehall.launch.say import say as say_aloud
from onehall.launch.trouble import Trouble
from onehall.loaders.blocks import BLOCK_BYTES, Source
from onehall.loaders.rows import Say
from onehall.loaders.usage_crew import Crew
from onehall.loaders.usage_lines import form_of

HEADING_MAX: Final = 65_536
NAMED_MAX: Final = 20
WORKERS_MAX: Final = 8
GO_ON: Final = "What was taken in stays; load the file again to go on"
Taken = billing.actions.intake.Taken


class Loaded(msgspec.Struct):
    """What became of a file's lines, all its readings together; `resumed`: lines that were read before this one began."""

    counts: Taken
    refused: int
    lines: int
    resumed: int = 0
    named: list[tuple[int, str]] = []
    seconds: float = 0.0


async def load_usage(
    store: Store, path: Path, say: Say = say_aloud, *, source: str | None = None, workers: int = 1, block_bytes: int = BLOCK_BYTES
) -> Loaded:
    """This will take in every record that can be read, once, however often the file is loaded.

    `source` names the file's sender, by whose names records are told apart; the file's name if not said.
    :raises Trouble: the file cannot be read at all.
    """
    name = _source_name(source or path.name.split(".")[0])
    file, began = Source(path), time.monotonic()
    try:
        form = form_of(file.head(HEADING_MAX).split(b"\n")[0], name, str(path))
        opened = await billing.actions.intake.open_file(store, path.name, name, file.mark, file.size)
        report = Loaded(opened.counts, opened.refused, opened.lines, resumed=opened.lines, named=[])
        if opened.lines:
            say(f"{opened.lines:,} lines were read before: going on")
        async with Crew(store, form, workers) as crew:
            for block in file.blocks(opened.place, opened.lines + 1, block_bytes):
                taken, refused, lines = await crew.take_in(block, opened.id)
                _count(report, taken, refused, lines, say)
                await billing.actions.intake.note_file(store, opened.id, report.counts, report.lines, report.refused, refused, block.end)
                _say(report, file.share, began, say)
        await billing.actions.intake.end_file(store, opened.id)
    finally:
        file.close()
    report.seconds = time.monotonic() - began
    return report


def load(
    file: Path, /, *, source: str | None = None, workers: Annotated[int | None, Parameter(name="--workers")] = None
) -> None:  # fmt: skip
    """Take in a file of records of use (CSV or JSON lines, plain or gzipped); safe to run twice, and to go on with when broken off.

    Parameters
    ----------
    file
        The records.
    source
        Who tells of them; records are known by their name and this one. The file's own name, if not said.
    workers
        Processes that read and rate at once; one for each processor but one, if not said.
    """
    settings = database.at_home(read(), dict(os.environ))
    several = min(WORKERS_MAX, workers or max(1, (os.cpu_count() or 1) - 1))

    async def work() -> Loaded:
        async with database.opened(settings, say_aloud) as store:
            return await load_usage(store, file, source=source, workers=several)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            report = runner.run(work())
        except Refusal as away:
            raise Trouble(f"{away} {GO_ON}") from None
        except BrokenProcessPool:
            raise Trouble(f"One of the {several} workers ended before its time. {GO_ON}") from None
    for line, why in report.named[:NAMED_MAX]:
        say_aloud(f"line {line}: {why}")
    if report.refused > NAMED_MAX:
        say_aloud(f"... and {report.refused - len(report.named[:NAMED_MAX]):,} more refused lines, kept in usage_refused")
    for why, count in sorted(report.counts.reasons.items()):
        say_aloud(f"{count:,} records wait: {why}")
    say_aloud(f"{_words(report)}, in {report.seconds:.0f} s")


def _count(report: Loaded, taken: Taken, refused: list[tuple[int, str]], lines: int, say: Say) -> None:
    report.counts.add(taken)
    report.refused += len(refused)
    report.lines += lines
    report.named += refused[: max(0, NAMED_MAX - len(report.named))]


def _say(report: Loaded, share: int, began: float, say: Say) -> None:
    speed = (report.lines - report.resumed) / max(0.001, time.monotonic() - began)
    say(f"{share:3} %  {_words(report)}; {speed:,.0f} lines/s")


def _words(report: Loaded) -> str:
    one = report.counts
    return (
        f"{report.lines:,} lines: {one.added:,} added, {one.corrected:,} corrected, {one.known:,} known, {one.waiting:,} waiting, "
        f"{report.refused:,} refused"
    )


def _source_name(text: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,60}", text, re.ASCII):
        raise Trouble(f"{text[:60]!r} is no name of a source: letters, digits, dots, dashes; say --source NAME")
    return text
