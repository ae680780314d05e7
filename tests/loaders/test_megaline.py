"""A year of use of a real sample is rated as the plans say, by a computation of its own straight from the files."""

import csv
from collections import Counter, defaultdict
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

import pytest

from onehall.domains import billing
from onehall.kernel.store import Store
from onehall.loaders.megaline import load_megaline

HEADS = {
    "plans": "messages_included,mb_per_month_included,minutes_included,usd_monthly_pay,usd_per_gb,usd_per_message,usd_per_minute,plan_name",
    "users": "user_id,first_name,last_name,age,city,reg_date,plan,churn_date", "calls": "id,user_id,call_date,duration",
    "messages": "id,user_id,message_date", "internet": "id,user_id,session_date,mb_used",
}  # fmt: skip
GOOD = {
    "plans": ["2,1024,3,20,10,0.03,0.03,surf"],
    "users": ["7,Ann,Lee,40,Here,5/10/2018,surf,", "8,Bob,Ray,41,There,6/1/2018,surf,6/15/2018"],
    "calls": ["a,7,5/10/2018,0.00", "b,7,5/11/2018,1.01", "c,7,5/31/2018,2.00"], "messages": ["a,7,5/12/2018", "b,8,6/20/2018"],
    "internet": ["a,7,5/12/2018,1024", "b,7,6/1/2018,1024.01", "c,7,7/1/2018,0"],
}  # fmt: skip
Months = dict[tuple[str, str], int]


def _quiet(line: str) -> None:
    """Says nothing."""


def _folder(place: Path, **changed: list[str]) -> Path:
    for name, rows in (GOOD | changed).items():
        (place / f"megaline_{name}.csv").write_text("\n".join([HEADS[name], *rows]) + "\n")
    return place


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"megaline_{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _month(day: str) -> str:
    month, _day, year = day.split("/")
    return f"{year}-{int(month):02}"


def _by_hand(folder: Path) -> Months:
    """What each user owes beyond the fee in each month in which they used anything, cents; none of our rules is asked."""
    minutes: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    megabytes: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    messages: Counter[tuple[str, str]] = Counter()
    for row in _rows(folder, "calls"):
        minutes[row["user_id"], _month(row["call_date"])] += Decimal(row["duration"]).to_integral_value(ROUND_CEILING)
    for row in _rows(folder, "internet"):
        megabytes[row["user_id"], _month(row["session_date"])] += Decimal(row["mb_used"])
    for row in _rows(folder, "messages"):
        messages[row["user_id"], _month(row["message_date"])] += 1
    plans = {row["plan_name"]: row for row in _rows(folder, "plans")}
    users = {row["user_id"]: plans[row["plan"]] for row in _rows(folder, "users")}
    found = {}
    for key in minutes.keys() | megabytes.keys() | messages.keys():
        plan = users[key[0]]
        over = max(Decimal(0), megabytes[key] - int(plan["mb_per_month_included"]))
        dollars = (over / 1024).to_integral_value(ROUND_CEILING) * Decimal(plan["usd_per_gb"])
        dollars += max(Decimal(0), minutes[key] - int(plan["minutes_included"])) * Decimal(plan["usd_per_minute"])
        dollars += max(0, messages[key] - int(plan["messages_included"])) * Decimal(plan["usd_per_message"])
        found[key] = int(dollars * 100)
    return found


async def _in_the_books(store: Store) -> Months:
    sql = """SELECT line, month, sum(minor)::bigint AS minor FROM usage_month WHERE records > 0 GROUP BY line, month"""
    async with store.edge(0) as tx:
        assert await billing.queries.ledger_faults(tx) == []
        return {(row["line"].removeprefix("megaline-"), f"{row['month']:%Y-%m}"): row["minor"] for row in await tx.read(sql)}


async def test_the_terms_at_their_edges(store: Store, tmp_path: Path) -> None:
    report = await load_megaline(store, _folder(tmp_path), _quiet)
    assert (report.users, report.new_users, report.added, report.waiting, report.refused) == (2, 2, 8, 0, [])
    assert await _in_the_books(store) == {
        ("7", "2018-05"): 3,  # 0 + 2 + 2 minutes - 3, at 3 cents; 1024 MB are the allowance to the byte
        ("7", "2018-06"): 1000,  # 0.01 MB over is a whole GB
        ("7", "2018-07"): 0,  # a session of nothing is a use
        ("8", "2018-06"): 0,  # used after the day on which the line was left
    }
    assert _by_hand(tmp_path) == await _in_the_books(store)


async def test_twice_is_once(store: Store, tmp_path: Path) -> None:
    await load_megaline(store, _folder(tmp_path), _quiet)
    async with store.edge(0) as tx:
        before = await tx.read("SELECT (SELECT count(*) FROM event) AS told, (SELECT count(*) FROM entry) AS posted")
    again = await load_megaline(store, tmp_path, _quiet)
    assert (again.users, again.new_users, again.added, again.known, again.waiting) == (2, 0, 0, 8, 0)
    async with store.edge(0) as tx:
        assert await tx.read("SELECT (SELECT count(*) FROM event) AS told, (SELECT count(*) FROM entry) AS posted") == before


async def test_bad_rows_are_named_and_lost_users_wait(store: Store, tmp_path: Path) -> None:
    folder = _folder(tmp_path, messages=["a,7,5/12/2018", "b,9,5/12/2018", "c,7,2018-05-12", "d,7,2/30/2018", "e,7"])
    said: list[str] = []
    report = await load_megaline(store, folder, said.append)
    assert (report.added, report.waiting, report.by_reason) == (7, 1, {"nobody has this number": 1})
    assert [(one.file, one.line) for one in report.refused] == [("messages", 4), ("messages", 5), ("messages", 6)]
    assert "messages line 4: '2018-05-12' is not a day like 12/27/2018" in said


@pytest.mark.slow
async def test_the_whole_sample(store: Store, shared: Path) -> None:
    folder = shared / "data" / "usage_billing"
    report = await load_megaline(store, folder, _quiet)
    assert (report.users, report.read, report.added, report.known, report.waiting, report.refused) == (500, 318_611, 318_611, 0, 0, [])
    by_hand = _by_hand(folder)
    assert len(by_hand) == 2293 and await _in_the_books(store) == by_hand
    again = await load_megaline(store, folder, _quiet)
    assert (again.new_users, again.added, again.known, again.waiting) == (0, 0, 318_611, 0)
    assert await _in_the_books(store) == by_hand
