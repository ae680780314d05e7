"""A ground with many customers and a year of history: two lives are lived, then copied as often as needed."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from typing import Any, Final

from msgspec import Struct

from onehall import demo
from onehall.bench import mould, year
from onehall.bench.indexes import without_indexes
from onehall.bench.mould import Mould, Own, Unfit
from onehall.demo.stock import iccid
from onehall.domains import inventory, party
from onehall.kernel.clock import MovableClock
from onehall.kernel.ids import HOMES, home_for
from onehall.kernel.store import Store
from onehall.kernel.store.pool import SCHEMA
from onehall.traffic.kinds import document

Say = Callable[[str], None]
BLOCK: Final = 400  # lives in one COPY
CONNECTIONS: Final = 2
BUSY_OF: Final = 5  # one customer of five is busy
TRIES: Final = 5
NUMBERS, FREE = 18_610_000_000, 18_710_000_000  # where copied and free numbers begin, SPAN of each
SPAN: Final = 10**8
CARDS, PROFILES = 200_000_000, 700_000_000  # serials of copied SIMs and of free eSIM profiles
DRAWN_MAX: Final = 20_000
REGION: Final = 320_102  # whose people the copied lives are; those of the demo, and who comes anew, are of elsewhere
FAMILY_NAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
GIVEN_NAMES: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国文辉力健世广志义兴良海山仁波宁"
_NO_PARTS: Final = "DELETE FROM bill_part -- fan-out: of every home, while the ground is made"
_PARTS: Final = """-- fan-out, cold: of every home, while the ground is made
INSERT INTO bill_part (home, run, cycle, accounts, bills, faults, last, ended)
SELECT home, run, cycle, count(*), count(*), 0, max(account), max(issued) FROM customer_bill
WHERE run IS NOT NULL GROUP BY home, run, cycle"""
_RUNS: Final = """-- fan-out: of every home, while the ground is made
UPDATE bill_run r SET parts = (SELECT count(*) FROM bill_part p WHERE p.run = r.id)"""


class Customer(Struct, frozen=True):
    """A customer who was made: their party and number, and whether they are one of the busy."""

    party: str
    number: str
    busy: bool


class Filled(Struct, frozen=True):
    """What lies on the ground: lives, free numbers and eSIMs, rows of each table, bytes, seconds; customers drawn, the busy ones first."""

    lives: int
    free: int
    profiles: int
    rows: dict[str, int]
    bytes: int
    seconds: float
    drawn: list[Customer]


async def fill(store: Store, secret: str, lives: int, free: int, profiles: int, say: Say, seed: int = 1) -> Filled:
    """This will open the demo operator, live two years, and copy them; `secret` is that of the house that will serve."""
    began = time.monotonic()
    await _open_demo(store)
    moulds = [await _mould(store, secret, habit) for habit in (year.BUSY, year.QUIET)]
    say(f"Two years are lived; copying them {lives:,} times, with {free:,} free numbers and {profiles:,} eSIM profiles beside")
    copier = _Copier(store, moulds, lives, random.Random(seed), say)
    async with without_indexes(store, say):
        await copier.copy()
        await _stock(store, free, profiles)
    await _tidy(store)
    rows, size = await counted(store)
    seconds = time.monotonic() - began
    say(f"{lives:,} lives are there in {seconds:.0f} s: {sum(rows.values()):,} rows, {size / 1e9:.2f} GB")
    return Filled(lives, free, profiles, rows, size, round(seconds, 1), sorted(copier.drawn, key=lambda one: not one.busy))


async def _open_demo(store: Store) -> None:
    """Prices are a little older than the first customer."""
    clock = MovableClock()
    clock.ahead = -year.YEAR * 1.01
    opened = await Store(store.dsn, clock=clock, pool_size=4).open()
    try:
        await demo.open(opened, lambda line: None)
    finally:
        await opened.close()


async def _mould(store: Store, secret: str, habit: year.Habit) -> Mould:
    for _try in range(TRIES):
        lived = await year.live(store.dsn, secret, habit)
        async with store.pool.acquire() as connection:
            try:
                return await mould.take(connection, lived, datetime.now(UTC))
            except Unfit:
                continue
    raise RuntimeError(f"{TRIES} lives were lived and none can be copied")


class _Copier:
    """Copies lives block by block: one block is made while others are on their way into the tables."""

    def __init__(self, store: Store, moulds: Sequence[Mould], lives: int, luck: random.Random, say: Say) -> None:
        self.store, self.moulds, self.lives, self.luck, self.say = store, moulds, lives, luck, say
        self.numbers: Iterator[str] = iter(())
        self.drawn: list[Customer] = []
        self.every = max(1, lives // DRAWN_MAX)
        self.begun = time.monotonic()
        self.done = 0

    async def copy(self) -> None:
        """This will copy all of them."""
        async with self.store.edge(0) as tx:
            self.numbers = _ordinary(NUMBERS, await inventory.store.numbers.patterns(tx))
        blocks = iter([range(start, min(start + BLOCK, self.lives)) for start in range(0, self.lives, BLOCK)])
        await asyncio.gather(*(self._work(blocks) for _ in range(CONNECTIONS)))

    async def _work(self, blocks: Iterator[range]) -> None:
        async with self.store.pool.acquire() as connection:
            await connection.execute("SET synchronous_commit = off")
            for block in blocks:
                for which, kind in enumerate(self.moulds):
                    await self._put(connection, kind, [place for place in block if _habit(place) == which])
                self.done += len(block)
                if self.done % (BLOCK * 50) == 0:
                    self.say(f"  {self.done:,} lives copied ({self.done / (time.monotonic() - self.begun):,.0f} a second)")
            await connection.execute("RESET synchronous_commit")

    async def _put(self, connection: Any, kind: Mould, places: list[int]) -> None:
        if not places:
            return
        texts = list(zip(*(self._life(kind, place) for place in places), strict=True))
        for table, parts in zip(kind.tables, texts, strict=True):
            source = BytesIO("".join(parts).encode())
            await connection.copy_to_table(table.name, source=source, columns=table.columns, schema_name=SCHEMA)

    def _life(self, kind: Mould, place: int) -> list[str]:
        own = owned(place, next(self.numbers), self.luck)
        homes = [home_for(own.number), home_for(own.iccid), home_for(own.hash)]
        homes += [self.luck.randrange(HOMES) for _home in kind.homes[3:]]
        tail = mould.tail_of(place + 1)
        if place % self.every == 0 or (_habit(place) == 0 and len(self.drawn) < DRAWN_MAX):
            self.drawn.append(Customer(kind.party_of(homes[3], tail), own.number, _habit(place) == 0))
        return kind.copy(own, homes, tail)


def _habit(place: int) -> int:
    return int(place % BUSY_OF != 0)


def owned(place: int, number: str, luck: random.Random) -> Own:
    """This will make up what is a customer's own."""
    card = iccid(CARDS + place)
    name = luck.choice(FAMILY_NAMES) + luck.choice(GIVEN_NAMES) + luck.choice(GIVEN_NAMES)
    hashed = party.queries.document_hash("resident_id", document(REGION, place))
    ids = (inventory.store.numbers.row_id(number), inventory.store.sims.row_id(card))
    return Own(number, card, f"46099{CARDS + place:010}", hashed, name, *ids)


def _ordinary(start: int, patterns: Sequence[Any]) -> Iterator[str]:
    """Numbers that cost nothing beside the plan: the nice ones are sold elsewhere."""
    tier = inventory.rules.tier_of_many(patterns)
    for place in range(SPAN):
        number = str(start + place * 7919 % SPAN)
        if tier(number) == inventory.rules.tiers.ORDINARY:
            yield number


async def _stock(store: Store, free: int, profiles: int) -> None:
    async with store.edge(0) as tx:
        numbers = list(islice(_ordinary(FREE, await inventory.store.numbers.patterns(tx)), free))
    columns = ("home", "number", "id", "state", "tier", "unit", "city", "mask")
    cities = (("onehall.gd.gz", "gz"), ("onehall.gd.sz", "sz"), ("onehall.zj.hz", "hz"))
    async with store.pool.acquire() as connection:
        for start in range(0, free, 20_000):
            rows = [
                (home_for(one), one, inventory.store.numbers.row_id(one), "free", 0, *cities[place % 3], inventory.rules.tail_mask(one))
                for place, one in enumerate(numbers[start : start + 20_000])
            ]
            await connection.copy_records_to_table("number", records=rows, columns=columns, schema_name=SCHEMA)
        sims = ("home", "iccid", "id", "kind", "state", "imsi")
        cards = (iccid(PROFILES + place) for place in range(profiles))
        rows_of_cards = [
            (home_for(one), one, inventory.store.sims.row_id(one), "esim", "stock", f"46099{PROFILES + place:010}")
            for place, one in enumerate(cards)
        ]
        await connection.copy_records_to_table("sim", records=rows_of_cards, columns=sims, schema_name=SCHEMA)


async def _tidy(store: Store) -> None:
    """What a run did in each home is said anew; and PostgreSQL knows its tables, as where a house has run for a while."""
    async with store.pool.acquire() as connection:
        for sql in (_NO_PARTS, _PARTS, _RUNS):
            await connection.execute(sql, timeout=600)
        await connection.execute("VACUUM ANALYZE", timeout=3600)
        await connection.execute("CHECKPOINT", timeout=600)


async def counted(store: Store) -> tuple[dict[str, int], int]:
    """This will count the rows of every table, and the bytes of all, as PostgreSQL knows them after it was tidied."""
    async with store.pool.acquire() as connection:
        rows = await connection.fetch(
            "SELECT relname, reltuples::bigint AS rows FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r' "
            "AND reltuples > 0 ORDER BY relname", SCHEMA,
        )  # fmt: skip
        size = await connection.fetchval("SELECT pg_database_size(current_database())")
    return {row["relname"]: row["rows"] for row in rows}, size
