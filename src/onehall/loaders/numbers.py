"""`onehall load numbers`: stocks the pool of numbers, from a file of phone prefixes or from a plain list.

A prefix file (".dat") is: 4 bytes of version text; 4 bytes, little-endian, where its index begins; then records
"province|city|postcode|area code", each ended by a zero byte; then index entries of 9 bytes: the first seven digits of a number
and the place of its record (int32 each), and the operator (int8). A list is CSV: number, and the unit that sells it, if any.

The same file gives the same numbers in the same order, so a second run adds nothing and a larger count only adds.
"""

import asyncio
import csv
import os
import struct
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from zlib import crc32

from onehall.domains import inventory
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import read
from onehall.kernel.store import Store
from onehall.launch import database
from onehall.launch.say import say as say_aloud
from onehall.launch.trouble import Trouble
from onehall.loaders.rows import Refused, Report, Say

OPERATORS = {"mobile": 1, "unicom": 2, "telecom": 3, "telecom-virtual": 4, "unicom-virtual": 5, "mobile-virtual": 6, "broadcast": 7}
COUNT = 1_000_000
COUNT_MAX = 20_000_000
BATCH = 5_000
AT_ONCE = 2
PREFIX_NUMBERS = 10_000
STEP = 7_919  # prime to 10,000: a walk over every number of a prefix that does not look like one
SAY_EVERY = 100_000
_ENTRY = struct.Struct("<iib")
Row = inventory.StockNumber | Refused


async def load_numbers(
    store: Store, path: Path, count: int, say: Say, *, operator: str = "unicom", units: dict[str, str] | None = None
) -> Report:
    """This will stock up to `count` numbers from a prefix file (spread over its cities) or a list.

    `units` names the unit that sells a city's or province's numbers.
    :raises Trouble: the file cannot be read at all, or the operator or count is none we know.
    """
    if not 0 < count <= COUNT_MAX:
        raise Trouble(f"The count must be between 1 and {COUNT_MAX:,}")
    rows = _rows(path, count, operator, units or {})
    report, began = Report(), time.monotonic()
    async with store.edge(0) as tx:
        tier = inventory.rules.tier_of_many(await inventory.queries.patterns(tx))
    running: set[asyncio.Task[None]] = set()
    while batch := _batch(rows, report, say):
        running.add(asyncio.create_task(_add(store, batch, tier, report, say)))
        if len(running) >= AT_ONCE:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    await asyncio.gather(*running)
    if report.added:
        await store.run(0, inventory.actions.count_stock)
    report.seconds = time.monotonic() - began
    return report


def load(
    file: Path | None = None, /, *, prefixes: Path | None = None, count: int = COUNT, operator: str = "unicom", unit_map: Path | None = None
) -> None:
    """Stock the pool of numbers; safe to run twice.

    Parameters
    ----------
    file
        A list of numbers (CSV: number, unit), or a prefix file.
    prefixes
        A prefix file (.dat): numbers are made of an operator's prefixes, spread over its cities.
    count
        How many numbers to stock at most.
    operator
        Whose prefixes: mobile, unicom, telecom, broadcast, or a virtual one.
    unit_map
        A CSV of place (city or province), unit: who sells the numbers of which place.
    """
    path = prefixes or file
    if path is None:
        raise Trouble("Name a file of prefixes: onehall load numbers --prefixes FILE")
    settings = database.at_home(read(), dict(os.environ))

    async def work() -> Report:
        async with database.opened(settings, say_aloud) as store:
            return await load_numbers(store, path, count, say_aloud, operator=operator, units=read_units(unit_map))

    report = asyncio.run(work())
    refused = f"{len(report.refused):,} rows refused"
    say_aloud(f"{report.added:,} numbers added, {report.known:,} were there already, {refused}, in {report.seconds:.0f} s")


def read_units(path: Path | None) -> dict[str, str]:
    """This will read who sells the numbers of which place.

    :raises Trouble: the file cannot be read.
    """
    if path is None:
        return {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return {row[0].strip(): row[1].strip() for row in csv.reader(file) if len(row) >= 2 and row[0].strip()}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Trouble(f"{path} cannot be read: {error}") from None


def _rows(path: Path, count: int, operator: str, units: dict[str, str]) -> Iterator[Row]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}") from None
    if path.suffix.lower() in (".csv", ".txt"):
        return islice(_listed(content, path), count)
    if operator not in OPERATORS:
        raise Trouble(f"There is no operator {operator}; it is one of {', '.join(OPERATORS)}")
    return _made(_places(content, path, OPERATORS[operator]), count, units)


def _listed(content: bytes, path: Path) -> Iterator[Row]:
    """The rows of a list; a first line that names its columns is passed over."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise Trouble(f"{path} is not a text in UTF-8: {error}") from None
    for line, cells in enumerate(csv.reader(lines), 1):
        if not cells or not cells[0].strip() or (line == 1 and cells[0].strip().lower() in ("number", "号码")):
            continue
        try:
            number = inventory.rules.check_number(cells[0])
        except Refusal as refusal:
            yield Refused(line, str(refusal.reason))
            continue
        yield inventory.StockNumber(number, cells[1].strip() or None if len(cells) > 1 else None)


def _places(content: bytes, path: Path, operator: int) -> dict[tuple[str, str], list[int]]:
    """The prefixes of an operator by place; entries that cannot be read are refused under the place ("", "")."""
    start = struct.unpack_from("<i", content, 4)[0] if len(content) >= 8 else -1
    if not 8 <= start <= len(content) or (len(content) - start) % _ENTRY.size or len(content) == start:
        raise Trouble(f"{path} is not a file of phone prefixes")
    places: dict[tuple[str, str], list[int]] = {}
    known: dict[int, tuple[str, str] | str] = {}
    for entry, (prefix, record, owner) in enumerate(_ENTRY.iter_unpack(content[start:]), 1):
        if record not in known:
            known[record] = _record(content, record, start)
        place = known[record]
        if isinstance(place, str) or not 1_000_000 <= prefix <= 9_999_999:
            places.setdefault(("", ""), []).append(entry)
        elif owner == operator:
            places.setdefault(place, []).append(prefix)
    return places


def _record(content: bytes, at: int, end: int) -> tuple[str, str] | str:
    stop = content.find(b"\0", at, end) if 8 <= at < end else -1
    try:
        parts = content[at:stop].decode().split("|") if stop > 0 else []
    except UnicodeDecodeError:
        parts = []
    return (parts[0], parts[1]) if len(parts) == 4 else "unreadable"


def _made(places: dict[tuple[str, str], list[int]], count: int, units: dict[str, str]) -> Iterator[Row]:
    """Numbers of every place in turn, as many of each; one that has no more leaves its turn to the others."""
    for entry in places.pop(("", ""), []):
        yield Refused(entry, "the entry names no record or no prefix of seven digits")
    turns = [_of_place(place, sorted(prefixes), units) for place, prefixes in sorted(places.items())]
    left = count
    while turns and left:
        for turn in list(turns):
            number = next(turn, None)
            if number is None:
                turns.remove(turn)
                continue
            yield number
            left -= 1
            if not left:
                return


def _of_place(place: tuple[str, str], prefixes: list[int], units: dict[str, str]) -> Iterator[inventory.StockNumber]:
    province, city = place
    unit = units.get(city) or units.get(province)
    starts = {prefix: crc32(str(prefix).encode()) for prefix in prefixes}
    for turn in range(PREFIX_NUMBERS):
        for prefix in prefixes:
            yield inventory.StockNumber(f"{prefix}{(turn * STEP + starts[prefix]) % PREFIX_NUMBERS:04}", unit, city)


def _batch(rows: Iterator[Row], report: Report, say: Say) -> list[inventory.StockNumber]:
    """The next numbers to add; what is refused among them is named at once."""
    batch: list[inventory.StockNumber] = []
    for row in rows:
        report.read += 1
        if isinstance(row, Refused):
            report.refuse(say, row.line, row.why)
            continue
        batch.append(row)
        if len(batch) >= BATCH:
            break
    return batch


async def _add(store: Store, batch: list[inventory.StockNumber], tier: Callable[[str], int], report: Report, say: Say) -> None:
    unique = list({row.number: row for row in reversed(batch)}.values())  # of a number named twice, the first counts
    added = await store.run(0, lambda tx: inventory.actions.stock_numbers(tx, unique, tier))
    before = report.added + report.known
    report.added += len(added)
    report.known += len(batch) - len(added)
    if before // SAY_EVERY != (report.added + report.known) // SAY_EVERY:
        say(f"{report.added + report.known:,} numbers, {report.added:,} of them new")
