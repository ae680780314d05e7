"""Public holidays and the days that are worked instead come in; bad ones are named."""

from datetime import date
from pathlib import Path

import pytest

from onehall.domains import catalogue
from onehall.domains.billing.rules.rating import day_kind
from onehall.kernel.store import Store
from onehall.launch.trouble import Trouble
from onehall.loaders.calendar import load_calendar
from onehall.loaders.rows import Refused


def _quiet(line: str) -> None:
    """Says nothing."""


async def test_a_real_year(store: Store, shared: Path) -> None:
    path = shared / "data" / "calendar" / "holiday_cn_2024.json"
    report = await load_calendar(store, path, _quiet)
    assert (report.added, report.known, report.refused) == (report.read, 0, [])
    async with store.edge(0) as tx:
        days = await catalogue.queries.days(tx)
    assert len(days) == report.read
    assert [day_kind(date(2024, 2, day), days) for day in (4, 10, 13, 24)] == ["workday", "restday", "restday", "restday"]
    again = await load_calendar(store, path, _quiet)
    assert (again.added, again.known) == (0, report.read)


async def test_bad_days_are_named_and_good_ones_kept(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "days.json"
    path.write_text('{"days": [{"name": "A", "date": "2025-02-30", "isOffDay": true}, {"name": "B", "date": "2025-01-01", "isOffDay": 1}, '
                    '5, {"name": "C", "date": "2025-01-02", "isOffDay": false}]}')  # fmt: skip
    report = await load_calendar(store, path, _quiet)
    assert report.added == 1 and report.refused == [
        Refused(1, "date is missing or no day like 2024-01-01"), Refused(2, "isOffDay is missing or neither true nor false"),
        Refused(3, "isOffDay is missing or neither true nor false"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["{", "[]", '{"days": 5}'])
async def test_what_is_no_list_of_days_is_told(store: Store, tmp_path: Path, text: str) -> None:
    path = tmp_path / "days.json"
    path.write_text(text)
    with pytest.raises(Trouble, match="is not JSON|has no list of days"):
        await load_calendar(store, path, _quiet)
