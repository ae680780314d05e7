"""Message centres to bind to: one that is not ours, in a process of its own, and one that misbehaves as it is told."""

import asyncio
import importlib.util
import json
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from onehall.adapters.sms.smpp import pdu as wire
from onehall.adapters.sms.smpp.pdu import Pdu

PROGRAM = Path(__file__).with_name("centre_by_twisted.py")
SECONDS = 10


class Foreign:
    """The centre that is not ours."""

    def __init__(self, running: asyncio.subprocess.Process) -> None:
        self.running, self.port = running, 0

    async def said(self) -> dict[str, Any]:
        """This will give the next thing that it has heard, or was answered."""
        assert self.running.stdout
        found: dict[str, Any] = json.loads(await asyncio.wait_for(self.running.stdout.readline(), SECONDS))
        return found

    async def told(self, **order: Any) -> None:
        """This will have it do something; `by` is the phone that writes."""
        assert self.running.stdin
        self.running.stdin.write((json.dumps({"from": order.pop("by", ""), **order}) + "\n").encode())
        await self.running.stdin.drain()


@asynccontextmanager
async def foreign() -> AsyncIterator[Foreign]:
    """This will start it, or skip the test where it is not installed."""
    if not (importlib.util.find_spec("smpp") and importlib.util.find_spec("twisted")):
        pytest.skip("smpp.twisted3 is not installed")
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    centre = Foreign(running)
    try:
        centre.port = (await centre.said())["port"]
        yield centre
    finally:
        running.kill()
        await running.wait()


class Odd:
    """A centre that misbehaves: `status` by kind of PDU, `silent` for kinds that get no answer; `heard` is what came."""

    def __init__(self) -> None:
        self.port, self.heard = 0, list[Pdu]()
        self.status: dict[str, int] = {}
        self.silent: set[str] = set()
        self.writers: list[asyncio.StreamWriter] = []
        self.waiting, self.waiting_max = 0, 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._answering: set[asyncio.Task[None]] = set()

    async def speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """This will hold one link."""
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readexactly(4)
                pdu = wire.decode(head + await reader.readexactly(int.from_bytes(head, "big") - 4))
                self.heard.append(pdu)
                task = asyncio.create_task(self._answer(pdu, writer))
                self._answering.add(task)
                task.add_done_callback(self._answering.discard)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, pdu: Pdu, writer: asyncio.StreamWriter) -> None:
        if pdu.is_answer or pdu.name in self.silent:
            return
        if pdu.name == "submit_sm":
            self.waiting += 1
            self.waiting_max = max(self.waiting_max, self.waiting)
            await self.gate.wait()
            self.waiting -= 1
        fields = {"message_id": f"o{pdu.sequence}"} if pdu.name == "submit_sm" else {}
        writer.write(wire.encode(Pdu(f"{pdu.name}_resp", self.status.get(pdu.name, 0), pdu.sequence, fields)))
        await writer.drain()

    def write(self, octets: bytes) -> None:
        """This will write raw octets to the last link."""
        self.writers[-1].write(octets)

    async def until(self, name: str, count: int = 1) -> list[Pdu]:
        """This will wait for so many PDUs of a kind."""
        for _look in range(SECONDS * 50):
            found = [pdu for pdu in self.heard if pdu.name == name]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(f"{name} did not come {count} times: {self.heard}")


@asynccontextmanager
async def odd(secure: ssl.SSLContext | None = None) -> AsyncIterator[Odd]:
    """This will open a centre that misbehaves; `secure` is the TLS that it speaks."""
    centre = Odd()
    async with await asyncio.start_server(centre.speak, "127.0.0.1", 0, ssl=secure) as server:
        centre.port = server.sockets[0].getsockname()[1]
        yield centre
        for writer in centre.writers:
            writer.close()
