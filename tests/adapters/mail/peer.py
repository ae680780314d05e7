"""A mail server as far as a sender sees it: it speaks SMTP on a free port of the loopback, and keeps what it is sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Peer:
    """`says` answers a command by another line than usual: {"RCPT": "550 no such box"}."""

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[str] = []
        self.says: dict[str, str] = {}

    async def speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """This will hold one conversation."""
        await _say(writer, self.says.get("HELLO", "220 peer"))
        while line := (await reader.readline()).decode().strip():
            word = line[:4].upper()
            if word == "DATA":
                await _say(writer, "354 go on")
                self.mails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            await _say(writer, self.says.get(word, "221 bye" if word == "QUIT" else "250 ok"))
            if word == "QUIT":
                break
        writer.close()


async def _say(writer: asyncio.StreamWriter, line: str) -> None:
    writer.write(f"{line}\r\n".encode())
    await writer.drain()


@asynccontextmanager
async def opened() -> AsyncIterator[Peer]:
    """This will open a mail server."""
    peer = Peer()
    async with await asyncio.start_server(peer.speak, "127.0.0.1", 0) as server:
        peer.port = server.sockets[0].getsockname()[1]
        yield peer
