"""The engine: begins journeys, hears replies, takes the world's answers. Each reply is one transaction."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from onehall.kernel import ids
from onehall.kernel.events import Origin
from onehall.kernel.functions import FUNCTIONS, Function
from onehall.kernel.i18n import Words
from onehall.kernel.journeys import facts
from onehall.kernel.journeys.channel import CHANNELS, WORLD, Caller
from onehall.kernel.journeys.closing import cleanse, give_back_unused, refuse
from onehall.kernel.journeys.moving import move
from onehall.kernel.journeys.proof import admit, heard, record_proof, settled
from onehall.kernel.journeys.row import Row, insert, life, load, update
from onehall.kernel.journeys.run import advance
from onehall.kernel.journeys.signals import BadAnswer, Finder, Interlude
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.flush import EPOCH
from onehall.kernel.visits import Visited, Visits

INTERLUDES_MAX = 12
_NOT_AN_END = frozenset({401, 403, 429})
T = TypeVar("T")


class Engine:
    """Runs journeys over a store."""

    def __init__(self, store: Store, visits: Visits | None = None) -> None:
        self.store = store
        self.visits = visits or Visits(store)

    async def start(self, name: str, caller: Caller, given: dict[str, Any] | None = None, key: str | None = None) -> Row:
        """This will begin a journey; one that never asks leaves no row. The same `key` from one caller begins one.

        :raises Refusal: 404 no such function here, or what the function itself refuses.
        """
        function = FUNCTIONS.get(name)
        if function is None or not CHANNELS[caller.channel].fits(function):
            raise missing("function")
        home = ids.home_of(caller.customer) if caller.customer else self._guest_home(caller, key)
        brought: dict[str, Any] = {}

        async def begin(tx: Tx) -> Row:
            row = self._new(function, tx, caller, dict(given or {}), key)
            admit(row, caller, tx.now)
            if key and (before := await load(tx, row.id)):
                return before
            await advance(row, tx, caller, {}, brought)
            return await self._open(row, tx)

        return await self._with_interludes(home, caller, brought, begin, Origin(function=name))

    async def see(self, journey: str) -> Row:
        """This will give a journey as it stands, wherever it moved. One statement.

        :raises Refusal: 404.
        """
        for _hop in range(3):
            async with self.store.edge(_home(journey)) as tx:
                row = await load(tx, journey)
            if row is None:
                raise missing("journey")
            if row.moved_to is None:
                return row
            journey = row.moved_to
        raise missing("journey")

    async def reply(self, journey: str, caller: Caller, key: str, turn: int, value: Any) -> Row:
        """This will hear an answer. One to an old question changes nothing; the current question is given back.

        :raises BadAnswer: 422, the answer does not fit; the question stays.
        """
        row = await self.see(journey)
        if not _is_current(row, key, turn):
            return row
        if caller.customer and row.party is None:
            row = await move(self.store, row, caller.customer)
        brought: dict[str, Any] = {}
        if key == "prove":
            row, brought["prove"] = await heard(self.store, row, caller, value)
        offered = {} if key == "prove" else {key: value}
        return await self._hear(row.id, caller, offered, brought, lambda now: _is_current(now, key, turn))

    async def look(self, journey: str, caller: Caller, work: Callable[[Finder | None], Awaitable[T]]) -> T:
        """This will run a journey without changing it, to search the options of its open question."""
        row = await self.see(journey)
        async with self.store.edge(row.home) as tx:
            try:
                finder = await advance(row, tx, caller, {}, {}) if row.open else None
            except Interlude:
                finder = None
            found = await work(finder)
            await tx.undo()
            return found

    async def glance(
        self, name: str, caller: Caller, given: dict[str, Any], work: Callable[[Finder | None], Awaitable[T]]
    ) -> tuple[Row, T]:
        """This will run a function to its first open question and keep nothing of it: a look at the shelf.

        :raises Refusal: 404 no such function here, or what the function itself refuses.
        """
        function = FUNCTIONS.get(name)
        if function is None or not CHANNELS[caller.channel].fits(function):
            raise missing("function")
        async with self.store.edge(caller.customer or ids.random_home()) as tx:
            row = self._new(function, tx, caller, dict(given), None)
            admit(row, caller, tx.now)
            try:
                finder = await advance(row, tx, caller, {}, {})
            except Interlude:
                finder = None
            found = await work(finder)
            await tx.undo()
            return row, found

    async def arrive(self, to: str, value: dict[str, Any]) -> Row:
        """This will give the world's answer to the journey and key that wait for it; late or twice, it changes nothing.

        Money that arrived for a journey that cannot use it any more is given back.
        """
        journey, _slash, key = to.partition("/")
        row = await self.see(journey)
        caller = Caller(row.channel, WORLD, row.source)
        brought: dict[str, Any] = {}
        if key == "prove" and _awaits(row, key):
            brought["prove"] = await settled(self.store, row, value)
        offered = {} if key == "prove" else {key: value}
        row = await self._hear(row.id, caller, offered, brought, lambda now: _awaits(now, key))
        await give_back_unused(self.store, row, value)
        return row

    async def _hear(
        self,
        journey: str,
        caller: Caller,
        offered: dict[str, Any],
        brought: dict[str, Any],
        current: Callable[[Row], bool],
    ) -> Row:
        async def hear(tx: Tx) -> Row:
            row = await load(tx, journey, lock=True)
            if row is None:
                raise missing("journey")
            tx.origin = _origin(row, caller)
            if not current(row):
                return row
            admit(row, caller, tx.now)
            whys: dict[str, Words] = {}
            if "prove" in brought:
                why = record_proof(row, tx, caller, brought["prove"])
                whys = {"prove": why} if why else {}
            await advance(row, tx, caller, dict(offered), brought, whys)
            return await self._save(row, tx, caller)

        try:
            return await self._with_interludes(ids.home_of(journey), caller, brought, hear)
        except BadAnswer:
            raise
        except Refusal as refusal:
            if refusal.status in _NOT_AN_END or refusal.status >= 500:
                raise
            return await refuse(self.store, journey, refusal, current)

    async def _with_interludes(
        self,
        home: int,
        caller: Caller,
        brought: dict[str, Any],
        work: Callable[[Tx], Awaitable[Row]],
        origin: Origin | None = None,
    ) -> Row:
        for _attempt in range(INTERLUDES_MAX):
            try:
                return await self.store.run(home, work, origin or Origin(channel=caller.channel))
            except Interlude as interlude:
                brought[interlude.key] = await _outcome(interlude)
        raise RuntimeError("too many interludes")

    async def _open(self, row: Row, tx: Tx) -> Row:
        if not row.open:
            if not row.entries:
                self.visits.count(tx.now, Visited(row.function, row.state), tx.origin)
                return row
            cleanse(row, tx)
        tx.tell(facts.Opened(row.id))
        row.expires = tx.now + life()
        if not await insert(tx, row):
            return await load(tx, row.id) or row
        tx.later("journey.expire", {"journey": row.id}, due=row.expires)
        return row

    async def _save(self, row: Row, tx: Tx, caller: Caller) -> Row:
        row.updated, row.expires = tx.now, max(row.expires, tx.now + life())
        if caller.who is not WORLD:
            row.channel, row.staff = caller.channel, caller.who.staff or row.staff
            if row.channel not in row.channels:
                row.channels.append(row.channel)
        if not row.open:
            cleanse(row, tx)
        await update(tx, row)
        return row

    def _new(self, function: Function, tx: Tx, caller: Caller, given: dict[str, Any], key: str | None) -> Row:
        words = (caller.channel, caller.holder, function.name, key or "")
        id_ = ids.keyed_id(tx.home, EPOCH, *words) if key else tx.new_id()
        row = Row(
            tx.home, id_, function.name, function.version, "asking", caller.channel, tx.now + life(), tx.now, tx.now,
            party=caller.customer, channels=[caller.channel], holders=[caller.holder], source=caller.source, given=given,
            staff=caller.who.staff, unit=caller.who.unit,
        )  # fmt: skip
        tx.origin = _origin(row, caller)
        return row

    @staticmethod
    def _guest_home(caller: Caller, key: str | None) -> int:
        return ids.home_for(f"{caller.channel}/{caller.holder}/{key}") if key else ids.random_home()


def _is_current(row: Row, key: str, turn: int) -> bool:
    return row.open and _awaits(row, key) and row.turn == turn


def _awaits(row: Row, key: str) -> bool:
    return row.open and row.question is not None and row.question["key"] == key


def _origin(row: Row, caller: Caller) -> Origin:
    return Origin(
        channel=caller.channel, party=row.party, staff=caller.who.staff, journey=row.id, function=row.function,
        source=row.source, unit=caller.who.unit or row.unit,
    )  # fmt: skip


async def _outcome(interlude: Interlude) -> Any:
    """A no that an interlude brings back is an outcome too; the run decides what it means."""
    try:
        return await interlude.work()
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return refusal


def _home(journey: str) -> int:
    """A text that is no id names no journey."""
    if not ids.is_id(journey):
        raise missing("journey")
    return ids.home_of(journey)
