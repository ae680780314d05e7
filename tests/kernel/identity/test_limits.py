"""Limits on how often: bursts, filling up again, and a bound on what is remembered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onehall.kernel.identity.limits import Limit
from onehall.kernel.refusals import Refusal

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_burst_then_one_at_a_time() -> None:
    limit = Limit(3, 60)
    for _ in range(3):
        limit.take("a", START)
    with pytest.raises(Refusal) as no:
        limit.take("a", START)
    assert (no.value.code, no.value.status, no.value.facts["retry_after"]) == ("too.many", 429, 20)  # 60 / 3
    limit.take("b", START)
    limit.take("a", START + timedelta(seconds=20))
    with pytest.raises(Refusal):
        limit.take("a", START + timedelta(seconds=21))


def test_what_is_refused_costs_nothing() -> None:
    limit = Limit(1, 10)
    limit.take("a", START)
    for second in range(1, 10):
        assert limit.wait("a", (START + timedelta(seconds=second)).timestamp()) == pytest.approx(10 - second)
    assert limit.wait("a", (START + timedelta(seconds=10)).timestamp()) == 0


@given(st.lists(st.floats(0, 300), min_size=1, max_size=200), st.integers(1, 20))
def test_never_more_than_the_burst_and_what_time_gives(moments: list[float], count: int) -> None:
    limit, taken = Limit(count, 60), [0]
    for moment in sorted(moments):
        taken[0] += limit.wait("a", moment) == 0
    span = max(moments) - min(moments)
    assert taken[0] <= count + span * count / 60 + 1e-6


def test_only_so_many_callers_are_remembered() -> None:
    limit = Limit(1, 60, keys_max=10)
    for n in range(100):
        limit.take(str(n), START)
    assert len(limit._left) == 10
