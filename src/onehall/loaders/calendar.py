"""`onehall load calendar`: days that are not what their weekday says: public holidays, and Sundays that are worked.

The file is JSON, one of holiday_cn_<year>.json: {"year": 2024, "days": [{"name": "...", "date": "2024-01-01", "isOffDay": true}]}.
"""

import asyncio
import os
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from onehall.domains import catalogue
from onehall.kernel.settings import read
from onehall.kernel.store import Store
from onehall.launch import database
from onehall.launch.say import say as say_aloud
from onehall.launch.trouble import Trouble
from onehall.loaders.rows import Bad, Refused, Report, Say, text_of, word


async def load_calendar(store: Store, path: Path, say: Say = say_aloud) -> Report:
    """This will bring in every good day; a day that is there already is as the file says afterwards.

    :raises Trouble: the file is no list of days.
    """
    report = Report(refused=[])
    days: dict[date, tuple[str, str]] = {}
    for place, row in enumerate(_rows(path), 1):
        report.read += 1
        try:
            days |= _day(row)
        except Bad as bad:
            report.refused.append(Refused(place, str(bad)))
            say(f"day {place} of the list: {bad}")
    new = await store.run(0, lambda tx: catalogue.actions.mark_days(tx, days))
    report.added, report.known = new, len(days) - new
    return report


def load(file: Path, /) -> None:
    """Bring in public holidays and the days that are worked instead; safe to run twice.

    Parameters
    ----------
    file
        A year's days (JSON).
    """
    settings = database.at_home(read(), dict(os.environ))

    async def work() -> Report:
        async with database.opened(settings, say_aloud) as store:
            return await load_calendar(store, file)

    report = asyncio.run(work())
    say_aloud(f"{report.added:,} days new or changed, {report.known:,} as they were, {len(report.refused):,} refused")


def _rows(path: Path) -> list[Any]:
    try:
        read_ = msgspec.json.decode(text_of(path))
    except (msgspec.DecodeError, RecursionError):
        raise Trouble(f"{path} is not JSON") from None
    days = read_.get("days") if isinstance(read_, dict) else None
    if not isinstance(days, list):
        raise Trouble(f"{path} has no list of days")
    return days


def _day(row: Any) -> dict[date, tuple[str, str]]:
    if not isinstance(row, dict) or not isinstance(row.get("isOffDay"), bool):
        raise Bad("isOffDay is missing or neither true nor false")
    try:
        day = date.fromisoformat(word(row, "date"))
    except ValueError:
        raise Bad("date is missing or no day like 2024-01-01") from None
    return {day: ("restday" if row["isOffDay"] else "workday", word(row, "name"))}
