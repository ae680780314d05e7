"""A store, an engine over it with a simulated identity register, channels, and ways to look behind."""

from typing import Any

import pytest

from onehall.adapters.identity_check.simulated import SimulatedIdentityCheck
from onehall.domains import party
from onehall.hall import provers  # noqa: F401  (registers them)
from onehall.kernel import settings
from onehall.kernel.jobs import KINDS, Kind
from onehall.kernel.journeys import Engine
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from onehall.ports import World


class Post:
    """Keeps what is sent, the newest last."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    async def keep(self, world: World, body: dict[str, Any]) -> None:
        self.sent.append((body["to"], body["text"]))

    def code(self, phone: str) -> str:
        """This will give the last code that a phone was sent."""
        return next(text["values"]["code"] for to, text in reversed(self.sent) if to == phone)


class Party:
    """What the tests of this domain stand on."""

    def __init__(self, store: Store, post: Post) -> None:
        self.store = store
        self.post = post
        self.engine = Engine(store)
        self.register = SimulatedIdentityCheck(store)
        self.world = World(identity_check=self.register, engine=self.engine)

    async def work(self) -> None:
        """This will do all that is due."""
        await Worker(self.store, self.world).drain()

    async def one(self, sql: str, *values: Any) -> Any:
        """This will give the first value of a SELECT."""
        async with self.store.edge(0) as tx:
            row = await tx.read_one(sql, *values)
        return row[0] if row else None

    async def prospect(self, phone: str | None = None, home: int = 7, unit: str | None = None) -> str:
        """This will make somebody known."""
        async with self.store.edge(home) as tx:
            id_ = await party.actions.register_prospect(tx, phone, "zh-CN", unit=unit)
        await self.work()
        return id_

    async def named(self, name: str, number: str, home: int = 7, phone: str | None = None, unit: str | None = None) -> str:
        """This will make somebody known by their real name."""
        id_ = await self.prospect(phone, home, unit)
        async with self.store.edge(id_) as tx:
            await party.actions.take_real_name(tx, id_, name, "resident_id", number)
        await self.work()
        return id_

    async def party(self, id_: str) -> party.Party:
        """This will read a party."""
        async with self.store.edge(id_) as tx:
            return await party.queries.party(tx, id_)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    """The messages that would go out."""
    box = Post()
    monkeypatch.setitem(KINDS, "sms.send", Kind("sms.send", box.keep, True))
    return box


@pytest.fixture
async def world(store: Store, post: Post):
    """The domain over a fresh database."""
    with settings.changed(secret="p" * 48, otp_wait_seconds=0, otp_per_hour=50):
        yield Party(store, post)
