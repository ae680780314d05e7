"""What is decided of work in the street, case by case."""

from datetime import UTC, datetime, timedelta

import pytest

from onehall.domains.sweep import rules
from onehall.kernel.refusals import Refusal

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(("carried", "asked", "given"), [(0, 3, 3), (2, 3, 1), (3, 3, 0), (5, 3, 0), (0, 99, 10), (9, 99, 1), (0, 0, 0)])
def test_a_kit_carries_ten_numbers_at_most(carried: int, asked: int, given: int) -> None:
    assert rules.numbers_to_hand(carried, asked) == given


def test_a_kit_keeps_its_numbers_for_a_working_day() -> None:
    assert rules.lease_until(NOW) == datetime(2026, 5, 4, 21, 30, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_a_clock_may_be_five_minutes_off(seconds: int) -> None:
    assert rules.clock_off(NOW + timedelta(seconds=seconds), NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_a_clock_further_off_is_refused(seconds: int) -> None:
    with pytest.raises(Refusal) as no:
        rules.clock_off(NOW + timedelta(seconds=seconds), NOW)
    assert (no.value.code, no.value.status) == ("kit.clock", 422)


@pytest.mark.parametrize(("said", "off", "really"), [
    (timedelta(hours=-1), 0, timedelta(hours=-1)),
    (timedelta(hours=-1, minutes=4), 4, timedelta(hours=-1)),
    (timedelta(hours=-1, minutes=-5), -5, timedelta(hours=-1)),
    (timedelta(hours=-72), 0, timedelta(hours=-72)),
    (timedelta(minutes=3), 0, timedelta(0)),
])  # fmt: skip
def test_what_was_taken_down_counts_from_when_it_really_was(said: timedelta, off: int, really: timedelta) -> None:
    assert rules.captured_at(NOW + said, timedelta(minutes=off), NOW) == NOW + really


@pytest.mark.parametrize(("said", "code"), [(timedelta(minutes=6), "capture.early"), (timedelta(hours=-72, seconds=-1), "capture.old")])
def test_neither_the_future_nor_last_week_is_taken(said: timedelta, code: str) -> None:
    with pytest.raises(Refusal) as no:
        rules.captured_at(NOW + said, timedelta(0), NOW)
    assert no.value.code == code


def test_a_visit_ends_in_a_known_way() -> None:
    assert rules.check_result("nobody") == "nobody"
    with pytest.raises(Refusal) as no:
        rules.check_result("eaten by a dog")
    assert no.value.code == "visit.result"


@pytest.mark.parametrize(("check", "longest", "code"), [(rules.check_note, 300, "visit.note"), (rules.check_place, 80, "place.name")])
def test_words_are_short_and_on_one_line(check: object, longest: int, code: str) -> None:
    assert callable(check) and check(" a\n b ") == "a b" and check("x" * longest) == "x" * longest
    with pytest.raises(Refusal) as no:
        check("x" * (longest + 1))
    assert no.value.code == code


def test_a_place_has_a_name() -> None:
    assert rules.check_note("  ") == ""
    with pytest.raises(Refusal):
        rules.check_place("  ")


def test_a_list_of_places_has_one_on_each_line() -> None:
    assert rules.places_in(" Tower A , Road 1, floor 2\n\nMarket，Gate 3\n") == [("Tower A", "Road 1, floor 2"), ("Market", "Gate 3")]


@pytest.mark.parametrize(("text", "code"), [
    ("", "place.count"), ("Tower", "place.address"), ("Tower,", "place.name"), (",Road", "place.name"), ("a,b\n" * 51, "place.count"),
])  # fmt: skip
def test_places_in_refuses(text: str, code: str) -> None:
    with pytest.raises(Refusal) as no:
        rules.places_in(text)
    assert no.value.code == code


def test_check_route() -> None:
    rules.check_route(99, 1)
    with pytest.raises(Refusal):
        rules.check_route(100, 1)
