"""A load that is killed, at any moment and however often, and begun again comes to what an unbroken one comes to."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onehall.domains.billing.actions import intake
from onehall.kernel.store import Store
from tests.billing.using import file, line, load, plan, rows, totals
from tests.ground import database as databases

LINES, RECORDS, KILLS, BLOCK = 24, 4_000, 20, 9_000
NEVER = (datetime.min.replace(tzinfo=UTC), 0)
PROGRAM = """
import asyncio, os, sys
from pathlib import Path
from onehall.kernel.store import Store
from onehall.loaders.usage import load_usage

async def work():
    store = await Store(sys.argv[1], pool_size=6).open()
    await load_usage(store, Path(sys.argv[2]), lambda line: None, block_bytes=int(sys.argv[3]))
    await store.close()

for _line in sys.stdin:  # what is read once need not be read twenty times: each turn is a fork
    pid = os.fork()
    if pid == 0:
        asyncio.run(work())
        os._exit(0)
    print(pid, flush=True)
    print(os.waitpid(pid, 0)[1], flush=True)
"""


def _records(luck: random.Random) -> list[str]:
    """Three kinds, shuffled in time; some told twice, some corrected, some for nobody, some that cannot be read."""
    found, again = [], []
    for place in range(RECORDS):
        kind, amount = luck.choice((("data_mb", f"{luck.uniform(0, 3):.3f}"), ("voice_min", f"{luck.uniform(0, 4):.2f}"), ("sms", "1")))
        number = f"139000001{luck.randrange(LINES):02}" if luck.random() > 0.01 else "13999999999"
        at = f"2026-0{luck.randrange(1, 4)}-{luck.randrange(1, 29):02}T{luck.randrange(24):02}:00:00"
        found.append(f"{place},{number},{kind},{amount},{at},0")
        if luck.random() < 0.03:
            again.append(f"{place},{number},{kind},{amount if luck.random() < 0.5 else '2'},{at},{luck.randrange(2)}")
        if luck.random() < 0.005:
            found.append(f"bad,{number},{kind},much,{at},0")
    return found + again


class Loading:
    """A process that loads one file again and again, each time in a process that can be killed."""

    def __init__(self, dsn: str, path: Path) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", PROGRAM, dsn, str(path), str(BLOCK)]
        self.running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def begin(self) -> int:
        """This will begin a load; gives its process."""
        assert self.running.stdin and self.running.stdout
        self.running.stdin.write("go\n")
        self.running.stdin.flush()
        return int(self.running.stdout.readline())

    def ended(self) -> int:
        """This will wait for the end of a load; gives 0 when it was done, 9 when it was killed."""
        assert self.running.stdout
        return int(self.running.stdout.readline())

    def kill(self, pid: int) -> int:
        """This will kill a load, unless it was done before; gives how it ended."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return self.ended()

    def end(self) -> None:
        """This will end the process."""
        self.running.kill()
        self.running.communicate()


async def _read(store: Store) -> tuple[datetime, int]:
    """When the reading of the file began, and how many lines were read: a file that was done is read anew from its beginning."""
    found = await rows(store, "SELECT started, lines FROM usage_file")
    return (found[0][0], int(found[0][1])) if found else NEVER


async def _read_on(store: Store, before: tuple[datetime, int]) -> None:
    async with asyncio.timeout(60):
        while await _read(store) <= before and await rows(store, "SELECT status FROM usage_file") != [("done",)]:
            await asyncio.sleep(0.005)


async def _lines(store: Store) -> None:
    offering = await plan(store)
    for place in range(LINES):
        await line(store, f"139000001{place:02}", offering)


@pytest.mark.slow
async def test_twenty_kills_lose_and_double_nothing(store: Store, plain_template: str, tmp_path: Path) -> None:
    luck = random.Random(20)
    path = file(tmp_path, *_records(luck), head="record,number,kind,amount,at,version")
    await _lines(store)
    unbroken = await load(store, path, block_bytes=BLOCK)
    expected, waiting = await totals(store), await rows(store, "SELECT count(*) FROM usage_waiting")
    assert unbroken.counts.added > 3_900 and unbroken.counts.corrected > 10 and unbroken.refused > 10 and waiting[0][0] > 10
    name = f"t_killed_{os.getpid()}"
    loading = None
    dsn = await asyncio.to_thread(databases.clone, plain_template, name)
    broken = await Store(dsn, pool_size=4).open()
    try:
        await _lines(broken)
        loading = Loading(dsn, path)
        kills, longest, places = 0, max(0.05, unbroken.seconds / 10), [NEVER]
        while kills < KILLS:
            pid = loading.begin()
            if kills % 4 == 3:  # on a slow machine, too, some of it is done between the first kill and the last
                await _read_on(broken, places[-1])
            await asyncio.sleep(luck.uniform(0.02, longest))
            if loading.kill(pid) == signal.SIGKILL:
                kills += 1
            else:  # on a quick one the file was done before
                longest /= 2
            places.append(await _read(broken))
        assert places == sorted(places) and len(set(places)) > 1
        loading.begin()
        assert loading.ended() == 0
        assert await totals(broken) == expected
        assert await rows(broken, "SELECT count(*) FROM usage_waiting") == waiting
        assert await rows(broken, "SELECT lines, refused, status FROM usage_file") == [(unbroken.lines, unbroken.refused, "done")]
        assert await rows(broken, "SELECT count(*) FROM usage_refused") == [(unbroken.refused,)]
    finally:
        await broken.close()
        if loading:
            loading.end()
        await asyncio.to_thread(databases.drop, name)


async def test_late_words_of_a_killed_load_do_not_set_a_file_back(store: Store, tmp_path: Path) -> None:
    await _lines(store)
    path = file(tmp_path, *_records(random.Random(20))[:100], head="record,number,kind,amount,at,version")
    await load(store, path)
    [(id_, place)] = await rows(store, "SELECT id, place FROM usage_file")
    before = await rows(store, "SELECT * FROM usage_file")
    await intake.note_file(store, id_, intake.Taken(1, 0, 0, 0, {}), 1, 0, (), place // 2)
    assert await rows(store, "SELECT * FROM usage_file") == before
