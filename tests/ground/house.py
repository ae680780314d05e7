"""The whole house on a free port, in this process: real HTTP, database and workers, and a clock that can be moved."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from msgspec import structs

from onehall.kernel.clock import MovableClock
from onehall.kernel.settings import read
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
        config = uvicorn.Config(app.create(settings, clock=self.clock), log_config=None, lifespan="on", loop="asyncio")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [socket]}, daemon=True)
        self._thread.start()
        self._wait()
        self.url = f"http://127.0.0.1:{port}"
        return self

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
