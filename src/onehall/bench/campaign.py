"""`onehall bench campaign`: a campaign for very many, while some of them write TD: what comes after a stop, and what of service is lost."""

import asyncio
import random
import time
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import uvloop

from onehall import app
from onehall.bench.audience import Customer, customer, settle
from onehall.bench.ground import ground
from onehall.bench.ground import settle as vacuum
from onehall.channels import sms
from onehall.domains import engage
from onehall.kernel.clock import MovableClock
from onehall.kernel.i18n import LANGUAGES, ZONE
from onehall.kernel.ids import HOMES, home_for
from onehall.kernel.settings import read
from onehall.kernel.store import Store
from onehall.launch.say import say

TEXTS: Final = {"en": "Ten gigabytes for ten yuan.", "zh-CN": "十元十个G。"}
SERVICE: Final = "Your top-up of 50 yuan has arrived."
_AFTER: Final = """-- fan-out: a measurement
SELECT count(*)::int AS count FROM campaign_contact c JOIN consent n ON n.home = c.home AND n.party = c.party
WHERE NOT n.allowed AND n.purpose = 'marketing' AND n.at <= c.at AND c.state <> 'suppressed'"""
_DONE: Final = "SELECT count(*) AS done FROM campaign_contact WHERE campaign = $1 -- fan-out: a measurement"
LOOK_SECONDS, SAID_SECONDS = 0.5, 15.0
STILL_SECONDS_MAX: Final = 120.0


class Measured(msgspec.Struct, frozen=True):
    """What was measured; `after_ms`: the latest that marketing reached a phone after its stop, None when none did."""

    customers: int
    sent: int
    suppressed: int
    withdrawn: int
    seconds: float
    per_second: int
    stops: int
    stops_late: int
    after_stamp: int
    after_ms: float | None
    stop_ms_p95: float
    service: int
    service_lost: int
    service_ms_p95: float
    log_fits: bool


class Centre:
    """A message centre that keeps when it was given what; marketing only for those who will stop."""

    def __init__(self, store: Store, watched: set[str]) -> None:
        self.store, self.watched = store, watched
        self.marketing: dict[str, datetime] = {}
        self.service: dict[str, datetime] = {}

    async def send(self, to: str, text: str, key: str) -> None:
        """This will take a message."""
        if text.startswith(SERVICE):
            self.service[text] = self.store.clock.now()
        elif to in self.watched and text.startswith(tuple(TEXTS.values())):
            self.marketing.setdefault(to, self.store.clock.now())


def bench(*, customers: int = 20_000, stops: int = 500, services: int = 500, homes: int = HOMES, seed: int = 1) -> None:
    """Send a campaign to very many customers while some of them stop marketing by SMS and others get messages about their service.

    Parameters
    ----------
    customers
        Customers, all of whom allow marketing.
    stops
        How many of them write TD, spread over the time in which the campaign runs.
    services
        Messages about a service that are left to be sent meanwhile.
    homes
        Homes that the customers live in: a home is done in steps of 250, so that few customers in each cost more.
    seed
        What is drawn by: who stops, and when.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        measured = runner.run(_measure(customers, min(stops, customers // 4), services, homes, random.Random(seed)))
    after = "none" if measured.after_ms is None else f"the latest {measured.after_ms:.0f} ms after it, on its way when it came"
    say(
        f"{measured.sent:,} sent and {measured.suppressed:,} not in {measured.seconds:.1f} s: {measured.per_second:,} customers a second. "
        f"{measured.stops:,} stopped meanwhile: {measured.after_stamp} stamped after the stop; reached a phone after the stop: {after}. "
        f"{measured.service:,} messages about a service, {measured.service_lost} lost"
    )
    say(msgspec.json.encode(measured).decode())


async def _measure(customers: int, stops: int, services: int, homes: int, luck: random.Random) -> Measured:
    clock = MovableClock()
    local = clock.now().astimezone(ZONE)
    clock.move((local.replace(hour=8, minute=30, second=0) + timedelta(days=1)) - local)  # the longest time until it is quiet
    async with ground(fill=lambda store: settle(store, customers, homes)) as (store, running, folder):
        await vacuum(store)
        rules = msgspec.structs.replace(read(), database_url=running.dsn, home=str(folder), sms_per_minute=1_000)
        house = app.House(rules, clock)
        chosen = [customer(place, homes) for place in luck.sample(range(customers), stops)]
        centre = house.world.sms = Centre(house.store, {one.phone for one in chosen})
        await house.open()
        try:
            return await _run(house, centre, chosen, customers, services)
        finally:
            await house.close()


async def _run(house: app.House, centre: Centre, chosen: list[Customer], customers: int, services: int) -> Measured:
    async def begin(tx: Any) -> engage.Campaign:
        made = await engage.actions.make(tx, "Bench", TEXTS, ("sms",), engage.Audience())
        return await engage.actions.move(tx, made.id, "running")

    one, began = await house.store.run(0, begin), time.monotonic()
    progress = Progress(house, one, customers)
    _done, took, asked = await asyncio.gather(progress.watch(), _stop(house, chosen, progress), _serve(house, services, progress))
    seconds = progress.ended - began
    await _still(house, centre, asked)
    async with house.store.edge(0) as tx:
        found = await engage.queries.figures(tx, one)
        rows = await tx.read(
            "-- fan-out: a measurement\nSELECT party, max(at) AS at FROM consent WHERE NOT allowed AND purpose = 'marketing' GROUP BY party"
        )
        [stamped] = await tx.read(_AFTER)
    stopped = {row["party"]: row["at"] for row in rows}
    late = [centre.marketing[each.phone] - stopped[each.party] for each in chosen
            if each.phone in centre.marketing and centre.marketing[each.phone] > stopped[each.party]]
    waits = sorted((centre.service[text] - at).total_seconds() * 1000 for text, at in asked.items() if text in centre.service)
    return Measured(
        customers, found.sent, found.of("suppressed"), found.of("withdrawn"), round(seconds, 1),
        round((found.sent + found.of("suppressed")) / seconds), len(stopped), len(chosen) - len(stopped),
        stamped["count"],
        round(max(late).total_seconds() * 1000, 1) if late else None, _p95(took), len(asked), len(asked) - len(waits), _p95(waits),
        found.fits,
    )  # fmt: skip


class Progress:
    """How far a campaign is: `share` of its customers, and `ended` once it is."""

    def __init__(self, house: app.House, one: engage.Campaign, customers: int) -> None:
        self.house, self.one, self.customers = house, one, customers
        self.share, self.ended = 0.0, 0.0

    async def watch(self) -> None:
        """This will look until the campaign is done, and say how far it is now and then."""
        told = time.monotonic()
        while not self.ended:
            await asyncio.sleep(LOOK_SECONDS)
            async with self.house.store.edge(0) as tx:
                state = (await engage.queries.campaign(tx, self.one.id)).state
                [row] = await tx.read(_DONE, self.one.id)
            self.share = row["done"] / self.customers
            if state == "done":
                self.ended = time.monotonic()
            if time.monotonic() - told > SAID_SECONDS:
                told = time.monotonic()
                say(f"{row['done']:,} of {self.customers:,}")

    async def reach(self, share: float) -> None:
        """This will wait until the campaign is so far, or done."""
        while self.share < share and not self.ended:
            await asyncio.sleep(0.02)


async def _stop(house: app.House, chosen: list[Customer], progress: Progress) -> list[float]:
    """Each writes TD at their share of the campaign; gives how long the answers took, in milliseconds."""
    took = []
    for place, one in enumerate(chosen):
        await progress.reach(place / len(chosen) * 0.98)
        began = time.monotonic()
        await sms.heard(house.hall, one.phone, f"stop-{one.phone}", "TD")
        took.append((time.monotonic() - began) * 1000)
    return took


async def _serve(house: app.House, count: int, progress: Progress) -> dict[str, datetime]:
    """Messages about a service are left at their share of the campaign; gives when, by their text."""
    asked = {}
    for place in range(count):
        await progress.reach(place / count * 0.98)
        phone, text = customer(place).phone, f"{SERVICE} No. {place}"
        asked[text] = house.store.clock.now()
        async with house.store.edge(home_for(phone)) as tx:
            tx.later("sms.send", {"to": phone, "text": text, "language": LANGUAGES[0]})
    return asked


async def _still(house: app.House, centre: Centre, asked: dict[str, datetime]) -> None:
    deadline = time.monotonic() + STILL_SECONDS_MAX
    while time.monotonic() < deadline and len(centre.service) < len(asked):
        await asyncio.sleep(LOOK_SECONDS)


def _p95(values: list[float]) -> float:
    ordered = sorted(values)
    return round(ordered[int(len(ordered) * 0.95)], 1) if ordered else 0.0


