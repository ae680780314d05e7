"""What a random day at the fair is made of: people, answers, deaths of the process, and looks into the books."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from onehall.kernel.journeys import Caller, Engine, Row
from onehall.kernel.journeys.holders import may_answer
from onehall.kernel.refusals import Refusal
from onehall.kernel.worker import Worker
from tests.kernel.journeys import fair
from tests.kernel.journeys.laws import Books, Laws
from tests.kernel.journeys.weather import Crash, FrailStore


class Day(RuleBasedStateMachine):
    """The steps of a day, over one store and one loop."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    store: ClassVar[FrailStore]

    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine(self.store)
        self.world = SimpleNamespace(engine=self.engine)
        self.laws = Laws()
        self.begun: list[str] = []
        self.codes: list[str] = []
        self.last: dict[str, tuple[Caller, str, int, Any]] = {}
        self.payments = 0

    def goes_on_with(self, id_: str, who: str, goal: int) -> None:
        """Several right answers in a row, so that stories get somewhere."""
        row = self.seen(id_)
        for pick in range(goal):
            caller = self.answering(row, who, 0)
            row = self.try_to(self.engine.reply(row.id, *self.reply_for(row, caller, "right", len(self.begun) + pick))) or self.seen(id_)

    def wait(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(work)

    def try_to(self, work: Awaitable[Any]) -> Any:
        """A refusal is an answer; a death is an end, and the process comes up again."""
        self.dead = False
        try:
            return self.wait(work)
        except Refusal as refusal:
            assert refusal.status < 500
        except Crash:
            self.dead = True
        return None

    def at_once(self, *works: Awaitable[Any]) -> None:
        async def guarded(work: Awaitable[Any]) -> None:
            with suppress(Refusal):
                try:
                    await work
                except Crash:
                    self.dead = True

        async def together() -> None:
            await asyncio.gather(*(guarded(work) for work in works))

        self.dead = False
        self.wait(together())

    def hear_bank(self, which: int, words: list[bool]) -> None:
        payments = self.books().payments
        payment = payments[which % len(payments)]["id"]
        armed, self.store.dies_in = self.store.dies_in, 0
        to = [self.wait(fair.notice(self.store, payment, paid)) for paid in words]
        self.store.dies_in = armed
        values = [{"paid": paid, "payment": payment} for paid in words]
        self.at_once(*(self.engine.arrive(where, value) for where, value in zip(to, values, strict=True)))
        if self.dead:  # the bank is not believed to have been heard until it was: it says it again
            for where, value in zip(to, values, strict=True):
                self.try_to(self.engine.arrive(where, value))
        self.check()

    def drain(self) -> None:
        with suppress(Crash):
            self.wait(Worker(self.store, self.world).drain())

    def write(self, sql: str, *values: Any) -> None:
        async def change() -> None:
            async with super(FrailStore, self.store).edge(0) as tx:
                await tx.write(sql, *values)

        self.wait(change())

    def journey(self, which: int) -> Row:
        return self.seen(self.begun[which % len(self.begun)])

    def seen(self, id_: str) -> Row:
        armed, self.store.dies_in = self.store.dies_in, 0
        row = self.wait(self.engine.see(id_))
        self.store.dies_in = armed
        return row

    def caller(self, who: str) -> Caller:
        name, _space, how = who.partition(" ")
        if name in ("c1", "c2"):
            return fair.clerk(name)
        channel = "f.sms" if how == "by sms" else "f.web"
        if name == "cat" or how == "logged in":
            return fair.person(name, self.store.clock.now(), channel)
        return fair.guest("" if name == "nobody" else name, channel)

    def answering(self, row: Row, who: str, pick: int) -> Caller:
        """Mostly whoever may; now and then somebody else tries."""
        everybody = [self.caller(one) for one in ("ann", "bob", "nobody", "cat", "ann logged in", "c1", "c2")]
        allowed = [one for one in everybody if may_answer(row, one)]
        return self.caller(who) if pick % 7 == 3 or not allowed else allowed[0]

    def reply_for(self, row: Row, caller: Caller, manner: str, pick: int) -> tuple[Caller, str, int, Any]:
        question = row.question or {"key": "sweet", "kind": "choose", "options": []}
        if manner == "twice" and row.id in self.last:
            return self.last[row.id]
        turn = row.turn - 1 if manner == "stale" else row.turn
        value = {"wrong": "nonsense", "no": "no"}.get(manner) or _right(question, caller, pick)
        return caller, question["key"], turn, value

    def books(self) -> Books:
        return self.wait(Books().read(self.store))

    def check(self) -> None:
        books = self.books()
        self.payments = len(books.payments)
        self.laws.check(books)


def _right(question: dict[str, Any], caller: Caller, pick: int) -> Any:
    match question["kind"]:
        case "enter":
            return fair.WORD
        case "choose":
            options = question.get("options") or [{"value": "fudge"}]
            return options[pick % len(options)]["value"]
        case "prove":
            return {"code": caller.who.visitor or ("bob", "ann", "cat")[pick % 3]}
        case "pay":
            return {"method": "cash"} if caller.who.staff else {"paid": True}
    return "yes" if question["kind"] == "confirm" else {"ok": True}
