"""A day is drawn from a seed alone, and kept in a file that people can read and change."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from onehall.replay import day as days
from onehall.replay import habits
from onehall.replay.day import BadDay, Event
from onehall.replay.plan import plan


def test_equal_seeds_make_equal_days_and_others_make_others() -> None:
    assert plan(7, 0.01) == plan(7, 0.01)
    assert plan(7, 0.01).events != plan(8, 0.01).events
    assert plan(7, 0.01).people != plan(8, 0.01).people


def test_a_day_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    day = plan(3, 0.003)
    days.write(day, tmp_path / "day.jsonl")
    assert days.read(tmp_path / "day.jsonl") == day
    assert len((tmp_path / "day.jsonl").read_text(encoding="utf-8").splitlines()) == 1 + len(day.people) + len(day.events)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: Input data was truncated"),
        ('{"at": "25:00:00", "who": "r0001", "by": "app", "does": "topup"}', "line 2: time data '25:00:00' does not match"),
        ('{"at": "09:00:00", "who": "r0001", "by": "app"}', "line 2: Object missing required field `does`"),
        ('{"lives": "r0001"}', "line 2: Object missing required field `number`"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "day.jsonl"
    file.write_text('{"day": "2026-11-30", "seed": 1, "scale": 0.1}\n' + line + "\n")
    with pytest.raises(BadDay) as wrong:
        days.read(file)
    assert said in str(wrong.value)


def test_nobody_is_there_twice_and_everybody_is_somebody() -> None:
    day = plan(1, 0.05)
    documents = [one.document for one in day.people] + [one.with_["document"] for one in day.events if "document" in one.with_]
    assert len(set(documents)) == len(documents)
    assert len({one.number for one in day.people}) == len(day.people)
    known = {one.id for one in day.people}
    assert all(one.who in known for one in day.events if one.who.startswith("r"))


def test_the_hours_of_a_large_day_are_those_of_the_curve() -> None:
    asked = [one for one in plan(1, 0.5).events if one.by == "app" and one.does == "balance.check"]
    hours = Counter(int(one.at[:2]) for one in asked)
    mean = 1000 / sum(habits.ONLINE)
    for hour, share in enumerate(habits.ONLINE):
        assert abs(1000 * hours[hour] / len(asked) - share * mean) < 25, hour


def test_nobody_comes_to_a_closed_counter() -> None:
    at = [one.at for one in plan(1, 0.1).events if one.by.endswith("counter") and one.does != "clerk logs in"]
    assert min(at) >= "09:00:00" and max(at) < "21:00:00"


def test_a_weekday_has_as_many_services_as_its_share() -> None:
    assert habits.services(20_000, 1, date(2026, 11, 30)) == 20_480  # a Monday: 20,000 * 1.024
    assert habits.services(20_000, 0.5, date(2026, 12, 4)) == 9_910  # a Friday: 10,000 * 0.991


def test_even_a_small_day_has_each_fault_while_somebody_comes_whom_it_hits() -> None:
    day = plan(1, 0.003)
    faults = [one for one in day.events if one.does in habits.FAULTS]
    assert {one.does for one in faults} == set(habits.FAULTS)
    for fault in faults:
        after = [one.at for one in day.events if one.does in habits.FAULTS[fault.does].hits and one.at > fault.at]
        assert after and _seconds(min(after)) - _seconds(fault.at) <= 120, fault


def _seconds(at: str) -> int:
    return Event(at, "", "", "").at and sum(int(part) * unit for part, unit in zip(at.split(":"), (3600, 60, 1), strict=True))
