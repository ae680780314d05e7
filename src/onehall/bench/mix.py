"""`onehall bench`: how many services a second the house holds in a mix of all kinds, how quick, and what each costs on which side."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import msgspec
import uvloop
from msgspec import structs

from onehall.bench import lives, place, year
from onehall.bench.ground import ground
from onehall.bench.lives import Filled
from onehall.bench.place import Place, Run
from onehall.bench.served import SECRET, served
from onehall.bench.tables import tell
from onehall.bench.verify import books
from onehall.kernel import settings
from onehall.kernel.store import Store
from onehall.launch.say import say
from onehall.launch.trouble import Trouble
from onehall.traffic import MIX

LINES: Final = 1_000_000  # at scale 1
STOCK_MIN: Final = 20_000  # free numbers, and eSIM profiles: enough to buy of, however small the rest is
WARM_SECONDS, STEP_SECONDS, ALONE_SECONDS = 4.0, 8.0, 8.0
FIRST_RATE, RATE_MIN = 30.0, 4.0
STEP_UP, STEP_DOWN = 1.5, 0.9
HALVINGS, TRIES = 2, 4
ALONE: Final = {"top-up": 15.0, "pack": 15.0, "plan change": 10.0, "new line": 5.0}  # services a second of a kind alone; others ALONE_RATE
ALONE_RATE: Final = 60.0
GROWTH: Final = 10


class Measured(msgspec.Struct):
    """What was measured at one size: the ground, the mix, and each kind alone."""

    filled: Filled
    mix: Run | None
    alone: dict[str, Run]


class Wish(msgspec.Struct, frozen=True):
    """What is to be measured."""

    scale: float
    rate: float
    seconds: float
    processes: int
    only: str
    alone: bool
    p99_ms: float
    seed: int
    connections: int
    stock: int = STOCK_MIN

    @property
    def shares(self) -> dict[str, int]:
        """This will give the kinds with their shares."""
        return {self.only: 1} if self.only else MIX


def bench(
    *, scale: float = 0.01, rate: float = 0, seconds: float = 60, processes: int = 1, only: str = "", grow: bool = False,
    kinds: bool = True, p99: float = 50, seed: int = 1, connections: int = 64, json: Path | None = None,
) -> None:
    """Measure how many services a second the real server holds over HTTP, on many customers with a year of history.

    Parameters
    ----------
    scale
        1 is a million customers' lines, a million further numbers and a year of history: 65 GB, made in a quarter of an hour.
    rate
        Services a second; 0 to look for the highest that is held.
    seconds
        How long the mix goes on.
    processes
        App processes behind the one port; with more than one, a worker process too.
    only
        One kind alone, as "new line".
    grow
        Measure again with ten times the data, and say what each service costs then.
    kinds
        Measure each kind alone after the mix, to say what each costs.
    p99
        Milliseconds within which 99 of 100 answers must come for a rate to be held.
    seed
        Whom luck draws.
    connections
        Connections of the crowd.
    json
        Where to write all figures.
    """
    if only and only not in MIX:
        raise Trouble(f"{only!r} is no kind of service; there are: {', '.join(MIX)}")
    _measure_and_tell(Wish(scale, rate, seconds, processes, only, kinds, p99, seed, connections), grow, json)


def _measure_and_tell(wish: Wish, grow: bool, json: Path | None) -> None:
    sizes = _sizes(wish, grow)
    tell(sizes)
    written = msgspec.json.encode(sizes)
    if json:
        json.write_bytes(written)
    else:
        say(written.decode())
    if wrong := [line for one in sizes for line in faults(one)]:
        raise Trouble("The run was wrong, so it has no rate: " + "; ".join(wrong[:5]))


def _sizes(wish: Wish, grow: bool) -> list[Measured]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sizes = [runner.run(measure(wish))]
        if grow:
            rate = sizes[0].mix.rate if sizes[0].mix else 0
            sizes.append(runner.run(measure(structs.replace(wish, scale=wish.scale * GROWTH, rate=rate))))
        return sizes


async def measure(wish: Wish) -> Measured:
    """This will make the ground, start the house, and measure."""
    settings.install(structs.replace(settings.read(), secret=SECRET))
    filled: list[Filled] = []
    count = max(1, round(wish.scale * LINES))

    async def fill(store: Store) -> None:
        filled.append(await lives.fill(store, SECRET, count, max(count, wish.stock), max(count // 10, wish.stock), say, wish.seed))

    async with ground(4, fill) as (store, running, folder):
        with served(running, folder, ONEHALL_PROCESSES=str(wish.processes)) as (port, server):
            now = datetime.now(UTC)
            crowd = [(one.number, year.token(one.party, now)) for one in filled[0].drawn]
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as drivers:
                here = Place(store, running, port, server, crowd, drivers, f"b{wish.seed}", wish.connections)
                found = await _measured(here, wish, structs.replace(filled[0], drawn=[]))
        if found.mix:
            found.mix.wrong += await books(store)
    return found


async def _measured(here: Place, wish: Wish, filled: Filled) -> Measured:
    await place.run(here, "warm", wish.shares, wish.rate / 3 or FIRST_RATE, WARM_SECONDS)
    rate = wish.rate or await search(here, wish)
    mix = await place.run(here, "mix", wish.shares, rate, wish.seconds)
    for _try in range(TRIES):
        if wish.rate or mix.held(wish.p99_ms):
            break
        say(f"  {rate:.0f} a second were not held for {wish.seconds:.0f} s: p99 {mix.all.answers.p99:.1f} ms {'; '.join(mix.wrong[:2])}")
        rate *= STEP_DOWN
        mix = await place.run(here, "mix", wish.shares, rate, wish.seconds)
    alone: dict[str, Run] = {}
    for kind in MIX if wish.alone and not wish.only else ():
        alone[kind] = await place.run(here, "alone", {kind: 1}, ALONE.get(kind, ALONE_RATE), ALONE_SECONDS)
    return Measured(filled, mix, alone)


async def search(here: Place, wish: Wish) -> float:
    """This will look for the highest rate that is held: up by steps, then halving what lies between."""
    good, bad, rate = 0.0, 0.0, FIRST_RATE
    while not bad or good == 0.0:
        good, bad = await _step(here, wish, rate, good, bad)
        rate = rate * STEP_UP if not bad else rate / 2
        if rate < RATE_MIN:
            raise Trouble(f"Not even {rate * 2:.0f} services a second are held; is the machine busy? --rate measures one rate")
    for _halving in range(HALVINGS):
        good, bad = await _step(here, wish, (good + bad) / 2, good, bad)
    return good


async def _step(here: Place, wish: Wish, rate: float, good: float, bad: float) -> tuple[float, float]:
    """A rate that is not held is tried once more: the machine may have been busy with something else."""
    for _try in range(2):
        found = await place.run(here, "step", wish.shares, rate, STEP_SECONDS)
        held = found.held(wish.p99_ms)
        say(
            f"  {rate:,.0f} a second: p50 {found.all.answers.p50:.1f} ms, p99 {found.all.answers.p99:.1f} ms, "
            f"{'held' if held else 'not held'}, {found.others:.0%} of the machine with others {'; '.join(found.wrong[:2])}"
        )
        if held:
            return rate, bad
    return good, rate


def faults(measured: Measured) -> list[str]:
    """This will give what was wrong in any of the runs."""
    runs = ([measured.mix] if measured.mix else []) + list(measured.alone.values())
    return [line for run in runs for line in run.wrong]
