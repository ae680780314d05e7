"""The bank's notices: signed, posted over HTTP until they are taken; doubled, delayed, reordered or lost when told so."""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

import httpx
import msgspec

from onehall.adapters.switches import Switches
from onehall.kernel import telemetry
from onehall.kernel.clock import Clock
from onehall.kernel.i18n import _
from onehall.ports.payment import FRESH_SECONDS_MAX, BadNotice, Paid

TIME: Final = "x-bank-time"
SIGNATURE: Final = "x-bank-signature"
WAITS_SECONDS: Final = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
TIMEOUT_SECONDS: Final = 5
SLOW_MS_MAX: Final = 60_000


def sign(key: bytes, at: str, body: bytes) -> str:
    """This will sign a body sent at a time (Unix seconds as text)."""
    return hmac.digest(key, f"{at}.".encode() + body, "sha256").hex()


def read(key: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> Paid:
    """This will read a notice signed with the key and sent within five minutes of now.

    :raises BadNotice: 401.
    """
    at, signature = headers.get(TIME, ""), headers.get(SIGNATURE, "")
    if not hmac.compare_digest(sign(key, at, body).encode(), signature.encode()):
        raise BadNotice("notice.signature", _("This notice is not signed by the provider."), 401)
    if not at.isdecimal() or len(at) > 12 or abs(now.timestamp() - int(at)) > FRESH_SECONDS_MAX:
        raise BadNotice("notice.old", _("This notice is too old."), 401)
    try:
        return msgspec.json.decode(body, type=Paid)
    except msgspec.MsgspecError as error:
        raise BadNotice("notice.form", _("This notice cannot be read."), 400) from error


class Notices:
    """What posts them. Switches: `doubled`, `lost`, `reordered` (each holds until turned off), `delay_ms`."""

    def __init__(self, switches: Switches, key: Callable[[], bytes], url: Callable[[], str], clock: Clock) -> None:
        self.switches = switches
        self.key = key
        self.url = url
        self.clock = clock
        self._kept_back: Paid | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()

    async def send(self, paid: Paid) -> None:
        """This will send a notice in the background, as the switches will have it."""
        turned = await self.switches.all()
        if turned.get("lost"):
            return
        queue = [paid]
        if turned.get("reordered"):
            queue = [] if self._kept_back is None else [paid, self._kept_back]
            self._kept_back = paid if not queue else None
        elif self._kept_back is not None:
            queue, self._kept_back = [paid, self._kept_back], None
        delay = _milliseconds(turned.get("delay_ms")) / 1000
        for notice in queue * (2 if turned.get("doubled") else 1):
            self._start(notice, delay)

    async def settle(self) -> None:
        """This will wait until every notice is taken or given up."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def dawdle(self, turned: dict[str, Any]) -> None:
        """This will be slow to answer, if told so by `slow_ms`."""
        await asyncio.sleep(_milliseconds(turned.get("slow_ms")) / 1000)

    async def post(self, paid: Paid) -> int:
        """This will post a notice once and give the HTTP status of the answer."""
        at, body = str(int(self.clock.now().timestamp())), msgspec.json.encode(paid)
        headers = {TIME: at, SIGNATURE: sign(self.key(), at, body), "content-type": "application/json"}
        return (await self._client().post(self.url(), content=body, headers=headers)).status_code

    def _client(self) -> httpx.AsyncClient:
        """One for each event loop, as making one costs more than a hundred notices."""
        loop = asyncio.get_running_loop()
        found = self._clients.get(loop)
        if found is None:
            found = self._clients[loop] = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
        return found

    def _start(self, paid: Paid, delay: float) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(paid, delay))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(self, paid: Paid, delay: float) -> None:
        await asyncio.sleep(delay)
        for wait in WAITS_SECONDS:
            await asyncio.sleep(wait)
            try:
                status = await self.post(paid)
            except httpx.HTTPError:
                continue
            if status == 200 or 400 <= status < 500:
                return
        telemetry.log.warning("the bank gave a notice up", payment=paid.payment, at=datetime.now(UTC).isoformat())


def _milliseconds(value: Any) -> int:
    return min(max(int(value), 0), SLOW_MS_MAX) if isinstance(value, int | str) and str(value).isdecimal() else 0
