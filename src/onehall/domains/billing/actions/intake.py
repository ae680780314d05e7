"""Records of use from anywhere find their accounts, and are taken in home by home, a transaction each."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from onehall.domains.billing import store as rows
from onehall.domains.billing.actions.rating import take_in
from onehall.domains.billing.model import Outcome, Use
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.store import Store, Tx

AT_ONCE: Final = 4
BATCH_MAX: Final = 2000
NO_NUMBER: Final = "nobody has this number"


async def take_in_all(store: Store, uses: Sequence[Use], batch: str | None = None) -> list[Outcome]:
    """This will take in records of any numbers, in any order, each once; what cannot be rated yet is kept with its number.

    Each home is a transaction of its own: killed in the middle, it is simply told the same records again.
    """
    async with store.edge(0) as tx:
        routes = await rows.rating.routes(tx, sorted({use.number for use in uses if use.account is None}))
    known = [replace(use, account=routes.get(use.number)) if use.account is None else use for use in uses]
    lost = [Outcome(use, "waiting", NO_NUMBER) for use in known if use.account is None]
    batches = iter(list(_batches(use for use in known if use.account)))
    found: list[Outcome] = []

    async def work() -> None:
        for home, some in batches:
            found.extend(await store.run(home, lambda tx, some=some: take_in(tx, some, batch)))  # type: ignore[misc]

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    await keep_waiting(store, [*lost, *(one for one in found if one.state == "waiting")])
    return [*lost, *found]


async def keep_waiting(store: Store, some: Sequence[Outcome]) -> None:
    """This will keep records for later, in the homes of their numbers."""
    by_home: dict[int, list[Outcome]] = {}
    for one in some:
        by_home.setdefault(home_for(one.use.number), []).append(one)
    for home, mine in by_home.items():
        await store.run(home, lambda tx, mine=mine: _keep(tx, mine))  # type: ignore[misc]


async def _keep(tx: Tx, some: Sequence[Outcome]) -> None:
    await rows.rating.keep_waiting(tx, some)


def _batches(uses: Iterable[Use]) -> Iterable[tuple[int, list[Use]]]:
    by_home: dict[int, list[Use]] = {}
    for use in uses:
        by_home.setdefault(home_of(use.account or ""), []).append(use)
    for home, some in sorted(by_home.items()):
        for start in range(0, len(some), BATCH_MAX):
            yield home, some[start : start + BATCH_MAX]
