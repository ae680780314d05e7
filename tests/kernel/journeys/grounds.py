"""The fair as the tests walk over it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from onehall.kernel.journeys import Caller, Engine, Row
from onehall.kernel.journeys.hand_over import offer, take
from onehall.kernel.worker import Worker
from tests.kernel.journeys import fair
from tests.kernel.journeys.weather import FrailStore

RIGHT = {"sweet": "fudge", "pack": "bare", "prove": {"code": "ann"}, "agree": "yes"}


class Grounds:
    """An engine over the fair."""

    def __init__(self, store: FrailStore) -> None:
        self.store = store
        self.engine = Engine(store)

    async def reach(self, key: str, caller: Caller, **answers: Any) -> Row:
        """This will buy until the question under `key` is open."""
        row = await self.engine.start("fair.buy", caller)
        while row.open and row.question is not None and row.question["key"] != key:
            row = await self.say(row, caller, (RIGHT | answers)[row.question["key"]])
        return row

    async def say(self, row: Row, caller: Caller, value: Any) -> Row:
        """This will answer the open question."""
        assert row.question is not None, row.said
        return await self.engine.reply(row.id, caller, row.question["key"], row.turn, value)

    async def see(self, row: Row) -> Row:
        """This will read a journey again."""
        return await self.engine.see(row.id)

    async def hear(self, payment: str, paid: bool = True) -> Row:
        """This will have the bank say that a payment was made, or was not."""
        to = await fair.notice(self.store, payment, paid)
        return await self.engine.arrive(to, {"paid": paid, "payment": payment})

    async def pass_on(self, row: Row, caller: Caller, to: Caller) -> Row:
        """This will hand a journey over."""
        return await take(self.engine, (await offer(self.engine, row, caller)).code, to)

    async def work(self, after: timedelta = timedelta(0)) -> None:
        """This will do all that is due, some time later."""
        self.store.clock.move(after)  # type: ignore[attr-defined]
        await Worker(self.store, SimpleNamespace(engine=self.engine)).drain()

    async def rows(self, sql: str, *values: Any) -> list[Any]:
        """This will read the tables; of one column its values."""
        async with self.store.edge(0) as tx:
            found = await tx.read(sql, *values)
        return [row[0] if len(row) == 1 else tuple(row) for row in found]

    async def change(self, sql: str, *values: Any) -> None:
        """This will change the world."""
        async with self.store.edge(0) as tx:
            await tx.write(sql, *values)

    async def withdraw(self, name: str) -> None:
        """This will take a sweet off the shelf."""
        await self.change("UPDATE fair_thing SET withdrawn = true WHERE name = $1", name)

    async def held(self) -> list[str]:
        """This will name what is held now."""
        return await self.rows("SELECT name FROM fair_thing WHERE token IS NOT NULL AND until > $1 ORDER BY name", self.store.clock.now())

    async def payments(self) -> list[str]:
        """This will give how each payment stands, in the order they were begun."""
        return await self.rows("SELECT state FROM fair_payment ORDER BY once")

    async def story(self, row: Row) -> list[tuple[str, str, int]]:
        """This will give what the log tells of a journey: step, key, seconds since the step before."""
        found = await self.rows("SELECT type, body FROM event WHERE journey = $1 AND type LIKE 'journey.%' ORDER BY id", row.id)
        return [(type_.removeprefix("journey."), body["question"], body["seconds"]) for type_, body in found]


def payment_of(row: Row) -> str:
    """This will name the payment that a journey waits for."""
    assert row.question is not None
    return str(row.question["url"]).removeprefix("/pay/")


def why(row: Row) -> str:
    """This will give the reason with which the open question came back."""
    assert row.question is not None and row.question["why"] is not None
    return str(row.question["why"]["id"])


def kinds(row: Row) -> list[str]:
    """This will name the entries of a journey: "answer:sweet"."""
    return [f"{entry.kind}:{entry.key}" for entry in row.entries]
