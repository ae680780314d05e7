"""The same day gives the same books wherever it is played; another gives others; what is changed by hand changes what it must."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from onehall.replay import told
from onehall.replay.books import differences
from onehall.replay.day import Day
from onehall.replay.plan import plan
from onehall.replay.run import Played
from tests.replay.conftest import SCALE

pytestmark = pytest.mark.slow
Play = Callable[..., Played]


@pytest.fixture(scope="module")
def played(play: Play, small_day: Day) -> Played:
    """The small day, played in a database that was empty."""
    return play(small_day)


def test_the_day_is_one_of_an_operator(played: Played, small_day: Day) -> None:
    assert told.broken(played.diary) == []
    assert len(played.diary) == len(small_day.events)
    assert played.books["ledger faults"] == 0 and sum(played.books["ledger"].values()) == 0
    orders = played.books["orders"]
    assert sum(count for name, count in orders.items() if name.startswith("line.open") and "completed" in name) >= 1
    assert any("failed" in name for name in orders), "the network was away, and an order with it"
    assert played.books["refunds"], "what was paid for it went back"
    assert played.books["bills"], "the month was billed in the night"
    assert {one.by for one in played.diary} >= {"app", "web", "sms", "counter", "world"}


def test_the_same_day_gives_the_same_books_in_another_database(play: Play, played: Played, small_day: Day) -> None:
    again = play(small_day, settled=True)
    assert differences(played.books, again.books) == []
    assert played.digest == again.digest


def test_another_seed_gives_other_books_to_the_same_people(play: Play, played: Played, small_day: Day) -> None:
    other = play(replace(plan(2, SCALE), people=small_day.people), settled=True)
    assert told.broken(other.diary) == [] and other.books["ledger faults"] == 0
    assert other.digest != played.digest


def test_a_top_up_doubled_by_hand_changes_its_account_and_the_sums_alone(play: Play, played: Played, small_day: Day) -> None:
    served = next(one for one in played.diary if one.does == "topup" and one.by == "app" and one.outcome == "done")
    planned = next(one for one in small_day.events if (one.who, one.does, one.by) == (served.who, "topup", "app"))
    amount = planned.with_["amount"]
    doubled = replace(planned, with_=planned.with_ | {"amount": 2 * amount})
    changed = play(replace(small_day, events=tuple(doubled if one is planned else one for one in small_day.events)), settled=True)
    number = next(one.number for one in small_day.people if one.id == served.who)
    assert differences(played.books, changed.books) == [
        f"accounts/{number}", "bank/paid", "ledger/clearing", "ledger/main", "payments/api done online",
    ]  # fmt: skip
    (before,), (after,) = played.books["accounts"][number], changed.books["accounts"][number]
    assert after == before | {"balance": before["balance"] + 100 * amount}  # yuan in fen
