"""The shop window: what everybody sees alike is made once for an edition and a second, not once for each who looks."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, TypeVar, cast

from onehall.kernel.editions import edition
from onehall.kernel.store import Store

KEPT_MAX: Final = 2000
T = TypeVar("T")


class Window:
    """What was made lately. It is made anew when the catalogue changes, and each second of the house's clock, as offers begin and end."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: dict[Hashable, tuple[tuple[int, int], Any]] = {}

    async def show(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """This will give what was made under a key, or make it. What is made must be the same for all, and not be changed."""
        stamp = edition(self.store), int(self.store.clock.now().timestamp())
        known = self._kept.get(key)
        if known is not None and known[0] == stamp:
            return cast(T, known[1])
        made = await make()
        if len(self._kept) >= KEPT_MAX:
            self._kept.clear()
        self._kept[key] = (stamp, made)
        return made
