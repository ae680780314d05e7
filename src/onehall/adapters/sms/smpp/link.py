"""A link to a message centre as an ESME: bound as transceiver, kept alive, bound again with growing waits when it breaks."""

import asyncio
import ssl
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import msgspec

from onehall.adapters.sms.smpp import pdu as wire
from onehall.adapters.sms.smpp.pdu import BadPdu, Pdu
from onehall.kernel import telemetry
from onehall.kernel.jobs import Later

ANSWER_SECONDS: Final = 10.0
BOUND_SECONDS: Final = 5.0  # so long a message waits for the link to be bound
WAIT_FIRST: Final = 1.0
WAIT_MAX: Final = 60.0
PAUSE_MAX: Final = 30.0
COMING_MAX: Final = 100  # messages from the centre that are worked on at once
SEQUENCE_MAX: Final = 0x7FFFFFFF
VERSION: Final = 0x34


class Terms(msgspec.Struct, frozen=True):
    """How the centre is reached, and what we are to it. Seconds."""

    host: str
    port: int
    system_id: str
    password: str
    system_type: str = ""
    window: int = 10
    link_seconds: float = 30.0
    tls: bool = False
    wait_first: float = WAIT_FIRST
    answer_seconds: float = ANSWER_SECONDS
    bound_seconds: float = BOUND_SECONDS


Deliver = Callable[[Pdu, int], Awaitable[int]]
Unheard = Callable[[Pdu, int], None]


class Broken(Exception):
    """The link is broken."""


class Link:
    """One link. `deliver` hears what the centre brings and gives the status to answer.

    `answered` is told when that got through, `unheard` when not. They hear in
    which session of the link it was: sequence numbers begin anew in each.
    """

    def __init__(self, terms: Terms, deliver: Deliver, unheard: Unheard, answered: Callable[[Pdu], None]) -> None:
        self.terms, self._deliver, self._unheard, self._answered = terms, deliver, unheard, answered
        self.bound = asyncio.Event()
        self._window = asyncio.Semaphore(terms.window)
        self._open: dict[int, asyncio.Future[Pdu]] = {}
        self._sequence = self.session = 0
        self._writer: asyncio.StreamWriter | None = None
        self._coming: set[asyncio.Task[None]] = set()
        self._running: asyncio.Task[None] | None = None
        self._heard_at = self._paused_until = self._pause = 0.0

    def start(self) -> None:
        """This will begin to keep the link, in the background."""
        self._running = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """This will finish what came, say goodbye and end."""
        if self._coming:
            await asyncio.wait(self._coming, timeout=self.terms.answer_seconds)
        if self.bound.is_set():
            with suppress(Broken, Later):
                await self._ask(Pdu("unbind"), min(2.0, self.terms.answer_seconds))
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        self._drop()

    async def submit(self, fields: dict[str, Any], more: dict[int, bytes]) -> Pdu:
        """This will hand a message to the centre and wait for its answer; at most a window of them at once.

        :raises Later: the link is not bound, the centre does not answer, or it asked us to wait.
        """
        if asyncio.get_running_loop().time() < self._paused_until:
            raise Later("the centre asked us to wait")
        try:
            await asyncio.wait_for(self.bound.wait(), self.terms.bound_seconds)
        except TimeoutError:
            raise Later("not bound to the centre") from None
        async with self._window:
            try:
                answer = await self._ask(Pdu("submit_sm", fields=fields, more=more), self.terms.answer_seconds)
            except Broken as broken:
                raise Later(f"the link broke: {broken}") from broken
        self._mind(answer.status)
        return answer

    def _mind(self, status: int) -> None:
        """A centre that is asked too much is left alone for a while, longer each time."""
        if status not in (wire.THROTTLED, wire.QUEUE_FULL):
            self._pause = 0.0
            return
        self._pause = min(max(1.0, self._pause * 2), PAUSE_MAX)
        self._paused_until = asyncio.get_running_loop().time() + self._pause

    async def _keep(self) -> None:
        wait = self.terms.wait_first
        while True:
            try:
                await self._connect()
                wait = self.terms.wait_first
                await self._serve()
            except (Broken, OSError, TimeoutError, Later) as error:
                telemetry.log.warning("smpp.broken", why=str(error) or type(error).__name__, again_in=wait)
            finally:
                self._drop()
            await asyncio.sleep(wait)
            wait = min(wait * 2, WAIT_MAX)

    async def _connect(self) -> None:
        terms = self.terms
        secure = ssl.create_default_context() if terms.tls else None
        opening = asyncio.open_connection(terms.host, terms.port, ssl=secure)
        self._reader, self._writer = await asyncio.wait_for(opening, terms.answer_seconds)
        fields = {
            "system_id": terms.system_id, "password": terms.password, "system_type": terms.system_type, "interface_version": VERSION,
        }  # fmt: skip
        reading = asyncio.create_task(self._answer_of_bind())
        try:
            await self._write(Pdu("bind_transceiver", sequence=self._next(), fields=fields))
            answer = await asyncio.wait_for(reading, terms.answer_seconds)
        finally:
            reading.cancel()
        if answer.name != "bind_transceiver_resp" or answer.status:
            raise Broken(f"the centre does not bind us: {answer.name} {answer.status:#x}")
        self._heard_at = asyncio.get_running_loop().time()
        self.session += 1
        self.bound.set()

    async def _answer_of_bind(self) -> Pdu:
        return wire.decode(await self._octets())

    async def _serve(self) -> None:
        trying = asyncio.create_task(self._try_link())
        listening = asyncio.create_task(self._listen())
        try:
            done, _others = await asyncio.wait({trying, listening}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            trying.cancel()
            listening.cancel()
            await asyncio.gather(trying, listening, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            octets = await self._octets()
            self._heard_at = asyncio.get_running_loop().time()
            try:
                pdu = wire.decode(octets)
            except BadPdu as bad:
                await self._write(Pdu("generic_nack", bad.status, bad.sequence))
                continue
            if pdu.is_answer:
                waiting = self._open.pop(pdu.sequence, None)
                if waiting and not waiting.done():
                    waiting.set_result(pdu)
            else:
                await self._asked(pdu)

    async def _asked(self, pdu: Pdu) -> None:
        match pdu.name:
            case "enquire_link":
                await self._write(Pdu("enquire_link_resp", sequence=pdu.sequence))
            case "unbind":
                await self._write(Pdu("unbind_resp", sequence=pdu.sequence))
                raise Broken("the centre says goodbye")
            case "deliver_sm" if len(self._coming) < COMING_MAX:
                task = asyncio.create_task(self._take(pdu, self.session))
                self._coming.add(task)
                task.add_done_callback(self._coming.discard)
            case "deliver_sm":
                await self._write(Pdu("deliver_sm_resp", wire.TRY_LATER, pdu.sequence))
            case "alert_notification" | "outbind":
                pass  # they have no answer
            case _:
                await self._write(Pdu("generic_nack", wire.BAD_COMMAND, pdu.sequence))

    async def _take(self, pdu: Pdu, session: int) -> None:
        """A message is answered only when it was taken for good: what fails is brought again."""
        try:
            status = await self._deliver(pdu, session)
        except Exception:
            telemetry.INCIDENTS.labels("smpp").inc()
            telemetry.log.exception("a message could not be taken")
            status = wire.TRY_LATER
        try:
            if session != self.session:
                raise Broken("it was brought before the link broke")
            await self._write(Pdu("deliver_sm_resp", status, pdu.sequence))
            self._answered(pdu)
        except (Broken, OSError):
            self._unheard(pdu, session)

    async def _try_link(self) -> None:
        """After a silence the centre is asked whether it is still there."""
        while True:
            silent = asyncio.get_running_loop().time() - self._heard_at
            if silent < self.terms.link_seconds:
                await asyncio.sleep(self.terms.link_seconds - silent)
                continue
            await self._ask(Pdu("enquire_link"), self.terms.answer_seconds)

    async def _ask(self, pdu: Pdu, seconds: float) -> Pdu:
        asked = msgspec.structs.replace(pdu, sequence=self._next())
        waiting = self._open[asked.sequence] = asyncio.get_running_loop().create_future()
        try:
            await self._write(asked)
            return await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            raise Broken(f"no answer to {pdu.name}") from None
        except OSError as error:
            raise Broken(str(error)) from error
        finally:
            self._open.pop(asked.sequence, None)

    async def _octets(self) -> bytes:
        try:
            head = await self._reader.readexactly(4)
            length = struct.unpack(">I", head)[0]
            if not wire.HEADER <= length <= wire.LENGTH_MAX:
                raise Broken(f"a PDU of {length} octets")
            return head + await self._reader.readexactly(length - 4)
        except asyncio.IncompleteReadError as error:
            raise Broken("the centre hung up") from error

    async def _write(self, pdu: Pdu) -> None:
        if self._writer is None:
            raise Broken("not connected")
        self._writer.write(wire.encode(pdu))
        await self._writer.drain()

    def _next(self) -> int:
        self._sequence = self._sequence % SEQUENCE_MAX + 1
        return self._sequence

    def _drop(self) -> None:
        self.bound.clear()
        for waiting in self._open.values():
            if not waiting.done():
                waiting.set_exception(Broken("the link is down"))
        self._open.clear()
        if self._writer:
            self._writer.close()
            self._writer = None
