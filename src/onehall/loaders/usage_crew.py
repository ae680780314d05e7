"""Those who take in a file of use: this process, or several, each with the numbers that fall to it and connections of its own."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from typing import Any, Final

import uvloop

from onehall.domains import billing
from onehall.kernel.store import Store
from onehall.loaders.blocks import Block
from onehall.loaders.usage_lines import WHOLE, Form, Refusals, Share, read_block

CONNECTIONS: Final = 6
Taken = billing.actions.intake.Taken
Done = tuple[Taken, Refusals, int]


class Crew:
    """Takes in blocks; the records of one number are taken in by one of the crew, in the order of the file."""

    def __init__(self, store: Store, form: Form, workers: int) -> None:
        self.store = store
        self.form = form
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    async def __aenter__(self) -> "Crew":
        if self.workers > 1:
            fresh = multiprocessing.get_context("spawn")  # a fork would share our connections
            self._pool = ProcessPoolExecutor(self.workers, fresh, _begin, (self.store.dsn,))
        return self

    async def __aexit__(self, *_raised: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    async def take_in(self, block: Block, file: str) -> Done:
        """This will take in a block; gives what became of its records, the lines refused, and how many lines it had."""
        before = billing.rules.intake.latest(self.store.clock.now())
        if self._pool is None:
            return await _take_in(self.store, self.form, block, before, file, WHOLE)
        loop = asyncio.get_running_loop()
        shares = [(place, self.workers) for place in range(self.workers)]
        parts = await asyncio.gather(
            *(loop.run_in_executor(self._pool, _work, self.form, block, before, file, share) for share in shares)
        )  # fmt: skip
        total = Taken()
        for taken, _refused, _lines in parts:
            total.add(taken)
        return total, sorted(line for _taken, refused, _lines in parts for line in refused), parts[0][2]


async def _take_in(store: Store, form: Form, block: Block, before: datetime, file: str, share: Share) -> Done:
    uses, refused, lines = read_block(form, block, before, share)
    return await billing.actions.intake.count_in(store, uses, file), refused, lines


_own: list[Any] = []


def _begin(dsn: str) -> None:
    """A worker has an event loop and a store for its whole life; it ends with whoever began it."""
    runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    store = runner.run(Store(dsn, pool_size=CONNECTIONS).open())
    _own[:] = [runner, store]


def _work(form: Form, block: Block, before: datetime, file: str, share: Share) -> Done:
    runner, store = _own
    return runner.run(_take_in(store, form, block, before, file, share))
