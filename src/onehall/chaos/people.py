"""The crowd in front of the house: scripts of `onehall.traffic`, spoken by people who try again with the same words when nobody answers."""

import asyncio
import random
import time
from collections import Counter
from contextlib import suppress
from typing import Any, Final

import httpx
import msgspec

from onehall.chaos.house import House
from onehall.demo import customers
from onehall.kernel.identity import sessions
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.store.leaving import EPOCH
from onehall.traffic import KINDS, Answer, Customer, Unexpected
from onehall.traffic.kinds import document_of

PEOPLE: Final = 30
AT_ONCE_MAX: Final = 60
ANSWER_SECONDS_MAX: Final = 5.0
TOP_UP: Final = "top-up"
TOPPED_UP: Final = 5000  # what the script pays, fen
WAITS_SECONDS: Final = (0.3, 0.7, 1.5, 3.0, 5.0)
TIMES: Final = {  # of a hundred; more is paid and bought than on a usual day, for that is what can go wrong
    "balance": 12, "data left": 4, "orders": 4, "bill": 4, "plans": 3, "plan": 3, "number search": 6, "message in": 12, "top-up": 26,
    "pack": 10, "plan change": 3, "new line": 13,
}  # fmt: skip


class Tally(msgspec.Struct):
    """What the crowd met: services by how they ended, answers by how honest they were."""

    done: Counter[str] = msgspec.field(default_factory=Counter)
    refused: Counter[str] = msgspec.field(default_factory=Counter)
    left: int = 0
    honest: int = 0
    unreachable: int = 0
    silent: int = 0
    dishonest: Counter[str] = msgspec.field(default_factory=Counter)
    said: Counter[str] = msgspec.field(default_factory=Counter)


class LostPatience(Exception):
    """Nobody answered for too long."""


class Person:
    """A `Door` over HTTP: what is not answered, or answered "not now", is sent again with the same key until patience ends."""

    def __init__(self, crowd: "Crowd", seed: str, patience: float) -> None:
        self.crowd = crowd
        self.seed = seed
        self.until = time.monotonic() + patience

    async def send(self, method: str, path: str, body: bytes = b"", *, token: str = "", key: str = "", kind: str = "json") -> Answer:
        """This will send a request until it is answered.

        :raises LostPatience: it never is.
        """
        headers = {"content-type": "application/x-www-form-urlencoded" if kind == "form" else "application/json"} if body else {}
        headers |= {"authorization": f"Bearer {token}"} if token else {}
        headers |= {"idempotency-key": key} if key else {}
        for attempt in range(1000):
            answer = await self._once(method, path, body, headers)
            if answer is not None and answer.status not in (500, 502, 503, 504, 429):
                return answer
            if time.monotonic() > self.until:
                raise LostPatience(f"{method} {path}")
            await asyncio.sleep(WAITS_SECONDS[min(attempt, len(WAITS_SECONDS) - 1)])
        raise LostPatience(path)

    async def _once(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        tally = self.crowd.tally
        try:
            answer = await self.crowd.client.request(method, self.crowd.url_of(self) + path, content=body, headers=headers)
        except httpx.TimeoutException:
            tally.silent += 1
            return None
        except httpx.HTTPError:
            tally.unreachable += 1
            return None
        if answer.status_code in (503, 429) and _has_reason(answer):
            tally.honest += 1
        elif answer.status_code >= 500 or answer.status_code == 429:
            tally.dishonest[f"{answer.status_code} {method} {path.split('?')[0][:24]} {answer.text[:80]!r}"] += 1
        return Answer(answer.status_code, answer.content)


class Crowd:
    """People who come at a rate; each customer does one thing at a time."""

    def __init__(self, house: House, rate: float, rng: random.Random) -> None:
        self.house = house
        self.rate = rate
        self.rng = rng
        self.tally = Tally()
        self.urls = [house.url]
        self.idle: list[Customer] = []
        self.busy: set[asyncio.Task[None]] = set()
        self.came = 0
        self.told: Counter[str] = Counter()  # top-ups that their customer was told are done, by number
        self.untold: Counter[str] = Counter()  # and those whose customer never heard the end
        self.patience = 60.0
        self.client: Any = httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_SECONDS_MAX, connect=3), trust_env=False, follow_redirects=False,
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=40),
        )  # fmt: skip
        self._coming: asyncio.Task[None] | None = None

    def url_of(self, person: Person) -> str:
        """This will give the server that a person goes to: always the same one, while there are several."""
        return self.urls[sum(person.seed.encode()) % len(self.urls)]

    async def move_in(self) -> None:
        """This will settle the customers, with money and a line each, and log them in."""
        for place in range(PEOPLE):
            await customers.settle(self.house.store, _neighbour(place))
        await self.log_in()

    async def log_in(self) -> None:
        """This will give everybody a fresh token of their app."""
        self.idle = []
        for place in range(PEOPLE):
            number = _neighbour(place).number
            party_id = keyed_id(home_for(f"demo {number}"), EPOCH, "demo", number)
            async with self.house.store.edge(party_id) as tx:
                granted = await sessions.log_in(tx, party_id, app=True)
            self.idle.append(Customer(number, granted.token))

    def begin(self) -> None:
        """This will let people come."""
        self._coming = asyncio.create_task(self._come())

    async def stay(self, seconds: float) -> bool:
        """This will let nobody else come and wait a while for those who are here; False when some still are."""
        if self._coming:
            self._coming.cancel()
            await asyncio.gather(self._coming, return_exceptions=True)
        if self.busy:
            await asyncio.wait(self.busy, timeout=seconds)
        return not self.busy

    async def end(self) -> None:
        """This will send away who is still here; they are counted as left."""
        await self.stay(0)
        while self.busy:
            for task in self.busy:
                task.cancel()
            await asyncio.wait(self.busy)

    async def close(self) -> None:
        """This will close the connections."""
        with suppress(Exception):
            await self.client.aclose()

    async def _come(self) -> None:
        kinds = {kind.name: kind for kind in KINDS}
        names, shares = list(TIMES), list(TIMES.values())
        while True:
            await asyncio.sleep(self.rng.expovariate(self.rate))
            kind = kinds[self.rng.choices(names, shares)[0]]
            if len(self.busy) >= AT_ONCE_MAX or (not self.idle and not kind.guest):
                continue
            who = Customer("") if kind.guest else self.idle.pop(self.rng.randrange(len(self.idle)))
            self.came += 1
            task = asyncio.create_task(self._serve(kind, who, f"{self.house.rng_seed}{self.came:06}{self.rng.randrange(10**4):04}"))
            self.busy.add(task)
            task.add_done_callback(self.busy.discard)

    async def _serve(self, kind: Any, who: Customer, seed: str) -> None:
        try:
            await kind.run(Person(self, seed, self.patience), who)
            self.tally.done[kind.name] += 1
            self.told[who.number] += kind.name == TOP_UP
        except (Unexpected, LookupError) as no:  # LookupError: what was offered when the script looked is gone when it chooses
            self.tally.refused[kind.name] += 1
            self.untold[who.number] += kind.name == TOP_UP
            self.tally.said[f"{kind.name}: {str(no)[:160]}"] += 1
        except (LostPatience, asyncio.CancelledError):
            self.tally.left += 1
            self.untold[who.number] += kind.name == TOP_UP
        finally:
            if not kind.guest:
                self.idle.append(who)


def _has_reason(answer: httpx.Response) -> bool:
    """A reason is said in words: in a field of the answer, or on a page."""
    if "json" in answer.headers.get("content-type", ""):
        with suppress(ValueError):
            body = answer.json()
            return bool(isinstance(body, dict) and (body.get("reason") or body.get("status")))
    return "<h1" in answer.text


def _neighbour(place: int) -> customers.Customer:
    return customers.Customer(
        f"1869077{place:04}", "周晓", document_of(f"neighbour {place}"), "hall-59", 1_000_000, "onehall.gd.gz.s1"
    )  # fmt: skip
