"""The shop window: made once for all who look, and never older than the catalogue or the second."""

from datetime import UTC, datetime, timedelta

from onehall.hall.window import Window
from onehall.kernel.editions import turn
from onehall.kernel.store import Store


class Still:
    """A clock that stands."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """This will give the time at which it stands."""
        return self.at


class Maker:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> int:
        self.count += 1
        return self.count


async def test_what_was_made_is_shown_until_the_edition_or_the_second_turns() -> None:
    clock = Still()
    store = Store("postgresql://nowhere", clock=clock)
    window, make = Window(store), Maker()
    assert [await window.show("plans", make) for _look in range(3)] == [1, 1, 1]
    assert await window.show("other", make) == 2
    turn(store)
    assert await window.show("plans", make) == 3
    clock.at += timedelta(seconds=1)
    assert await window.show("plans", make) == 4
    assert await window.show("plans", make) == 4
