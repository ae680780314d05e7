"""How an order's credit is split: a table of cases."""

from datetime import UTC, datetime

import pytest

from onehall.domains.outreach import Credit, Owner, rules
from onehall.domains.outreach.model import Share

AT = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
TIANHE = "onehall.gd.gz.s1"
ALONE, BOTH = 100, (rules.BEGAN_PERCENT, rules.FINISHED_PERCENT)


def credit(access: str, owner: Owner | None = None, assisted: str | None = None) -> Credit:
    """An order's credit; one with an owner came by a code."""
    return Credit("o", "p", access, owner or Owner(), AT, "k7m29qxd" if owner else None, assisted=assisted)


@pytest.mark.parametrize(
    ("one", "split"),
    [
        (credit("SELF"), [("access", "SELF", ALONE)]),
        (credit("SELF", assisted="chen"), [("access", "SELF", BOTH[0]), ("staff", "chen", BOTH[1])]),
        (credit("KIOSK", assisted="chen"), [("access", "KIOSK", BOTH[0]), ("staff", "chen", BOTH[1])]),
        (credit("DESK", assisted="chen"), [("staff", "chen", ALONE)]),
        (credit("DESK"), [("access", "DESK", ALONE)]),
        (credit("O2M", Owner(TIANHE, "lin", "Spring")), [("staff", "lin", ALONE)]),
        (credit("O2M", Owner(TIANHE, "lin"), "chen"), [("staff", "lin", BOTH[0]), ("staff", "chen", BOTH[1])]),
        (credit("O2M", Owner(TIANHE, "chen"), "chen"), [("staff", "chen", ALONE)]),
        (credit("O2M", Owner(TIANHE, None, "Spring")), [("unit", TIANHE, ALONE)]),
        (credit("O2M", Owner(None, None, "Spring"), "chen"), [("campaign", "Spring", BOTH[0]), ("staff", "chen", BOTH[1])]),
    ],
    ids=["by itself", "begun online, finished by a clerk", "begun at a kiosk", "at the counter alone", "at the counter by nobody known",
         "a clerk's code", "one clerk's code, another finished", "the same clerk", "a shelf's code", "a poster and a clerk"],
)  # fmt: skip
def test_credit_is_split_by_the_published_weights(one: Credit, split: list[tuple[str, str, int]]) -> None:
    found = rules.shares(one)
    assert found == tuple(Share(*each) for each in split) and sum(each.percent for each in found) == 100
