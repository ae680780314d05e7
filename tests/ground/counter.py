"""A house without HTTP: its hall, domains and workers over one database, worked by hand with `settle()`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
from msgspec import structs

from onehall import app
from onehall.domains import billing
from onehall.hall import Caller, View
from onehall.kernel.clock import MovableClock
from onehall.kernel.functions import Proof
from onehall.kernel.identity import Who
from onehall.kernel.money import Money
from onehall.kernel.settings import read

FACE = (
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP////////////////////////////////////////////////////////////////////////////////"
    "//////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
DOCUMENT = "11010519491231002X"  # the specimen of GB 11643-1999


class Counter:
    """The rooms of a house, and short ways to use them."""

    def __init__(self, house: app.House) -> None:
        self.house = house
        self.hall = house.hall
        self.store = house.store
        self.world = house.world

    def guest(self, name: str = "guest", channel: str = "api") -> Caller:
        """This will make a caller whom nobody knows."""
        return Caller(channel, Who(visitor=name, address="127.0.0.1"))

    def customer(self, party: str, channel: str = "api", proof: Proof = Proof.CODE) -> Caller:
        """This will make a customer who has logged in."""
        now = self.store.clock.now()
        return Caller(channel, Who(party=party, proof=proof, proven_at=now, expires=now + timedelta(hours=1), address="127.0.0.1"))

    async def answer(self, caller: Caller, view: View, value: Any) -> View:
        """This will answer the open question."""
        assert view.question is not None, view
        return await self.hall.answer(caller, view.id, view.question["key"], view.question["turn"], value)

    async def settle(self, caller: Caller | None = None, view: View | None = None) -> Any:
        """This will do all work that is due; gives the journey as it then stands."""
        for _round in range(12):
            if not await self.house.worker.drain():
                break
        return await self.hall.see(caller, view.id) if caller and view else None

    async def bank_pays(self, view: View) -> None:
        """This will have the money for the open pay question arrive, as if the bank's notice came."""
        assert view.question is not None and view.question["kind"] == "pay", view.question
        payment = view.question["url"].rsplit("/", 1)[1]
        async with self.store.edge(payment) as tx:
            await billing.actions.hear(tx, payment, "paid", Money(view.question["amount_minor"]), f"ref-{payment}")

    async def to_sim(self, caller: Caller, plan: str = "hall-59", number: str | None = None, document: str = DOCUMENT) -> View:
        """This will open a line up to the question which SIM."""
        view = await self.hall.start(caller, "line.open", {"offer": plan} | ({"number": number} if number else {}))
        if view.question and view.question["key"] == "number":
            view = await self.answer(caller, view, view.question["options"][0]["value"])
        shown = {"name": "李雷", "document_type": "resident_id", "document_number": document, "face": FACE}
        view = await self.answer(caller, view, shown)
        return await self.settle(caller, view)

    async def to_pay(self, caller: Caller, plan: str = "hall-59", number: str | None = None, document: str = DOCUMENT) -> View:
        """This will open a line up to the payment."""
        view = await self.to_sim(caller, plan, number, document)
        view = await self.answer(caller, view, "esim")
        return await self.answer(caller, view, True)

    async def one(self, sql: str, *values: Any) -> Any:
        """This will read one value out of the tables."""
        async with self.store.edge(0) as tx:
            row = await tx.read_one(sql, *values)
        return row[0] if row else None


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Counter]:
    """This will open a house without HTTP over a database."""
    house = app.House(structs.replace(read(), database_url=dsn, database_pool=10), MovableClock())
    await house.store.open()
    try:
        yield Counter(house)
    finally:
        await house.store.close()


@asynccontextmanager
async def served(dsn: str) -> AsyncIterator[tuple[Counter, httpx.AsyncClient]]:
    """This will open a house over a database, worked by hand, and a client that speaks HTTP to it in this process."""
    opened = app.create(structs.replace(read(), database_url=dsn, database_pool=10), MovableClock())
    house = opened.state.house
    await house.store.open()
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=opened), base_url="http://hall") as client:
            yield Counter(house), client
    finally:
        await house.store.close()
