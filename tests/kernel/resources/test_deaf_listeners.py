"""A listener that takes the call and never answers keeps the workers from nothing else for long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from onehall.kernel.resources import hub
from onehall.kernel.worker import Worker
from tests.kernel.resources.conftest import Api

BOOKS, AT_ONCE = 20, 4
OK = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Ear:
    """Counts who calls; answers nobody while it is deaf."""

    def __init__(self) -> None:
        self.calls = 0
        self.deaf = True

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        if not self.deaf:
            await reader.read(65536)
            writer.write(OK)
            await writer.drain()
        else:
            await reader.read(-1)
        writer.close()


@asynccontextmanager
async def _ear() -> AsyncIterator[tuple[Ear, str]]:
    ear = Ear()
    server = await asyncio.start_server(ear.hear, "127.0.0.1", 0)
    try:
        yield ear, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/heard"
    finally:
        server.close()


async def test_a_deaf_listener_is_left_alone_and_told_when_it_hears_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(hub, "DEAF_SECONDS", 2.0)
    async with _ear() as (ear, url):
        assert (await api.post("/hub", {"callback": url, "query": ""})).status_code == 201
        for place in range(BOOKS):
            await api.made("/book", {"name": f"Book {place}"})
        worker = Worker(api.store, at_once=AT_ONCE)
        await worker.drain()
        assert 1 <= ear.calls <= AT_ONCE * 4  # those that were under way together when it was first found to be deaf
        before = ear.calls
        api.store.clock.move(timedelta(seconds=3))
        await worker.drain()
        assert ear.calls == before  # it is left alone
        await asyncio.sleep(2)
        ear.deaf = False
        for _turn in range(4):
            api.store.clock.move(timedelta(minutes=1))
            await worker.drain()
        async with api.store.edge(0) as tx:
            assert await tx.read("SELECT kind, state, error FROM job WHERE kind = 'resources.notify'") == []
        assert ear.calls == before + BOOKS
