"""The MCP endpoint of one application."""

import asyncio

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from onehall.channels.agent.acting import Desk
from onehall.channels.agent.server import server
from onehall.hall import Hall
from onehall.kernel.settings import current


class Endpoint:
    """It begins at the first request, and ends with the application."""

    def __init__(self, hall: Hall) -> None:
        self.manager = StreamableHTTPSessionManager(
            app=server(Desk(hall)), stateless=True, json_response=True, max_request_body_size=current().body_max
        )
        self._begun, self._ends = asyncio.Event(), asyncio.Event()
        self._running = asyncio.create_task(self._run())

    async def ready(self) -> StreamableHTTPSessionManager:
        """This will give the endpoint once it runs."""
        await self._begun.wait()
        return self.manager

    async def close(self) -> None:
        """This will end it."""
        self._ends.set()
        await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        async with self.manager.run():
            self._begun.set()
            await self._ends.wait()
