"""`onehall bench debit`: how many debits of one bucket a second are answered over HTTP, and how long each takes."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Final

import httpx
import msgspec
import psutil
import uvloop

from onehall.bench.driver import Load, Took, drive
from onehall.bench.ground import ground, settle
from onehall.bench.rating import PLAN, SINCE
from onehall.bench.served import cpu_of, served
from onehall.domains import billing, catalogue
from onehall.domains.billing import Subscription
from onehall.kernel.identity import partners
from onehall.kernel.ids import home_for, keyed_id, new_id
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.launch.postgres import Running
from onehall.launch.say import say

NUMBER: Final = "13900000001"
HOME: Final = 7
MB: Final = 10**9
PARTNER, SECRET = "bench-ocs", "bench-secret-of-a-network-element"
WARM_SECONDS: Final = 3.0


class Measured(msgspec.Struct, frozen=True):
    """What was measured. At full speed: answers a second; at the wanted rate: how long answers took, milliseconds.

    Processor times are microseconds for one debit, at full speed: of the house, of PostgreSQL, of the driver.
    """

    connections: int
    at_most_per_second: int
    at_most_p50_ms: float
    at_most_p99_ms: float
    rate: int
    answered_per_second: int
    p50_ms: float
    p99_ms: float
    house_us: float
    postgres_us: float
    driver_us: float
    debits: int
    refused: int
    faults: int


def bench(*, rate: int = 1500, seconds: float = 10, connections: int = 48) -> None:
    """Measure how many debits of ONE bucket a second the real server answers over HTTP, PostgreSQL included.

    Parameters
    ----------
    rate
        Debits a second at which the times of answers are measured.
    seconds
        How long each of the two measurements goes on.
    connections
        Connections on which a driver in a process of its own sends, one debit each at a time.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        one = runner.run(_measure(rate, seconds, connections))
    say(
        f"At most {one.at_most_per_second:,} debits a second (p50 {one.at_most_p50_ms:.1f} ms, p99 {one.at_most_p99_ms:.1f} ms); "
        f"at {one.rate:,} a second {one.answered_per_second:,} were answered, p50 {one.p50_ms:.1f} ms, p99 {one.p99_ms:.1f} ms; "
        f"each took {one.house_us:.0f} us of the house, {one.postgres_us:.0f} us of PostgreSQL and {one.driver_us:.0f} us of the driver"
    )
    say(msgspec.json.encode(one).decode())


async def _measure(rate: int, seconds: float, connections: int) -> Measured:
    async with ground() as (store, running, folder):
        await _line(store)
        await settle(store)
        with served(running, folder) as (port, process):
            token = await _token(port)
            load = Load("127.0.0.1", port, token, NUMBER, 0, WARM_SECONDS, connections)
            warm = await _drive(load)
            before = _cpu(process, running)
            most = await _drive(msgspec.structs.replace(load, first=10**7, seconds=seconds))
            after = _cpu(process, running)
            paced = await _drive(msgspec.structs.replace(load, first=2 * 10**7, seconds=seconds, rate=rate))
        return await _checked(store, [warm, most, paced], (after[0] - before[0], after[1] - before[1]), connections, rate)


async def _drive(load: Load) -> Took:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, drive, load)


async def _checked(store: Store, took: list[Took], cpu: tuple[float, float], connections: int, rate: int) -> Measured:
    _warm, most, paced = took
    done, refused = (sum(one.statuses.get(200, 0) for one in took), sum(sum(one.statuses.values()) for one in took))
    async with store.edge(HOME) as tx:
        [row] = await tx.read("SELECT used FROM bucket WHERE home = $1", HOME)
        faults = len(await billing.queries.ledger_faults(tx)) + int(int(row["used"]) != done)
    count = max(1, sum(most.statuses.values()))
    return Measured(
        connections, int(most.per_second), most.percentile(50), most.percentile(99), rate, int(paced.per_second), paced.percentile(50),
        paced.percentile(99), cpu[0] / count * 1e6, cpu[1] / count * 1e6, most.cpu / count * 1e6, done, refused - done, faults,
    )  # fmt: skip


async def _line(store: Store) -> None:
    """One account, one line, one bucket that outlasts the measurement, and a partner that may charge it."""
    price = {
        "name": "Data", "priceType": "usage", "price": {"unit": "CNY", "value": 0.1}, "unitOfMeasure": {"amount": 1, "units": "data_mb"},
        "tariff": {"step": "1", "tiers": [{"amount": "10"}]},
    }  # fmt: skip
    said = {"kind": "plan", "data_mb": MB}
    traits = [{"name": name, "productSpecCharacteristicValue": [{"value": value}]} for name, value in said.items()]
    fee = {"name": "fee", "priceType": "recurring", "recurringChargePeriodType": "month", "price": {"unit": "CNY", "value": 30}}
    doc = {"name": "Bench", "lifecycleStatus": "Retired", "prodSpecCharValueUse": traits, "productOfferingPrice": [fee, price]}
    async with store.edge(0) as tx:
        await catalogue.actions.put(tx, PLAN, doc)
        await partners.add(tx, PARTNER, "Bench", secret=SECRET)
    account = await store.run(HOME, _open)
    await store.run(home_for(NUMBER), lambda tx: billing.actions.point(tx, NUMBER, account, None))


async def _open(tx: Tx) -> str:
    account = await billing.actions.open_account(tx, new_id(HOME, tx.now), line="bench-line")
    plan = await catalogue.queries.known(tx, PLAN)
    one = Subscription(
        keyed_id(HOME, EPOCH, "bench"), account.id, "bench-line", NUMBER, "bench-line", "plan", plan.id, plan.price_id,
        msgspec.to_builtins(plan.name), 0, "CNY", SINCE, None,
    )  # fmt: skip
    await billing.actions.subscribe(tx, one)
    return account.id


async def _token(port: int) -> str:
    form: dict[str, Any] = {"grant_type": "client_credentials", "client_id": PARTNER, "client_secret": SECRET}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.post("/oauth/token", data=form)
        answer.raise_for_status()
        return str(answer.json()["access_token"])


def _cpu(process: psutil.Process, running: Running) -> tuple[float, float]:
    """Processor seconds of the server, and of PostgreSQL with all its processes."""
    return cpu_of(process), cpu_of(psutil.Process(running.entry.pid))
