"""The engine: begins journeys, hears replies, takes the world's answers. Each reply is one transaction."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from onehall.kernel import ids
from onehall.kernel.events import Origin
from onehall.kernel.functions import Ask, Function
from onehall.kernel.i18n import Words, _
from onehall.kernel.journeys import arriving, facts
from onehall.kernel.journeys.channel import WORLD, Caller
from onehall.kernel.journeys.closing import drop_unused, expire, refuse, save
from onehall.kernel.journeys.holders import may_answer
from onehall.kernel.journeys.moving import move, settle
from onehall.kernel.journeys.offering import Offers, in_channel, offered
from onehall.kernel.journeys.proof import accept, admit, heard, record_proof, settled
from onehall.kernel.journeys.row import NOTES, Row, insert, kept_over_interludes, life, load, update
from onehall.kernel.journeys.run import advance
from onehall.kernel.journeys.scarce import SCARCE
from onehall.kernel.journeys.secrets import brought_along
from onehall.kernel.journeys.signals import BadAnswer, Finder, Interlude
from onehall.kernel.journeys.words import Held, Said, as_kept
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.kernel.visits import Visited, Visits

INTERLUDES_MAX = 12
HOPS_MAX = 3
NOT_AN_END = frozenset({401, 403, 429})
NOT_A_BEGINNING = NOT_AN_END | {404}
T = TypeVar("T")
Current = Callable[[Row], bool]


class Engine:
    """Runs journeys over a store. `offers` is who says what may be begun in a channel."""

    def __init__(self, store: Store, visits: Visits | None = None, offers: Offers = in_channel) -> None:
        self.store = store
        self.visits = visits or Visits(store)
        self.offers = offers

    async def start(self, name: str, caller: Caller, given: dict[str, Any] | None = None, key: str | None = None) -> Row:
        """This will begin a journey; one that never asks leaves no row. The same `key` from one caller begins one.

        What the function refuses at once comes back as a journey in state "refused" that nobody can find again.
        :raises Refusal: 404 no such function here; 401, 403, 404, 429, 5xx of the function itself.
        """
        function, along = await offered(self.offers, name, caller), _storable(dict(given or {}))
        home = ids.home_of(caller.customer) if caller.customer else _guest_home(caller, key)
        words = (caller.channel, caller.holder, function.name, key or "")
        id_ = ids.keyed_id(home, EPOCH, *words) if key else ids.new_id(home, self.store.clock.now())
        brought: dict[str, Any] = {}
        may_be_there = key is not None and not function.looks  # a look leaves a row only where it had to ask who it is

        async def begin(tx: Tx) -> Row:
            nonlocal may_be_there
            if may_be_there and (before := await load(tx, id_)):
                return before
            may_be_there = key is not None
            row = _new(function, id_, caller, dict(along), tx.now)
            admit(row, caller, tx.now)
            tx.origin = facts.origin(row, caller)
            await advance(row, tx, caller, {}, brought)
            return self._open(row, tx)

        try:
            row = await self._with_interludes(home, brought, begin, Origin(channel=caller.channel, function=name))
        except Refusal as refusal:
            if refusal.status in NOT_A_BEGINNING or refusal.status >= 500:
                raise
            return await self._turn_away(_new(function, id_, caller, {}, self.store.clock.now()), caller, refusal, brought)
        return await self.see(row.id) if row.moved_to else row

    async def see(self, journey: str) -> Row:
        """This will give a journey as it stands, wherever it moved. One statement.

        :raises Refusal: 404.
        """
        row = await self._find(journey)
        for _hop in range(HOPS_MAX):
            if row is None:
                raise missing("journey")
            if row.moved_to is None:
                return row
            row = await self._find(row.moved_to) or await settle(self.store, row)
        raise missing("journey")

    async def reply(self, journey: str | Row, caller: Caller, key: str, turn: int, value: Any) -> Row:
        """This will hear an answer to a journey, named or as it was just seen (that row is not to be used after that).

        One to an old question, or of somebody who does not hold the journey, changes nothing.

        :raises BadAnswer: 422, the answer does not fit; the question stays.
        """
        row = await self.see(journey) if isinstance(journey, str) else journey
        if not _hears(row, caller, key, turn):
            return row
        _storable(value)
        brought: dict[str, Any] = {}
        if row.expires > self.store.clock.now():
            if caller.customer and row.party is None:
                row = await move(self.store, row, caller.customer)
            if key == arriving.PROVE:
                row, brought[key] = await heard(self.store, row, caller, value)

        async def listen(row: Row, tx: Tx) -> None:
            if caller.channel != row.channel:
                accept(row, caller.channel, tx.now)
            admit(row, caller, tx.now)
            tx.origin = facts.origin(row, caller)
            whys = _proof_whys(row, tx, caller, brought)
            await advance(row, tx, caller, {} if key == arriving.PROVE else {key: value}, brought, whys)

        return await self.hear(row, caller, brought, lambda now: _hears(now, caller, key, turn), listen)

    async def look(self, journey: str | Row, caller: Caller, work: Callable[[Finder | None], Awaitable[T]]) -> T:
        """This will run a journey, named or as it was just seen, without changing it, to search the options of its open question."""
        row = await self.see(journey) if isinstance(journey, str) else journey
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
        function = await offered(self.offers, name, caller)
        # a customer sees what they have just changed; what a stranger looks at may lag
        async with self.store.edge(caller.customer) if caller.customer else self.store.glance() as tx:
            row = _new(function, tx.new_id(), caller, _storable(dict(given)), tx.now)
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
        if key == arriving.PROVE and arriving.wanted(row, key, value):
            row, brought[key] = await settled(self.store, row, value)

        async def listen(row: Row, tx: Tx) -> None:
            tx.origin = facts.origin(row, caller)
            if key == arriving.PROVE:
                whys = _proof_whys(row, tx, caller, brought)
            else:
                whys = arriving.take_in(row, tx, caller, key, value)
            if f"arrived:{key}" not in row.notes:
                await advance(row, tx, caller, {}, brought, whys)

        def mark(row: Row, tx: Tx) -> None:
            arriving.mark_paid(row, tx, key, value)

        row = await self.hear(row, caller, brought, lambda now: arriving.wanted(now, key, value), listen, mark)
        await arriving.give_back_unused(self.store, row, value)
        return row

    async def hear(
        self, row: Row, caller: Caller, brought: dict[str, Any], current: Current, listen: Callable[[Row, Tx], Awaitable[None]],
        mark: Callable[[Row, Tx], None] = lambda row, tx: None,
    ) -> Row:  # fmt: skip
        """This will hear one reply or notice to a journey that was just seen: look whether it is current, run, save.

        Nothing is locked: when somebody was quicker, all is undone and done again on the row as it is now, where it is no more current.
        """
        journey, seen = row.id, [row]

        async def once(tx: Tx) -> Row:
            row = seen.pop() if seen else await load(tx, journey)
            if row is None:
                raise missing("journey")
            if row.open and row.expires <= tx.now:
                row = expire(row, tx, brought)
            elif current(row):
                await kept_over_interludes(row, seen, lambda row: listen(row, tx))
                row = save(row, tx, caller, brought)
            elif drop_unused(row, tx, brought):
                update(tx, row)
            return row

        try:
            row = await self._with_interludes(row.home, brought, once, Origin(channel=caller.channel))
        except BadAnswer:
            now = await self._find(journey)
            if now is None or current(now):
                raise
            row = now  # somebody was quicker: what was said to the row as it was is no mistake
        except Refusal as refusal:
            if refusal.status >= 500 or (refusal.status in NOT_AN_END and caller.who is not WORLD):
                raise
            row = await refuse(self.store, journey, refusal, caller, current, mark, brought)
        if row.moved_to is None:
            return row
        moved = await self.see(row.id)
        return await self.hear(moved, caller, brought, current, listen, mark)

    async def _with_interludes(self, home: int, brought: dict[str, Any], work: Callable[[Tx], Awaitable[Row]], origin: Origin) -> Row:
        for _attempt in range(INTERLUDES_MAX):
            try:
                return await self.store.run(home, work, origin)
            except Interlude as interlude:
                brought[interlude.key] = await interlude.outcome()
        raise RuntimeError("too many interludes")

    def _open(self, row: Row, tx: Tx) -> Row:
        """A journey in which nothing was asked and nothing done is a visit; any other becomes a row."""
        if row.fresh:
            self.visits.count(tx.now, Visited(row.function, row.state), tx.origin)
            return row
        row.expires = max(row.expires, tx.now + life())
        insert(tx, row)
        if row.open:
            tx.later("journey.expire", {"journey": row.id}, due=row.expires, once=row.id)
        return row

    async def _turn_away(self, row: Row, caller: Caller, refusal: Refusal, brought: dict[str, Any]) -> Row:
        """What was taken for a journey that never began is let go at once."""
        if before := await self._find(row.id):
            return before
        for held in [outcome for outcome in brought.values() if isinstance(outcome, Held)]:
            async with self.store.edge(held.home) as tx:
                await SCARCE[held.what].release(tx, held)
        row.state, row.said = "refused", as_kept(Said(refusal.reason))
        self.visits.count(row.created, Visited(row.function, row.state), facts.origin(row, caller))
        return row

    async def _find(self, journey: str) -> Row | None:
        """A text that is no id names no journey."""
        if not ids.is_id(journey):
            return None
        async with self.store.edge(journey) as tx:
            return await load(tx, journey)


def _new(function: Function, id_: str, caller: Caller, given: dict[str, Any], now: datetime) -> Row:
    given.pop(NOTES, None)
    return Row(
        ids.home_of(id_), id_, function.name, function.version, "asking", caller.channel, now + life(), now, now,
        party=caller.customer, channels=[caller.channel], holders=[caller.holder], source=caller.source,
        given=brought_along(function, given), staff=caller.who.staff, unit=caller.who.unit, fresh=True,
    )  # fmt: skip


def _guest_home(caller: Caller, key: str | None) -> int:
    return ids.home_for(f"{caller.channel}/{caller.holder}/{key}") if key else ids.random_home()


def _hears(row: Row, caller: Caller, key: str, turn: int) -> bool:
    """Whether an answer is one to the open question, by one who may give it; what the world is asked only the world answers."""
    question = row.question or {}
    if not row.open or question.get("key") != key or row.turn != turn or not may_answer(row, caller):
        return False
    return question["kind"] != Ask.WAIT and (question["kind"] != Ask.PAY or caller.who.staff is not None)


def _storable(value: T) -> T:
    """What the database cannot keep is no answer."""
    try:
        if b"\\u0000" not in msgspec.json.encode(value):
            return value
    except (TypeError, UnicodeEncodeError):
        pass  # it is refused below
    raise BadAnswer("answer.invalid", _("Please answer with a short text."), 422)


def _proof_whys(row: Row, tx: Tx, caller: Caller, brought: dict[str, Any]) -> dict[str, Words]:
    if arriving.PROVE not in brought:
        return {}
    why = record_proof(row, tx, caller, brought[arriving.PROVE])
    return {arriving.PROVE: why} if why else {}
