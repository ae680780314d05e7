"""Money is exact: nothing is made or lost by adding, splitting or rounding."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onehall.kernel.money import ZERO, Money, Rounding, exponent, money

FEN = st.integers(-(10**15), 10**15)


@given(FEN, FEN)
def test_what_is_added_can_be_taken_away(a: int, b: int) -> None:
    assert Money(a) + Money(b) - Money(b) == Money(a)
    assert Money(a) + -Money(a) == ZERO
    assert (Money(a) < Money(b)) is (a < b)


@given(FEN, st.integers(1, 500))
def test_the_parts_of_a_split_sum_to_the_whole_and_differ_by_one_fen(minor: int, parts: int) -> None:
    cut = Money(minor).split(parts)
    assert len(cut) == parts
    assert sum(part.minor for part in cut) == minor
    assert max(part.minor for part in cut) - min(part.minor for part in cut) <= 1


@given(FEN, st.sampled_from(["CNY", "JPY", "KWD", "SGD"]))
def test_major_units_are_read_back_exactly(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert money(str(amount.decimal()), currency) == amount


@given(st.integers(-(10**9), 10**9), st.fractions(0, 3, max_denominator=366))
def test_a_rounding_is_less_than_one_fen_off(minor: int, share: object) -> None:
    fraction = Decimal(share.numerator) / Decimal(share.denominator)  # type: ignore[attr-defined]
    for mode in Rounding:
        assert abs(Money(minor).times(fraction, mode).minor - minor * fraction) < 1


@pytest.mark.parametrize(
    ("minor", "fraction", "half_up", "half_even", "down", "ceiling"),
    [
        (5, "0.5", 3, 2, 2, 3),  # 2.5
        (7, "0.5", 4, 4, 3, 4),  # 3.5
        (-5, "0.5", -3, -2, -2, -2),  # -2.5
        (3100, "0.29", 899, 899, 899, 899),  # exact
        (100, "0.333", 33, 33, 33, 34),
    ],
)
def test_each_rounding_does_what_its_name_says(minor: int, fraction: str, half_up: int, half_even: int, down: int, ceiling: int) -> None:
    found = [Money(minor).times(Decimal(fraction), mode).minor for mode in Rounding]
    assert found == [half_up, half_even, down, ceiling]


@pytest.mark.parametrize(
    ("major", "currency", "minor"),
    [("29.90", "CNY", 2990), (29, "CNY", 2900), (Decimal("0.01"), "CNY", 1), ("-5", "CNY", -500), ("5", "JPY", 5), ("0.005", "KWD", 5)],
)
def test_major_units_are_read(major: str | int | Decimal, currency: str, minor: int) -> None:
    assert money(major, currency) == Money(minor, currency)


@pytest.mark.parametrize("major", ["", "abc", "0.001", "NaN", "Infinity", "1,000", "1e-3"])
def test_what_is_no_amount_is_refused(major: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        money(major)


def test_no_float_is_money() -> None:
    with pytest.raises(TypeError):
        money(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(100) * 1.5  # type: ignore[operator]
    assert Money(100) * 3 == Money(300)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="cannot join CNY and SGD"):
        Money(1) + Money(1, "SGD")
    with pytest.raises(ValueError, match="cannot join"):
        Money(1) - Money(1, "SGD")


def test_an_amount_is_shown_in_major_units() -> None:
    assert (str(Money(2990)), str(Money(5, "JPY")), bool(Money(0)), bool(Money(-1))) == ("29.90 CNY", "5 JPY", False, True)
    assert exponent("SGD") == 2
