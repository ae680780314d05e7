"""Of two allowances that end together the older is drawn first, whatever their ids are."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from onehall.domains.billing import rules
from onehall.domains.billing.model.usage import Pool

END = datetime(2026, 12, 1, tzinfo=UTC)


def pool(id_: str, day: int, until: datetime | None = END, priority: int = 0) -> Pool:
    return Pool(id_, "plan", "data_mb", Decimal(10), Decimal(0), Decimal(0), datetime(2026, 11, day, tzinfo=UTC), until, priority)


@pytest.mark.parametrize(
    ("pools", "drawn"),
    [
        ([pool("a", 20), pool("z", 1)], "za"),  # granted later, though its id comes first
        ([pool("z", 1, None), pool("a", 20)], "az"),  # what lasts is kept
        ([pool("z", 1), pool("a", 20, priority=-1)], "az"),
        ([pool("b", 1), pool("a", 1)], "ab"),
    ],
)
def test_order_of_drawing(pools: list[Pool], drawn: str) -> None:
    assert "".join(one.id for one in rules.rating.drawing_order(pools)) == drawn
