"""The statistics of the reports, by hand."""

from decimal import Decimal

import pytest

from onehall.insight import rules
from onehall.insight.rules import Sample


def sample(*costs: int) -> Sample:
    """This will give a sample of what each customer cost."""
    return Sample(len(costs), sum(costs), sum(cost * cost for cost in costs))


def test_mean_and_variance() -> None:
    assert rules.mean(sample(600, 0, 300)) == 300
    assert rules.variance(sample(600, 0, 300)) == 90_000  # (300² + 300² + 0²) / 2
    assert rules.mean(Sample()) == 0 and rules.variance(sample(5)) == 0


def test_saving_is_the_difference_with_its_interval() -> None:
    found = rules.saving(sample(5, 5, 605, 5), sample(600, 600, 1200, 600))
    assert found is not None
    assert found.each == 595  # 3000 / 4 - 620 / 4
    error = (Decimal(90_000) / 4 + Decimal(90_000) / 4).sqrt()  # of each: 300² + 300² ... : (3 * 150² + 450²) / 3
    assert found.low == 595 - Decimal("1.96") * error and found.high == 595 + Decimal("1.96") * error
    assert found.low.quantize(Decimal("0.1")) == Decimal("179.2")  # 595 - 1.96 * 212.13


def test_saving_may_be_chance_or_unknown() -> None:
    alike = rules.saving(sample(5, 600), sample(600, 5))
    assert alike is not None and alike.each == 0 and alike.low < 0 < alike.high
    assert rules.saving(sample(5), sample(5, 600)) is None


@pytest.mark.parametrize(
    ("treated", "held_out", "said"),
    [
        ((5, 5), (600, 600), "few"), ((5,) * 99, (600,) * 500, "few"), ((5,) * 500, (600,) * 99, "few"),  # however large the gap
        ((5, 5, 600) * 100, (600,) * 100, "saves"), ((600,) * 100, (5, 5, 600) * 100, "costs"),
        ((5, 600) * 50, (600, 5) * 50, "chance"), ((5,) * 100, (5,) * 100, "chance"),
    ],
)  # fmt: skip
def test_verdict(treated: tuple[int, ...], held_out: tuple[int, ...], said: str) -> None:
    assert rules.verdict(sample(*treated), sample(*held_out)) == said


@pytest.mark.parametrize(("total", "count", "said"), [(7, 2, "3.5"), (1, 3, "0.3"), (5, 20, "0.3"), (0, 0, None)])
def test_average(total: int, count: int, said: str | None) -> None:
    assert rules.average(total, count) == (None if said is None else Decimal(said))


def test_share() -> None:
    assert (rules.share(199, 200), rules.share(2, 2), rules.share(0, 5), rules.share(0, 0)) == (99, 100, 0, None)
