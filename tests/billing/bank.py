"""A small house for billing's tests: a store, the simulated bank behind real HTTP on the loopback, a worker, an engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import uvicorn
from litestar import Litestar
from litestar.datastructures import State

from onehall.adapters.payment import page
from onehall.adapters.payment.simulated import NOTICE, SimulatedPayment
from onehall.channels import api, notices
from onehall.domains import billing
from onehall.domains.billing import Account, Payment
from onehall.hall import Hall, messages
from onehall.kernel import settings
from onehall.kernel.events import Origin
from onehall.kernel.functions import Proof
from onehall.kernel.i18n import Text, thaw
from onehall.kernel.identity import Who
from onehall.kernel.identity.http import Front
from onehall.kernel.ids import new_id
from onehall.kernel.journeys import Caller
from onehall.kernel.money import Money
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from onehall.launch.port import listen
from onehall.ports import World

YUAN = 100
REGISTERED = (api, messages)  # loaded so that their channel and jobs are known


class Texts:
    """Phones that keep what they are sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    async def send(self, to: str, text: str, key: str) -> None:
        """This will keep a text."""
        self.sent.append((to, text))


class Books:
    """Billing over one store, with short ways to use it."""

    def __init__(self, store: Store, url: str) -> None:
        self.store, self.url = store, url
        self.hall = Hall(store)
        self.bank = SimulatedPayment(store, f"{url}{NOTICE}")
        self.sms = Texts()
        self.world = World(sms=self.sms, payment=self.bank, engine=self.hall.engine)
        self.worker = Worker(store, self.world)

    async def do(self, home: int | str, action: Any, *values: Any, **named: Any) -> Any:
        """This will run one action in a transaction of its own."""
        return await self.store.run(home, lambda tx: action(tx, *values, **named), Origin(channel="test"))

    async def account(
        self, balance: int = 0, *, home: int = 7, number: str | None = None, party: str | None = None, **more: Any
    ) -> Account:
        """This will open an account with so many yuan on it, and let its number be known."""
        owner = party or new_id(home, self.store.clock.now())
        made: Account = await self.do(home, billing.actions.open_account, owner, "onehall.gd.gz.s1", number=number, line=number, **more)
        if balance:
            await self.do(home, billing.actions.credit, made.id, Money(balance * YUAN), "start", None, f"start:{made.id}")
        await self.settle()
        return made

    async def ask(self, yuan: int = 50, *, once: str = "p1", home: int = 7, party: str | None = None, minutes: int = 15) -> Payment:
        """This will ask for a payment and let the bank open its checkout."""
        until = self.store.clock.now() + timedelta(minutes=minutes)
        made: Payment = await self.do(
            home, billing.actions.ask_for_money, once=once, party=party, amount=Money(yuan * YUAN), text=Text("Test"), until=until,
            channel="api", to=None,
        )  # fmt: skip
        await self.settle()
        return made

    async def settle(self) -> None:
        """This will do all work that is due, and wait for the bank's notices."""
        for _round in range(20):
            await self.bank.notices.settle()
            if not await self.worker.drain():
                return

    async def payment(self, id_: str) -> Payment:
        """This will read a payment."""
        found: Payment = await self.do(id_, billing.queries.payment, id_)
        return found

    async def balance(self, account: str) -> int:
        """This will give an account's balance in fen."""
        return int((await self.do(account, billing.queries.balance, account)).minor)

    async def sums(self) -> dict[str, int]:
        """This will sum the books, after checking that nothing is off."""
        assert await self.do(0, billing.queries.ledger_faults) == []
        found: dict[str, int] = await self.do(0, billing.queries.book_sums)
        assert sum(found.values()) == 0
        return {book: minor for book, minor in found.items() if minor}

    async def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """This will read rows."""
        async with self.store.edge(0) as tx:
            return [dict(row) for row in await tx.read(sql, *values)]

    def customer(self, party: str, channel: str = "api") -> Caller:
        """This will make a customer who has logged in."""
        now = self.store.clock.now()
        return Caller(channel, Who(party=party, proof=Proof.CODE, proven_at=now, expires=now + timedelta(hours=1)))

    async def pay(self, url: str) -> None:
        """This will press Pay on the bank's page of an address of ours, and let everything follow."""
        await self.bank.pay(url.rsplit("/", 1)[-1])
        await self.settle()

    def texts_to(self, phone: str) -> list[str]:
        """This will give the texts that a phone got."""
        return [str(thaw(text)) for to, text in self.sms.sent if to == phone]


@asynccontextmanager
async def opened(store: Store) -> AsyncIterator[Books]:
    """This will serve the notice route and the bank's pages on a free port, in this loop."""
    socket = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{socket.getsockname()[1]}"
    with settings.changed(secret="b" * 48, base_url=url, language="en"):
        books = Books(store, url)
        state = State({"hall": books.hall, "world": books.world})
        app = Litestar([*notices.routes, *page.routes], state=state, plugins=[Front(store)])
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[socket]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield books
        finally:
            server.should_exit = True
            await serving

