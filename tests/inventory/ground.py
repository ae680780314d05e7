"""What the tests of inventory stand on: plans, people, lines, an engine, a worker that works all that is due."""

from datetime import timedelta
from typing import Any

from onehall.domains import catalogue, inventory, party
from onehall.domains.inventory import api, functions, reactions  # noqa: F401  (they register themselves)
from onehall.kernel.i18n import Named, _
from onehall.kernel.identity import Proof, Who
from onehall.kernel.journeys import Caller, Engine, Row, channel
from onehall.kernel.money import money
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from onehall.ports import World

PLAN = catalogue.Offering(
    id="p59", name=Named({"en": "Ice 59", "zh-CN": "冰59"}), kind="plan", fee=money(59), price_id="p59-1", contract_months=12
)
OTHER = catalogue.Offering(id="p99", name=Named({"en": "Ice 99", "zh-CN": "冰99"}), kind="plan", fee=money(99), price_id="p99-1")
PACK = catalogue.Offering(id="pk5", name=Named({"en": "5 GB", "zh-CN": "5GB流量包"}), kind="pack", fee=money(15), price_id="pk5-1")
CARD = "89869900000000000011"
CARD_2 = "89869900000000000029"
NUMBER = "18600001357"


class Shop:
    """A store with an engine; every home is worked."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.engine = Engine(store)
        takes = {"t.inventory": Proof.REAL_NAME}
        channel("t.inventory", _("Web"), asks="choose enter confirm pay prove wait", proves=(Proof.CODE,), takes=takes)

    async def work(self) -> None:
        """This will do all that is due."""
        await Worker(self.store, World(engine=self.engine)).drain()

    async def stock(self, *numbers: str, unit: str | None = None) -> list[str]:
        """This will put numbers into stock."""
        async with self.store.edge(0) as tx:
            return await inventory.actions.stock_numbers(tx, [inventory.StockNumber(number, unit) for number in numbers])

    async def person(self, phone: str = "13900000001") -> str:
        """This will make somebody known."""
        async with self.store.edge(7) as tx:
            id_ = await party.actions.register_prospect(tx, phone, "en")
        await self.work()
        return id_

    async def line(self, person: str, number: str = NUMBER, *, active: bool = True, iccid: str | None = None) -> inventory.Line:
        """This will open a line on PLAN, with its number sold to it."""
        await self.stock(number)
        async with self.store.edge(person) as tx:
            made = await inventory.actions.create_line(tx, party=person, number=number, offering=PLAN, iccid=iccid)
            inventory.actions.sell_number(tx, number, "t", made.id)
        if active:
            async with self.store.edge(person) as tx:
                made = await inventory.actions.activate_line(tx, made)
        await self.work()
        return made

    async def now(self, line: inventory.Line) -> inventory.Line:
        """This will read a line again."""
        async with self.store.edge(line.id) as tx:
            return await inventory.queries.line(tx, line.id)

    async def number(self, number: str) -> inventory.Number:
        """This will read a number as it stands."""
        async with self.store.edge(0) as tx:
            found = await inventory.queries.find_number(tx, number)
        assert found is not None
        return found

    async def facts(self, kind: str) -> list[dict[str, Any]]:
        """This will give the facts of a kind in the log, oldest first."""
        async with self.store.edge(0) as tx:
            return [row["body"] for row in await tx.read("SELECT body FROM event WHERE type = $1 ORDER BY at, id", f"inventory.{kind}")]

    def caller(self, person: str | None, proof: Proof = Proof.REAL_NAME, staff: str | None = None) -> Caller:
        """This will give somebody at the counter, well known; with `staff`, served by a clerk."""
        until = self.store.clock.now() + timedelta(days=3)
        if staff:
            return Caller("t.inventory", Who(staff=staff, unit="onehall"), party=person)
        return Caller("t.inventory", Who(party=person, proof=proof, expires=until))

    async def serve(self, name: str, person: str | None, **given: Any) -> Row:
        """This will begin a function for somebody."""
        return await self.engine.start(name, self.caller(person), given)

    async def answer(self, row: Row, value: Any, person: str | None) -> Row:
        """This will answer the open question."""
        assert row.question is not None
        return await self.engine.reply(row.id, self.caller(person), row.question["key"], row.turn, value)
