"""Many small pieces of work for one home, done together: what arrives while a transaction runs waits for the next one."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from onehall.kernel.events import NOBODY, Origin
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.kernel.store.pool import Store
from onehall.kernel.store.transaction import Tx

WAITING_MAX: Final = 5000
BATCH_MAX: Final = 200
Item = TypeVar("Item")
Answer = TypeVar("Answer")
Work = Callable[[Tx, Sequence[Item]], Awaitable[Sequence[Any]]]


class Together(Generic[Item, Answer]):
    """Does items of one home in one transaction after another; homes go side by side.

    `work(tx, items)` answers each item in order; a Refusal among the answers is raised to its caller alone. When it raises, all of
    the batch is undone and each item is done by itself. It must be safe twice, as every transaction here.
    """

    def __init__(
        self, store: Store, work: Work[Item], *, waiting_max: int = WAITING_MAX, batch_max: int = BATCH_MAX, origin: Origin = NOBODY
    ) -> None:
        self.store = store
        self.work = work
        self.waiting_max = waiting_max
        self.batch_max = batch_max
        self.origin = origin
        self._waiting: dict[int, deque[tuple[Item, asyncio.Future[Answer]]]] = {}
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def do(self, home: int, item: Item) -> Answer:
        """This will do an item with others of its home and give its answer; a caller who goes away before it is begun takes it along.

        :raises Refusal: `busy`, 503, when too many wait; whatever the work says of this item.
        """
        if self._count >= self.waiting_max:
            raise Refusal("busy", _("There is too much to do just now. Please try again in a moment."), 503)
        mine: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._count += 1
        line = self._waiting.get(home)
        if line is None:
            self._waiting[home] = deque([(item, mine)])
            task = asyncio.create_task(self._serve(home))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            line.append((item, mine))
        return await mine

    async def _serve(self, home: int) -> None:
        line = self._waiting[home]
        try:
            while line:
                taken = [line.popleft() for _place in range(min(len(line), self.batch_max))]
                self._count -= len(taken)
                await self._some(home, [one for one in taken if not one[1].done()])
        finally:
            del self._waiting[home]
            self._count -= len(line)
            for _item, mine in line:
                mine.cancel()

    async def _some(self, home: int, some: list[tuple[Item, "asyncio.Future[Answer]"]]) -> None:
        if not some:
            return
        items = [item for item, _mine in some]
        try:
            answers = await self.store.run(home, lambda tx: self.work(tx, items), self.origin)
        except asyncio.CancelledError:
            for _item, mine in some:
                mine.cancel()
            raise
        except Exception as error:
            if len(some) == 1:
                _tell(some[0][1], error)
                return
            for one in some:
                await self._some(home, [one] if not one[1].done() else [])
            return
        for (_item, mine), answer in zip(some, answers, strict=True):
            _tell(mine, answer)


def _tell(mine: "asyncio.Future[Any]", answer: Any) -> None:
    if mine.done():
        return
    if isinstance(answer, Exception):
        mine.set_exception(answer)
    else:
        mine.set_result(answer)
