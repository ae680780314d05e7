"""The log on a real NATS server: killed in the middle and away for a while, nothing is lost and every key stays in order."""

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.adapters.bus.servers import Server
from tests.operate.processes import Customer, parts, until, value

pytestmark = pytest.mark.slow
# scale it up to the ten minutes of an operator's question: AWAY_SECONDS_OF_THE_BUS=600
AWAY_SECONDS = float(os.environ.get("AWAY_SECONDS_OF_THE_BUS", "6"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    opened = Server(tmp_path).start()
    yield opened
    opened.kill()


async def told(dsn: str, since: str) -> list[tuple[str, str]]:
    """Id and key of every fact since the relay began."""
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "onehall"})
    rows = await connection.fetch("SELECT id, key FROM event WHERE id > $1 ORDER BY id", since)
    await connection.close()
    return [(row["id"], row["key"]) for row in rows]


def by_key(some: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for id_, key in some:
        found.setdefault(key, []).append(id_)
    return found


def test_a_bus_that_is_killed_and_a_worker_that_is_killed_lose_nothing(demo_database: str, tmp_path: Path, server: Server) -> None:
    counters = tmp_path / "counters"
    counters.mkdir()
    with parts(tmp_path, demo_database, ONEHALL_BUS_URL=server.url, PROMETHEUS_MULTIPROC_DIR=str(counters)) as begin:
        app, first, second = begin("serve").ready(), begin("work").ready(), begin("work").ready()
        since = until(lambda: value(demo_database, "SELECT place FROM bus_relay"), "nobody relays")
        customer = Customer([app.url]).log_in()
        customer.tops_up(10)
        server.kill()
        began = time.monotonic()
        while time.monotonic() - began < AWAY_SECONDS:
            customer.tops_up(10)
        waiting = until(lambda: metric(app.url, "onehall_bus_waiting"), "nobody counts what waits")
        assert waiting > 5
        server.start()
        customer.tops_up(10)
        first.kill()
        customer.tops_up(10)
        second_alone = [customer.tops_up(10)["state"] for _time in range(3)]
        assert second_alone == ["done"] * 3
        expected = until(lambda: settled(demo_database, since, server), "the bus has not all of it", seconds=30 + AWAY_SECONDS / 2)
        assert second.process.poll() is None
        until(lambda: metric(app.url, "onehall_bus_waiting") == 0, "something waits")
    kept: list[Any] = asyncio.run(server.kept())
    ids = [one[0] for one in kept]
    assert len(ids) == len(set(ids)) and set(ids) == {id_ for id_, _key in expected}
    assert by_key([(one[0], one[2]) for one in kept]) == by_key(expected)
    assert {one[1] for one in kept} >= {"onehall.payment.received", "onehall.billing.topped_up"}


def settled(dsn: str, since: str, server: Server) -> list[tuple[str, str]] | None:
    """All facts, when the stream has as many and no work is left that would tell more."""
    time.sleep(0.5)
    facts = asyncio.run(told(dsn, since))
    return facts if len(asyncio.run(server.kept())) == len(facts) == len(asyncio.run(told(dsn, since))) else None


def metric(url: str, name: str) -> float:
    lines = httpx.get(f"{url}/metrics").text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), 0.0)
