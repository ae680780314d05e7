"""A customer lives a year through the house's own doors and verbs, so that there is something true to copy."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import httpx
from msgspec import Struct, structs

from onehall import app
from onehall.domains import billing
from onehall.domains.billing import Use
from onehall.kernel.clock import MovableClock
from onehall.kernel.i18n import ZONE
from onehall.kernel.identity import tokens
from onehall.kernel.identity.proof import Proof
from onehall.kernel.identity.tokens import Claims
from onehall.kernel.ids import home_of
from onehall.kernel.settings import read
from onehall.kernel.store import Store
from onehall.traffic import Answer, Customer
from onehall.traffic import kinds as people
from onehall.traffic.door import App

YEAR: Final = timedelta(days=365)
TURNED, BILLED = timedelta(minutes=10), timedelta(hours=3, minutes=10)  # after a month has begun
USED, TOPPED_UP, LOOKED, PACKED = 4, 8, 17, 20  # days of the month
TOKEN_HOURS: Final = 12
FIRST_ASKED: Final = 36  # whoever opens a line looks for numbers that end like their name: 37 is an ordinary ending
BANK: Final = "/sim/bank"
STILL: Final = {"log_level": "error", "demo": False}
_NEWEST: Final = """-- fan-out: whoever came last, while the ground is made
SELECT party, number FROM product WHERE kind = 'line' ORDER BY created DESC, id DESC LIMIT 1"""


class Habit(Struct, frozen=True):
    """How a customer lives: what they top up with (yuan, by month; 0 is the first day), in which months they add a pack, what they use."""

    name: str
    top_ups: dict[int, str]
    packs: tuple[int, ...] = ()
    uses: tuple[tuple[str, int], ...] = ()
    looks: bool = False


BUSY: Final = Habit(
    "busy", {0: "200", 2: "100", 4: "150", 6: "100", 8: "150", 10: "100", 12: "50"}, (3, 12),
    (("data_mb", 12_300), ("voice_min", 140)), True,
)  # fmt: skip
QUIET: Final = Habit("quiet", {0: "250", 4: "250", 8: "250"})


class Lived(Struct, frozen=True):
    """Whose life it was: party and number, and how many services were asked for in the year."""

    party: str
    number: str
    services: int


class Indoors:
    """A door into a house of this process: each request is followed by all the work that it left."""

    def __init__(self, house: "app.House", client: httpx.AsyncClient, seed: str) -> None:
        self.house, self.client = house, client
        self.name, self.asked, self.seed = seed, FIRST_ASKED, seed

    async def send(self, method: str, path: str, body: bytes = b"", *, token: str = "", key: str = "", kind: str = "json") -> Answer:
        """This will send a request, and do the work that it leaves; what is paid at the bank is heard of at once, without its notice."""
        if path.startswith(BANK):
            return await self._paid(path.rsplit("/", 1)[-1])
        content = "application/x-www-form-urlencoded" if kind == "form" else "application/json"
        headers = {"content-type": content} | ({"authorization": f"Bearer {token}"} if token else {})
        answer = await self.client.request(method, path, content=body, headers=headers | ({"idempotency-key": key} if key else {}))
        await self.work()
        return Answer(answer.status_code, answer.content)

    async def work(self) -> None:
        """This will do all work that is due."""
        assert self.house.worker is not None
        while await self.house.worker.drain():
            pass

    async def _paid(self, payment: str) -> Answer:
        async with self.house.store.edge(payment) as tx:
            asked = await billing.queries.payment(tx, payment)
            await billing.actions.hear(tx, payment, "paid", asked.amount, f"life-{payment}")
        await self.work()
        return Answer(303, b"")

    def next(self) -> "Indoors":
        """This will make the next request one of its own."""
        self.asked += 1
        self.seed = f"{self.name}-{self.asked}"
        return self


async def live(dsn: str, secret: str, habit: Habit) -> Lived:
    """This will have one more customer live in a house over a database, from a year ago until now.

    :raises Unexpected, RuntimeError: something did not go as in a good year.
    """
    clock = MovableClock()
    clock.ahead = -YEAR
    async with _indoors(dsn, secret, clock, habit.name) as door:
        await people.open_line(door.next(), Customer(""))
        party, number = await _newest(door.house.store)
        life = _Life(door, clock, habit, party, number)
        await life.top_up(0)
        for month, first in enumerate(_months(clock.now()), 1):
            await life.month(month, first)
        clock.ahead = timedelta(0)
        await door.work()
        await door.house.hall.visits.write()
        return Lived(party, number, door.asked - FIRST_ASKED)


class _Life:
    """A life while it is lived."""

    def __init__(self, door: Indoors, clock: MovableClock, habit: Habit, party: str, number: str) -> None:
        self.door, self.clock, self.habit, self.party, self.number = door, clock, habit, party, number
        self.store: Store = door.house.store

    @property
    def who(self) -> Customer:
        return Customer(self.number, token(self.party, self.clock.now()))

    async def month(self, month: int, first: datetime) -> None:
        if await self._until(first + TURNED):
            await self.store.run(self.party, lambda tx: billing.actions.turning.turn(tx, 1))
        if await self._until(first + BILLED):
            await self._bill(first)
        if self.habit.uses and await self._until(first + timedelta(days=USED)):
            await self._use(month)
        if month in self.habit.top_ups and await self._until(first + timedelta(days=TOPPED_UP)):
            await self.top_up(month)
        if self.habit.looks and await self._until(first + timedelta(days=LOOKED)):
            for kind in people.KINDS[:2]:
                await kind.run(self.door.next(), self.who)
        if month in self.habit.packs and await self._until(first + timedelta(days=PACKED)):
            await people.add_pack(self.door.next(), self.who)

    async def top_up(self, month: int) -> None:
        app = App(self.door.next(), self.who)
        view = await app.pay(await app.begin("topup", amount=self.habit.top_ups[month]))
        if view["state"] != "done":
            raise RuntimeError(f"a year cannot be lived: a top-up ends {view['state']}, {view['said']}")

    async def _use(self, month: int) -> None:
        at = self.clock.now() - timedelta(hours=1)
        uses = [
            Use(source="life", record=f"{self.number}-{month}-{kind}", number=self.number, kind=kind, amount=Decimal(units), at=at)
            for kind, units in self.habit.uses
        ]
        for one in await billing.actions.intake.take_in_all(self.store, uses):
            if one.state == "waiting":
                raise RuntimeError(f"a year cannot be lived: use waits, for {one.why}")

    async def _bill(self, first: datetime) -> None:
        """The cycle that has ended is billed where the customer lives."""
        home = home_of(self.party)
        ended = billing.rules.bills.cycle_before(first.astimezone(ZONE).date())
        async with self.store.edge(0) as tx:
            parts = await billing.actions.bill_runs.begin_run(tx, ended)
        for part in parts:
            if part["home"] == home:
                await self.store.run(home, lambda tx, part=part: billing.actions.bill_runs.bill_home(tx, part))  # type: ignore[misc]

    async def _until(self, at: datetime) -> bool:
        """The clock goes to a time, and all that is due is done; False where that time is still to come."""
        now = self.clock.now() - self.clock.ahead
        if at >= now:
            return False
        self.clock.ahead = max(self.clock.ahead, at - now)
        await self.door.work()
        return True


def token(party: str, now: datetime) -> str:
    """This will sign the token of a customer's app, as a login does."""
    until = int((now + timedelta(hours=TOKEN_HOURS)).timestamp())
    then = int(now.timestamp())
    return tokens.sign(Claims("customer", party, until, then, until, f"bench{party}", int(Proof.CODE), then))


def _months(now: datetime) -> list[datetime]:
    """The twelve firsts of the month that follow, midnight of the operator's zone."""
    local = now.astimezone(ZONE).date()
    found: list[datetime] = []
    for place in range(1, 13):
        year, month = divmod(local.month - 1 + place, 12)
        found.append(billing.rules.bills.midnight(date(local.year + year, month + 1, 1)))
    return found


async def _newest(store: Store) -> tuple[str, str]:
    async with store.edge(0) as tx:
        [row] = await tx.read(_NEWEST)
    return row["party"], row["number"]


@asynccontextmanager
async def _indoors(dsn: str, secret: str, clock: MovableClock, name: str) -> AsyncIterator[Indoors]:
    rules = structs.replace(read(), database_url=dsn, database_pool=6, secret=secret, **STILL)
    opened: Any = app.create(rules, clock)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells of every request
    house: Any = opened.state.house
    await house.store.open()
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=opened), base_url="http://hall") as client:
            yield Indoors(house, client, name)
    finally:
        await house.store.close()
