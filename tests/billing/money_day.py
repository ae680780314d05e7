"""What a random day of money is made of: a few accounts, records of use, deaths of the process, workers, a bank that answers."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, ClassVar

import asyncpg
import msgspec
from hypothesis.stateful import RuleBasedStateMachine

from onehall.domains import billing, catalogue
from onehall.domains.billing import Subscription, Use
from onehall.hall import messages
from onehall.kernel.i18n import ZONE, keep
from onehall.kernel.ids import home_for, new_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx
from onehall.kernel.worker import Worker
from onehall.ports import World
from onehall.ports.payment import Returned
from tests.billing import money_laws
from tests.billing.bank import Texts
from tests.ground.database import RESTORE
from tests.kernel.journeys.weather import Crash, FrailStore

act = billing.actions
REGISTERED = (messages,)  # loaded so that its jobs are known
OPENED = datetime(2031, 6, 27, 12, tzinfo=ZONE)
FEE, CARD = 5900, 3000
OWNER, MEMBER, OTHER, STRANGER, TWIN, LATE = (f"1380000000{place}" for place in range(6))
HOMES = {OWNER: 7, MEMBER: 11, OTHER: 9, STRANGER: 7, TWIN: 7, LATE: 7}


def _price(service: str, *cases: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": service, "priceType": "usage", "price": {"unit": "CNY", "value": 0.1}, "unitOfMeasure": {"amount": 1, "units": service},
        "tariff": {"cases": list(cases)},
    }  # fmt: skip


def plan_doc(**more: Any) -> dict[str, Any]:
    """This will write a plan whose calls cost less at night and whose megabytes cost less the more they are: the order counts."""
    night = {"key": "night", "hours": [0, 480], "tiers": [{"amount": "5"}]}
    tiers = [{"amount": "500", "per": "100", "up_to": "300"}, {"amount": "100", "per": "100"}]
    usage = [
        _price("voice_min", night, {"key": "day", "tiers": [{"amount": "15"}]}),
        _price("data_mb", {"step": "0", "basis": "month", "tiers": tiers}), _price("sms", {"tiers": [{"amount": "10"}]}),
    ]  # fmt: skip
    said = {"kind": "plan", "voice_min": 20, "data_mb": 200, **more}
    traits = [{"name": name, "productSpecCharacteristicValue": [{"value": value}]} for name, value in said.items()]
    fee = {"name": "fee", "priceType": "recurring", "recurringChargePeriodType": "month", "price": {"unit": "CNY", "value": FEE / 100}}
    return {"name": "Plan", "lifecycleStatus": "Retired", "prodSpecCharValueUse": traits, "productOfferingPrice": [fee, *usage]}


class Bank:
    """A provider that opens every checkout, knows of no payment, and sends refunds unless it refuses."""

    refuses = False

    async def create(self, payment: str, amount: Money, text: str, until: datetime) -> str:
        return f"https://bank.example/{payment}"

    async def close(self, payment: str) -> None:
        """There is nothing to close."""

    async def look(self, payment: str) -> None:
        """Nothing is known."""

    async def refund(self, payment: str, refund: str, amount: Money) -> Returned:
        return Returned(not self.refuses, "the bank refuses")


class Shuffled(Worker):
    """A worker that takes some due rows and does them in an order of luck, all at once or one after another."""

    async def some(self, luck: random.Random, most: int) -> int:
        batch = await self._claim(most)
        luck.shuffle(batch)
        size = luck.choice([1, len(batch) or 1])
        for start in range(0, len(batch), size):
            done = await asyncio.gather(*(self._do(*held) for held in batch[start : start + size]), return_exceptions=True)
            died = [one for one in done if isinstance(one, BaseException)]
            if died:
                raise died[0]
        return len(batch)


class MoneyDay(RuleBasedStateMachine):
    """The ground of a story, over one loop and one database that is put right for each story."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    dsn: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.store = FrailStore(self.dsn, pool_size=8)
        self.bank = Bank()
        self.world = World(sms=Texts(), payment=self.bank, engine=SimpleNamespace(store=self.store))
        self.accounts: dict[str, str] = {}
        self.pins: list[str] = []
        self.count = 0
        self.keyed: list[Callable[[], Awaitable[Any]]] = []
        self.records: list[Use] = []
        self.twins: list[Use] = []
        self.payments: list[str] = []
        self.calls: list[str] = []

    # -- what it stands on

    def open_day(self, modes: dict[str, str]) -> None:
        self.wait(self._put_right())
        self.wait(self.store.open())
        self.store.clock.move(OPENED - self.store.clock.now())
        for name, more in (("rolling", {"rollover_months": 1}), ("plain", {})):
            self.wait(self.store.run(0, lambda tx, name=name, more=more: catalogue.actions.put(tx, name, plan_doc(**more))))
        for number, mode in modes.items():
            self.wait(self.open_account(number, mode, "plain" if number in (TWIN, LATE) else "rolling", day=15 if number == OTHER else 1))
        self.wait(self._make_cards())

    async def _put_right(self) -> None:
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute(RESTORE)
        finally:
            await connection.close()

    async def open_account(self, number: str, mode: str, plan: str, *, day: int = 1) -> None:
        party = new_id(HOMES[number], self.now)

        async def opening(tx: Tx) -> str:
            made = await act.open_account(
                tx, party, "onehall.gd", line=f"line-{number}", number=number, once=number, mode=mode, cycle_day=day,
                credit_limit=9000 if number == OWNER else 0,
            )  # fmt: skip
            terms = await catalogue.queries.known(tx, plan)
            since = self.now.astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            await act.subscribe(tx, Subscription(
                tx.new_id(), made.id, f"line-{number}", number, f"line-{number}", "plan", terms.id, terms.price_id, keep(terms.name), FEE,
                "CNY", since, None,
            ))  # fmt: skip
            return made.id

        self.accounts[number] = await self.store.run(HOMES[number], opening)
        await self.store.run(home_for(number), lambda tx: act.point(tx, number, self.accounts[number], None))

    async def _make_cards(self) -> None:
        _batch, chunks = await act.make_cards(self.store, 3, Money(CARD), self.now + timedelta(days=900))
        self.pins = [pin async for chunk in chunks for _serial, pin in chunk]

    # -- what is done

    @property
    def now(self) -> datetime:
        return self.store.clock.now()

    def wait(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(work)

    def fresh(self) -> str:
        self.count += 1
        return f"key-{self.count}"

    def look(self, sql: str, *values: Any) -> list[Any]:
        """This will read rows as anybody may, whatever the weather."""
        return self.wait(self._look(sql, *values))

    async def _look(self, sql: str, *values: Any) -> list[Any]:
        async with Store.edge(self.store, 0) as tx:
            return await tx.read(sql, *values)

    def books(self) -> tuple[Any, ...]:
        """This will give a mark of all that money and units are."""
        [row] = self.look(money_laws.MARK)
        return tuple(row)

    def does(self, work: Callable[[], Awaitable[Any]], *, whole: bool = True, keyed: bool = True) -> Any:
        """This will do something: all of it or nothing, where it is one transaction; a refusal and a death leave nothing behind."""
        before, deaths = self.books(), self.store.deaths
        committed = self.store.committed
        try:
            done = self.wait(work())
        except Refusal as refusal:
            assert refusal.status < 500, refusal
            assert not whole or self.books() == before, f"{refusal.code} has changed something"
            return None
        except Crash:
            assert not whole or committed or self.store.deaths > deaths + 1 or self.books() == before, "a death has left something"
            return None
        if keyed:
            self.keyed.append(work)
            if len(self.keyed) % 2:
                self.says_again(work)
        return done

    def says_again(self, work: Callable[[], Awaitable[Any]]) -> None:
        """With the same key it is the same thing, and is not done again."""
        before = self.books()
        with suppress(Refusal, Crash):
            self.wait(work())
        after = self.books()
        assert after == before, f"done twice: {before} {after}"

    def at_once(self, *works: Callable[[], Awaitable[Any]]) -> list[Any]:
        """This will do things side by side; each is done, refused, or dies."""

        async def guarded(work: Callable[[], Awaitable[Any]]) -> Any:
            with suppress(Refusal, Crash):
                return await work()
            return None

        async def together() -> list[Any]:
            return await asyncio.gather(*(guarded(work) for work in works))

        return list(self.wait(together()))

    def tells(self, *uses: Use) -> None:
        """This will tell records of use; those that were rated may be told again and change nothing."""
        if not uses:
            return
        done = self.does(lambda: act.take_in_all(self.store, uses, None), whole=False, keyed=False)
        if done is not None and {one.state for one in done} <= {"added", "corrected", "known"}:
            self.keyed.append(lambda: act.take_in_all(self.store, uses, None))

    def use(self, number: str, kind: str, hundredths: int, hours: int, **more: Any) -> Use:
        """This will make a record of so many hours ago."""
        at = (self.now - timedelta(hours=hours)).replace(microsecond=0)
        return Use(source="net", record=self.fresh(), number=number, kind=kind, amount=Decimal(hundredths) / 100, at=at, **more)

    def works(self, seed: int, most: int) -> int:
        """This will do some of the work that is due."""
        with suppress(Crash):
            return int(self.wait(Shuffled(self.store, self.world).some(random.Random(seed), most)))
        return 1

    def settles(self) -> None:
        """This will do all work that is due, also what those who died had taken."""
        self.store.arm(0, False)
        idle = 0
        while idle < 2:
            idle = idle + 1 if not self.works(self.count, 40) else 0
            self.store.clock.move(timedelta(seconds=20))

    def turns_and_bills(self, times: int = 1) -> None:
        """This will turn what is over to its new month and bill it; begun twice, side by side."""
        homes = sorted(set(HOMES.values()))
        turns = [
            lambda home=home, day=day: self.store.run(home, lambda tx: act.turning.turn(tx, day)) for home in homes for day in (1, 15)
        ] * times  # fmt: skip
        self.at_once(*turns)
        parts = self.at_once(*[lambda: self.store.run(0, act.bill_runs.begin_runs)] * times)
        self.at_once(*(self.bills(part) for some in parts for part in some or ()))

    def bills(self, part: dict[str, Any]) -> Callable[[], Awaitable[Any]]:
        """This will be one part of a bill run."""
        return lambda: self.store.run(part["home"], lambda tx: act.bill_runs.bill_home(tx, part))

    def pick(self, some: Any, which: int) -> Any:
        """This will choose one of some, or None."""
        listed = list(some)
        return listed[which % len(listed)] if listed else None

    def laws_hold(self) -> None:
        """Whatever was done, the tables are as money is."""
        wrong = [f"{row['law']}: {row['what']}" for row in self.look(money_laws.LAWS)]
        assert not wrong, "\n".join(wrong)


def corrected(use: Use, **changes: Any) -> Use:
    """This will make the next version of a record."""
    return msgspec.structs.replace(use, version=use.version + 1, **changes)
