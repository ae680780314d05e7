"""What is done to the house. Each fault is begun in the midst of load, held for a while, and lifted; only our own processes are touched."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import asyncpg
import msgspec

from onehall.chaos import house as houses
from onehall.chaos.house import House, Marked
from onehall.chaos.people import Crowd
from onehall.kernel.ids import new_id

SKEW_SECONDS: Final = 300
DISK_MB: Final = 400
TEN_MINUTES: Final = 600
TAKEN: Final = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
OUT_OF_REACH: Final = 1_000_000
Lift = Callable[[], Awaitable[None]]


class Scene(msgspec.Struct):
    """Where a fault happens."""

    house: House
    crowd: Crowd
    rng: random.Random
    seconds: float
    kept: list[Any] = []


class Fault(msgspec.Struct, frozen=True):
    """A fault: its name, what it is, `begin`, which gives what lifts it, and the kinds of work that may be given up because of it."""

    name: str
    what: str
    begin: Callable[[Scene], Awaitable[Lift]]
    explains: frozenset[str] = frozenset()
    disk_mb: int = 0


async def _nothing() -> None:
    """It mends itself."""


def _kill(command: str) -> Callable[[Scene], Awaitable[Lift]]:
    """Killed again and again while it lasts: the first time may hit an idle moment."""

    async def begin(scene: Scene) -> Lift:
        async def killing() -> None:
            while True:
                found = scene.house.members(command)
                if found:
                    scene.rng.choice(found).send(signal.SIGKILL)
                await asyncio.sleep(scene.rng.uniform(1.5, 3.5))

        return _until_lifted(killing())

    return begin


def _pause(members: Callable[[House], list[Marked]]) -> Callable[[Scene], Awaitable[Lift]]:
    async def begin(scene: Scene) -> Lift:
        paused = scene.rng.choice(members(scene.house))
        paused.send(signal.SIGSTOP)

        async def lift() -> None:
            paused.send(signal.SIGCONT)

        return lift

    return begin


def _switch(adapter: str, hours: bool = False, **values: Any) -> Callable[[Scene], Awaitable[Lift]]:
    """`hours`: the clock is moved on while it lasts, so that every try is made and fails."""

    async def begin(scene: Scene) -> Lift:
        await scene.house.switch(adapter, **values)

        async def passing() -> None:
            while True:
                await scene.house.move_clock(TEN_MINUTES)

        stop = _until_lifted(passing()) if hours else _nothing

        async def lift() -> None:
            await stop()
            await scene.house.switch(adapter, **dict.fromkeys(values))

        return lift

    return begin


def _until_lifted(doing: Any) -> Lift:
    task = asyncio.create_task(doing)

    async def lift() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return lift


async def _kill_database(scene: Scene) -> Lift:
    """Every process of it, as when a machine loses its power."""
    master = scene.house.postmaster()
    children = [houses.mark(child) for child in (master.alive.children() if master.alive else [])]
    for one in (master, *children):
        one.send(signal.SIGKILL)
    return scene.house.revive_database


async def _pause_database(scene: Scene) -> Lift:
    master = scene.house.postmaster()
    paused = [master, *[houses.mark(child) for child in (master.alive.children() if master.alive else [])]]
    for one in paused:
        one.send(signal.SIGSTOP)

    async def lift() -> None:
        for one in reversed(paused):
            one.send(signal.SIGCONT)

    return lift


async def _late_notices(scene: Scene) -> Lift:
    """A notice leaves the bank five seconds after the payment, and meanwhile the clock goes on by ten minutes."""
    await scene.house.switch("payment", delay_ms=5000)

    async def passing() -> None:
        while True:
            await asyncio.sleep(2.5)
            await scene.house.move_clock(TEN_MINUTES)

    stop = _until_lifted(passing())

    async def lift() -> None:
        await stop()
        await scene.house.switch("payment", delay_ms=None)

    return lift


async def _fill_disk(scene: Scene) -> Lift:
    filler = scene.house.running.place.parent / "filler"
    stop = _until_lifted(asyncio.to_thread(_write_until_full, str(filler)))
    await asyncio.sleep(0.5)

    async def lift() -> None:
        await stop()
        filler.unlink(missing_ok=True)
        await asyncio.sleep(2)  # a server that fell over its full disk starts again by itself, if it can
        if scene.house.postmaster_gone():
            await scene.house.revive_database()

    return lift


def _write_until_full(path: str) -> None:
    handle = os.open(path, os.O_CREAT | os.O_WRONLY)
    for size in (1 << 20, 1 << 13, 1 << 12):
        with suppress(OSError):
            while True:
                os.write(handle, b"\0" * size)
    os.close(handle)


def _beside(module: str, *words: str) -> Callable[[Scene], Awaitable[Lift]]:
    """Another app process and another worker on the same database; half of the crowd goes there."""

    async def begin(scene: Scene) -> Lift:
        port = houses.free_port()
        app = scene.house.start(module, *words, "serve", port=port)
        worker = scene.house.start(module, *words, "work", port=port)
        url = f"http://127.0.0.1:{port}"
        await houses.serving(url, scene.house.log, scene.house.started[-2])
        scene.crowd.urls = [scene.house.url, url]

        async def lift() -> None:
            scene.crowd.urls = [scene.house.url]
            for one in (app, worker):
                one.send(signal.SIGTERM)

        return lift

    return begin


async def _deaf_subscriber(scene: Scene) -> Lift:
    """A listener of order and payment events that takes the call and never answers; then it hears again."""
    deaf = True

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            while await reader.read(65536):
                if not deaf:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(reader.read(65536), 0.1)  # the body comes after the head
                    writer.write(TAKEN)
                    break
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with scene.house.store.edge(0) as tx:
        for api in ("productOrderingManagement", "payment"):
            sql = "INSERT INTO hub (id, api, callback, query, owner, secret, at) VALUES ($1, $2, $3, '', 'chaos', 'chaos', $4)"
            await tx.write(sql, new_id(0, tx.now), api, f"http://127.0.0.1:{port}/", tx.now)

    async def lift() -> None:
        nonlocal deaf
        deaf = False
        scene.kept.append(server)  # it listens as long as the house stands

    return lift


async def _use_up_connections(scene: Scene) -> Lift:
    """Strangers take every connection that the database has, and half of ours are cut."""
    taken: list[Any] = []
    beside = await houses.connection(scene.house.dsn)

    async def taking() -> None:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'onehall' AND pid % 2 = 0"
        while True:
            await beside.execute(cut)
            with suppress(asyncpg.PostgresError, OSError):
                while True:
                    taken.append(await houses.connection(scene.house.dsn))
            await asyncio.sleep(1)

    stop = _until_lifted(taking())

    async def lift() -> None:
        await stop()
        for one in (*taken, beside):
            one.terminate()

    return lift


NOTICES: Final = frozenset({"resources.notify"})
FAULTS: Final[dict[str, Fault]] = {
    fault.name: fault
    for fault in (
        Fault("worker_killed", "kill -9 of the worker, every few seconds", _kill("work")),
        Fault("app_killed", "kill -9 of an app process, every few seconds", _kill("serve")),
        Fault("database_killed", "kill -9 of PostgreSQL and its children; started again on the same data", _kill_database),
        Fault("worker_paused", "SIGSTOP of the worker", _pause(lambda house: house.members("work"))),
        Fault("app_paused", "SIGSTOP of an app process", _pause(lambda house: house.members("serve"))),
        Fault("database_paused", "SIGSTOP of PostgreSQL and its children", _pause_database),
        Fault("bank_down", "the payment provider is out of reach", _switch("payment", down=True)),
        Fault(
            "bank_down_for_hours", "the payment provider is out of reach until every try is used up (the clock is moved)",
            _switch("payment", hours=True, down=True), frozenset({"payment.checkout", "payment.look", "payment.close", "payment.refund"}),
        ),
        Fault("bank_slow", "the payment provider answers after three seconds", _switch("payment", slow_ms=3000)),
        Fault("notices_doubled", "each notice of a payment comes twice", _switch("payment", doubled=True)),
        Fault("notices_reordered", "notices of payments come in the wrong order", _switch("payment", reordered=True)),
        Fault("notices_late", "notices come ten minutes late and more (5 s, while the clock is moved)", _late_notices),
        Fault("notices_lost", "notices never come; the bank is asked when the time is over", _switch("payment", lost=True)),
        Fault("network_down", "the network is out of reach", _switch("network", later=OUT_OF_REACH)),
        Fault(
            "network_down_for_hours", "the network is out of reach until every try is used up (the clock is moved)",
            _switch("network", hours=True, later=OUT_OF_REACH),
            frozenset({"step.activate", "step.provision", "step.deactivate", "network.set"}),
        ),
        Fault("sim_writer_down", "the SIM writer is out of reach", _switch("sim_writer", later=OUT_OF_REACH)),
        Fault(
            "sim_writer_down_for_hours", "the SIM writer is out of reach until every try is used up (the clock is moved)",
            _switch("sim_writer", hours=True, later=OUT_OF_REACH), frozenset({"fulfilment.write_sim"}),
        ),
        Fault("identity_check_down", "the identity check is out of reach", _switch("identity_check", later=OUT_OF_REACH)),
        Fault("disk_full", f"the disk of the database is full ({DISK_MB} MB of memory as a disk)", _fill_disk, disk_mb=DISK_MB),
        Fault(
            "clocks_apart", "another app process and worker on the same database, five minutes ahead",
            _beside("onehall.chaos.skewed", str(SKEW_SECONDS)),
        ),
        Fault(
            "clocks_behind", "another app process and worker on the same database, five minutes behind",
            _beside("onehall.chaos.skewed", str(-SKEW_SECONDS)),
        ),
        Fault("two_servers", "two servers with a worker each on one database", _beside("onehall.cli")),
        Fault("deaf_subscriber", "a subscriber of order events takes the call and never answers", _deaf_subscriber, NOTICES),
        Fault("connections_used_up", "every connection of the database is taken, and half of ours are cut", _use_up_connections),
    )
}  # fmt: skip
