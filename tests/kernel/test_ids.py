"""Ids sort by time, carry their home, and can be made again from what they were made of."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onehall.kernel import ids

TIMES = st.datetimes(datetime(1970, 1, 2), datetime(2999, 1, 1), timezones=st.just(UTC))
HOMES = st.integers(0, 4095)
NOW = datetime(2026, 3, 4, 5, 6, 7, 890_000, UTC)


@given(HOMES, TIMES)
def test_an_id_carries_its_home(home: int, at: datetime) -> None:
    id_ = ids.new_id(home, at)
    assert (ids.home_of(id_), len(id_), ids.is_id(id_)) == (home, 24, True)


@given(HOMES, HOMES, TIMES, st.integers(1, 10**9))
def test_later_ids_sort_after_earlier_ones_whatever_their_home(a: int, b: int, at: datetime, later: int) -> None:
    assert ids.new_id(a, at) < ids.new_id(b, at + timedelta(milliseconds=later))


@given(HOMES, TIMES, st.integers(1, 10**9))
def test_within_a_home_a_microsecond_later_sorts_later(home: int, at: datetime, later: int) -> None:
    assert ids.new_id(home, at) < ids.new_id(home, at + timedelta(microseconds=later))


@given(HOMES, TIMES, st.integers(2, 60))
def test_ids_made_one_after_another_keep_their_order_and_home(home: int, at: datetime, count: int) -> None:
    made = [ids.new_id(home, at)]
    for _ in range(count):
        made.append(ids.id_after(made[-1]))
    assert made == sorted(set(made))
    assert {ids.home_of(id_) for id_ in made} == {home}


def test_the_last_id_of_a_millisecond_is_followed_by_one_of_the_next() -> None:
    last = ids._encode(1_000_000, 4095, (1 << 60) - 1)
    after = ids.id_after(last)
    assert after > last
    assert ids.home_of(after) == 4095


@given(HOMES, TIMES, st.lists(st.text(), max_size=3))
def test_a_keyed_id_is_the_same_for_the_same_words(home: int, at: datetime, words: list[str]) -> None:
    assert ids.keyed_id(home, at, *words) == ids.keyed_id(home, at, *words)
    assert ids.keyed_id(home, at, *words) != ids.keyed_id(home, at, *words, "more")


@given(HOMES, HOMES, TIMES)
def test_a_thing_that_moves_home_keeps_its_stem(first: int, second: int, at: datetime) -> None:
    id_ = ids.new_id(first, at)
    moved = ids.rehome(id_, second)
    assert (ids.home_of(moved), ids.stem(moved), ids.rehome(moved, first)) == (second, ids.stem(id_), id_)


@given(st.text(max_size=30))
def test_any_text_is_an_id_or_refused(text: str) -> None:
    if ids.is_id(text):
        assert 0 <= ids.home_of(text) < ids.HOMES
    else:
        with pytest.raises(ValueError, match="not an id"):
            ids.home_of(text)


@pytest.mark.parametrize("text", ["", "0" * 23, "0" * 25, "8" + "0" * 23, "I" * 24, "0" * 23 + "u", "0" * 23 + "٣"])
def test_what_only_looks_like_an_id_is_none(text: str) -> None:
    assert ids.is_id(text) is False


@pytest.mark.parametrize("home", [-1, 4096])
def test_there_are_4096_homes(home: int) -> None:
    with pytest.raises(ValueError, match="not in 0..4095"):
        ids.new_id(home, NOW)


def test_the_home_of_a_value_is_the_same_for_ever() -> None:
    assert [ids.home_for(value) for value in ("", "13800138000", "号码")] == [3877, 1202, 2997]


def test_homes_are_used_evenly() -> None:
    """Of 40,960 numbers each home gets about ten; hardly one gets none, none forty."""
    count = [0] * ids.HOMES
    for n in range(40_960):
        count[ids.home_for(f"138{n:08}")] += 1
    assert count.count(0) < 5  # e^-10 * 4096 = 0.19 homes are expected to be empty
    assert max(count) < 40


def test_a_million_ids_of_one_millisecond_would_hardly_meet() -> None:
    assert len({ids.new_id(1, NOW) for _ in range(20_000)}) == 20_000
