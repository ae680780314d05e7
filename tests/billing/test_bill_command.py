"""Real users of a real operator, loaded and billed: what each owes a month is exact to the cent, by the plan's own terms."""

import csv
import math
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from onehall.kernel.store import Store
from onehall.launch import bills
from onehall.loaders.megaline import load_megaline
from tests.billing import charged

USERS = [str(user) for user in range(1000, 1030)]
FILES = {"plans": None, "users": "user_id", "calls": "user_id", "messages": "user_id", "internet": "user_id"}
ALLOWED = ("minutes_included", "messages_included", "mb_per_month_included")
PRICES = ("usd_per_minute", "usd_per_message", "usd_per_gb")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def _some(source: Path, folder: Path) -> Path:
    """The files with the rows of thirty users."""
    for name, column in FILES.items():
        rows = [row for row in _rows(source / f"megaline_{name}.csv") if column is None or row[column] in USERS]
        with (folder / f"megaline_{name}.csv").open("w", newline="") as file:
            out = csv.DictWriter(file, rows[0].keys())
            out.writeheader()
            out.writerows(rows)
    return folder


def _owed(folder: Path) -> list[list[str]]:
    """The same, reckoned by hand: whole minutes of each call, whole GB of a month, the fee for a month with any use."""
    plans = {row["plan_name"]: row for row in _rows(folder / "megaline_plans.csv")}
    plan = {row["user_id"]: plans[row["plan"]] for row in _rows(folder / "megaline_users.csv")}
    used: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for place, (name, day, amount) in enumerate(
        (("calls", "call_date", "duration"), ("messages", "message_date", ""), ("internet", "session_date", "mb_used"))
    ):
        for row in _rows(folder / f"megaline_{name}.csv"):
            month, _day, year = row[day].split("/")
            one = Decimal(row[amount]) if amount else Decimal(1)
            used[row["user_id"], f"{year}-{month:0>2}"][place] += math.ceil(one) if name == "calls" else one
    found = []
    for (user, month), amounts in sorted(used.items()):
        over = [max(Decimal(0), amount - int(plan[user][name])) for amount, name in zip(amounts, ALLOWED, strict=True)]
        over[2] = Decimal(math.ceil(over[2] / 1024))
        total = Decimal(plan[user]["usd_monthly_pay"]) + sum(o * Decimal(plan[user][p]) for o, p in zip(over, PRICES, strict=True))
        found.append([user, month, f"{total:.2f}"])
    return found


@pytest.mark.slow
async def test_every_month_of_every_user_is_exact(store: Store, shared: Path, tmp_path: Path) -> None:
    folder = _some(shared / "data" / "usage_billing", tmp_path)
    await load_megaline(store, folder, lambda line: None)
    said: list[str] = []
    for _ in range(2):
        done = await bills.bill_all(store, said.append)
        assert await bills.write_csv(store, tmp_path / "bills.csv") == len(_owed(folder))
    with (tmp_path / "bills.csv").open() as file:
        head, *rows = list(csv.reader(file))
    assert head == ["user_id", "month", "amount"]
    assert rows == _owed(folder)
    assert (done.parts, said[-1]) == (30, "30 of 30 parts are billed")
    assert await bills.report(store, said.append) == 0 and said[-1] == "Differences between bills and books: none"
    await charged.books_in_order(store)
