"""The web hall over a real database with the toy domain behind it, serving on a free port."""

import threading
import time

import uvicorn
from litestar import Litestar
from msgspec import structs

from onehall.channels.web import routes
from onehall.hall import Hall
from onehall.hall.doors import Doors
from onehall.kernel import settings
from onehall.kernel.clock import MovableClock
from onehall.kernel.identity.http import Front
from onehall.kernel.store import Store
from onehall.launch.port import listen
from tests.channels.web import parlour
from tests.kernel.journeys import toy

START_SECONDS_MAX = 20


class SmallHouse:
    """A running web hall: `url` to call."""

    def __init__(self, dsn: str) -> None:
        socket = listen("127.0.0.1", 0)
        port = socket.getsockname()[1]
        settings.install(structs.replace(settings.read(), port=port, database_url=dsn))
        self.store = Store(dsn, clock=MovableClock(), pool_size=5)
        self.url = f"http://127.0.0.1:{port}"
        front = Front(self.store)
        app = Litestar(routes, plugins=[front], on_startup=[self._open], on_shutdown=[self.store.close])
        app.state.hall, app.state.doors = Hall(self.store), Doors(front.gate)
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on", loop="asyncio"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [socket]}, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the small house did not start")
            time.sleep(0.02)

    async def _open(self) -> None:
        await self.store.open()
        await toy.register(self.store)
        parlour.register()

    def close(self) -> None:
        """This will stop serving."""
        self._server.should_exit = True
        self._thread.join(timeout=10)
        toy.forget()
        parlour.forget()
