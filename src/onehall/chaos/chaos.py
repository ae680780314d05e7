"""Fault after fault: calm, the fault in the midst of load, recovery, quiet, and then the checker's word."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import httpx
import msgspec

from onehall.chaos import checker
from onehall.chaos.faults import FAULTS, Fault, Scene
from onehall.chaos.house import House, standing
from onehall.chaos.people import TOPPED_UP, Crowd, Tally
from onehall.kernel.refusals import Refusal
from onehall.launch.trouble import Trouble

CALM_SECONDS: Final = 3.0  # before a fault, and after it
RECOVERY_SECONDS_MAX: Final = 90.0
LEAVING: Final = ((20, 700), (10, 700), (10, 700), (30, 0))  # so long people are waited for; then the clock goes on by so much
QUIET_SECONDS_MAX: Final = 120.0
BEHIND_SECONDS_MAX: Final = 3.0
MOVES: Final = (4600, 700)  # past the end of payments and every lease; past the longest wait between tries
KEPT_WORD: Final = "what_was_told_is_true"
Say = Callable[[str], None]


class Day(msgspec.Struct, frozen=True):
    """How it is done: the luck, how long each fault is held, how many people come in a second, how long all is calm around it."""

    seed: int
    seconds: float
    rate: float
    calm: float
    say: Say


class Outcome(msgspec.Struct):
    """What one fault came to. `recovered`: seconds from its lifting until the house kept up again; None when it did not."""

    fault: str
    tally: Tally
    recovered: float | None = None
    quiet: bool = True
    faults: list[checker.Fault] = []
    skipped: str = ""

    @property
    def held(self) -> bool:
        """This will tell whether the house stood it."""
        return bool(self.skipped) or (self.recovered is not None and self.quiet and not self.faults and not self.tally.dishonest)


async def run(
    names: Sequence[str], *, seed: int, seconds: float, rate: float, say: Say, calm: float = CALM_SECONDS
) -> list[Outcome]:  # fmt: skip
    """This will do each fault to a house of its own making, one after the other; gives what came of each.

    :raises Trouble: no such fault, or no house can be made.
    """
    strangers = [name for name in names if name not in FAULTS]
    if strangers:
        raise Trouble(f"No such fault: {', '.join(strangers)}. There are {', '.join(FAULTS)}")
    chosen = [FAULTS[name] for name in names or FAULTS]
    day = Day(seed, seconds, rate, calm, say)
    outcomes = await _at_one_house([one for one in chosen if not one.disk_mb], 0, day)
    for one in chosen:
        if one.disk_mb:
            outcomes += await _at_one_house([one], one.disk_mb, day)
    return outcomes


async def _at_one_house(faults: list[Fault], disk_mb: int, day: Day) -> list[Outcome]:
    outcomes: list[Outcome] = []
    if not faults:
        return outcomes
    try:
        async with _crowded(day, disk_mb) as scene:
            for fault in faults:
                day.say(f"{fault.name}: {fault.what}")
                known = {one for before in outcomes for one in before.faults}
                outcomes.append(await _one(fault, scene, day))
                outcomes[-1].faults = [one for one in outcomes[-1].faults if one not in known]
                tell(outcomes[-1], day.say)
    except Trouble as no:
        if not disk_mb:
            raise
        outcomes.append(Outcome(faults[0].name, Tally(), skipped=str(no)))
    return outcomes


@asynccontextmanager
async def _crowded(day: Day, disk_mb: int) -> AsyncIterator[Scene]:
    rng = random.Random(day.seed)
    async with standing(day.seed, disk_mb) as house:
        crowd = Crowd(house, day.rate, rng)
        try:
            await crowd.move_in()
            yield Scene(house, crowd, rng, day.seconds)
        finally:
            await crowd.end()
            await crowd.close()


async def _one(fault: Fault, scene: Scene, day: Day) -> Outcome:
    crowd = scene.crowd
    crowd.tally, crowd.patience = Tally(), scene.seconds + RECOVERY_SECONDS_MAX
    outcome = Outcome(fault.name, crowd.tally)
    await crowd.log_in()
    crowd.begin()
    await asyncio.sleep(day.calm)
    lift = await fault.begin(scene)
    await asyncio.sleep(scene.seconds)
    await lift()
    outcome.recovered = await recovered(scene.house)
    await asyncio.sleep(day.calm)
    await gone(scene)
    outcome.quiet = await settle(scene.house)
    outcome.faults = [*await checker.check(scene.house.dsn, fault.explains), *await kept_word(scene)]
    await forget_given_up(scene.house, fault)
    return outcome


async def kept_word(scene: Scene) -> list[checker.Fault]:
    """What a customer was told is true: each top-up that they were told is done was credited, and none twice."""
    sql = """-- fan-out: the house of a test
             SELECT a.number, count(e.id) AS count FROM billing_account a
             LEFT JOIN entry e ON e.home = a.home AND e.account = a.id AND e.kind = 'top_up'
               AND EXISTS (SELECT 1 FROM posting p WHERE p.home = e.home AND p.entry = e.id AND p.book = 'main' AND p.minor = $2)
             WHERE a.number = ANY($1) GROUP BY a.number"""
    told, untold = scene.crowd.told, scene.crowd.untold
    async with scene.house.store.edge(0) as tx:
        rows = await tx.read(sql, [*told, *untold], TOPPED_UP)
    return [
        checker.Fault(KEPT_WORD, row["number"], f"{told[row['number']]} top-ups were told done, and {row['count']} were credited")
        for row in rows if not told[row["number"]] <= row["count"] <= told[row["number"]] + untold[row["number"]]
    ]  # fmt: skip


async def gone(scene: Scene) -> None:
    """This will wait until everybody has gone; for those who wait for what only time brings, the clock is moved."""
    for seconds, move in LEAVING:
        if await scene.crowd.stay(seconds):
            return
        await scene.house.move_clock(move)
    await scene.crowd.end()


async def recovered(house: House) -> float | None:
    """This will wait until the house answers and its workers keep up; gives the seconds that took."""
    begun = time.monotonic()
    async with httpx.AsyncClient(trust_env=False, timeout=3) as client:
        while time.monotonic() - begun < RECOVERY_SECONDS_MAX:
            try:
                well = (await client.get(f"{house.url}/healthz")).status_code == 200
                if well and (await house.owed())[1] < BEHIND_SECONDS_MAX:
                    return time.monotonic() - begun
            except (httpx.HTTPError, Refusal):
                pass  # not well yet: asked again
            await asyncio.sleep(0.2)
    return None


async def settle(house: House) -> bool:
    """This will let everything end that goes on: what is due now, then what time brings about; False when work stays undone."""
    for seconds in (0, *MOVES):
        if seconds:
            await house.move_clock(seconds)
        if not await _quiet(house):
            return False
    return True


async def _quiet(house: House) -> bool:
    """Nothing due, twice in a row."""
    deadline, calm = time.monotonic() + QUIET_SECONDS_MAX, 0
    while time.monotonic() < deadline:
        calm = calm + 1 if (await house.owed())[0] == 0 else 0
        if calm == 3:
            return True
        await asyncio.sleep(0.3)
    return False


async def forget_given_up(house: House, fault: Fault) -> None:
    """This will clear away the dead letters that a fault explains, so that the next one has only its own."""
    async with house.store.edge(0) as tx:
        sql = "DELETE FROM job WHERE state = 'dead' AND kind = ANY($1) -- fan-out: the house of a test"
        await tx.write(sql, list(fault.explains))


def tell(outcome: Outcome, say: Say) -> None:
    """This will say what came of a fault, as soon as it is over."""
    say(f"  {_told(outcome)}")
    for one in outcome.faults[:20]:
        say(f"  BROKEN {one.invariant}: {one.id}: {one.why}")


def _told(outcome: Outcome) -> str:
    tally = outcome.tally
    back = "never" if outcome.recovered is None else f"{outcome.recovered:.1f} s"
    return (
        f"{sum(tally.done.values())} services done, {sum(tally.refused.values())} refused, {tally.left} left; "
        f"answers: {tally.honest} not now, {tally.unreachable} unreachable, {tally.silent} silent, {sum(tally.dishonest.values())} wrong; "
        f"recovered in {back}{'' if outcome.quiet else '; work stayed undone'}"
    )
