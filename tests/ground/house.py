"""The whole house on a free port, in this process: real HTTP, database and workers, and a clock that can be moved."""

import asyncio
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import uvicorn
from msgspec import structs

from onehall.kernel.clock import MovableClock
from onehall.kernel.settings import read
from onehall.kernel.store import Store
from onehall.launch.port import listen

START_SECONDS_MAX = 30


@dataclass
class House:
    """A running server: `url` to call, `clock` to move, `dsn` to look behind."""

    dsn: str
    clock: MovableClock = field(default_factory=MovableClock)
    url: str = ""

    def open(self, **changes: Any) -> "House":
        """This will start serving on a free port of the loopback and wait until it answers."""
        from onehall import app  # the only module that knows everyone; loaded by those who ask for a server

        socket = listen("127.0.0.1", 0)
        port = socket.getsockname()[1]
        ours = {"port": port, "database_url": self.dsn, "database_pool": 10}
        settings = structs.replace(read(), **(ours | changes))
        serving = app.create(settings, clock=self.clock)
        quiet = {"log_config": None, "access_log": False}
        config = uvicorn.Config(serving, lifespan="on", loop="asyncio", timeout_keep_alive=75, **quiet)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [socket]}, daemon=True)
        self._thread.start()
        self._wait()
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def value(self, sql: str, *values: Any) -> Any:
        """This will read one value out of the tables behind the house."""
        store = await Store(self.dsn, pool_size=2).open()
        try:
            async with store.edge(0) as tx:
                row = await tx.read_one(sql, *values)
            return row[0] if row else None
        finally:
            await store.close()

    def busy(self) -> bool:
        """This will tell whether work is due, or will be within a second."""
        soon = self.clock.now() + timedelta(seconds=1)
        return asyncio.run(self.value("SELECT 1 FROM job WHERE state = 'ready' AND due <= $1 LIMIT 1", soon)) is not None

    async def bank_pays(self, url: str) -> None:
        """This will have a payment paid at the bank's own page, as a customer does; the notice comes over HTTP."""
        async with httpx.AsyncClient(base_url=self.url, follow_redirects=True, timeout=30) as client:
            page = await client.get(url)
            for _look in range(200):
                if "/sim/bank/" in str(page.url):
                    break
                await asyncio.sleep(0.05)
                page = await client.get(url)
            paid = await client.post(str(page.url), data={"do": "pay"})
            paid.raise_for_status()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the house did not start; the reason is in the log above")
            time.sleep(0.02)

    def close(self) -> None:
        """This will stop serving and wait for the last request and the workers."""
        self._server.should_exit = True
        self._thread.join(timeout=20)
