"""The port the house listens on."""

import asyncio
import socket

from onehall.launch.port import listen


async def test_what_is_said_goes_out_at_once() -> None:
    """An answer is sent as a head and a body: held back until the head is acknowledged, each would take 40 ms more."""
    at_once = asyncio.get_running_loop().create_future()

    def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at_once.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    door = listen("127.0.0.1", 0)
    async with await asyncio.start_server(hear, sock=door):
        _reader, writer = await asyncio.open_connection("127.0.0.1", door.getsockname()[1])
        assert await at_once == 1
        writer.close()
