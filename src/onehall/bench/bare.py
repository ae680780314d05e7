"""A server that does nothing but read or write one row: what the machine gives before any business."""

import os
from typing import Any

from onehall.kernel.store.pool import lazy_pool

HEAD = [(b"content-type", b"application/json")]
_pool: list[Any] = []


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """This will answer `/read` with a row by its key and anything else with a row written and committed (ASGI)."""
    if scope["type"] == "lifespan":
        return await _live(receive, send)
    if scope["path"] == "/read":
        row = await _pool[0].fetchrow("SELECT body FROM public.bare WHERE id = $1", 1)
        body = row["body"].encode()
    else:
        await _pool[0].execute("INSERT INTO public.bare (body) VALUES ($1)", "written")
        body = b"{}"
    await send({"type": "http.response.start", "status": 200, "headers": [*HEAD, (b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _pool.append(await lazy_pool(os.environ["BARE_DSN"], "bare", 16, 10))
        else:
            await _pool.pop().close()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
