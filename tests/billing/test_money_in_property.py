"""Whatever bills, payments, refunds, cards and invoices come in whatever order: no fen is lost or made, and allocations add up."""

import asyncio
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from onehall.adapters.invoice.simulated import SimulatedInvoice
from onehall.adapters.mail.simulated import SimulatedMail
from onehall.domains import billing
from onehall.domains.billing import rules
from onehall.domains.billing.model import Account
from onehall.kernel.i18n import _
from onehall.kernel.ids import new_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from tests.billing.bank import Books
from tests.billing.owing import billed

act, ask = billing.actions, billing.queries
FEN = st.integers(1, 5000)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["bill", "partner", "refund", "gift"]), FEN),
    st.tuples(st.sampled_from(["card", "invoice", "reverse", "twice"]), st.just(0)),
)
EXPECTED = frozenset({
    "balance.low", "refund.amount", "refund.invoiced", "refund.used", "card.used", "invoice.nothing", "invoice.there", "invoice.reversal",
    "payment.spent",
})  # fmt: skip


class Story:
    """One account's story, and what it should come to."""

    def __init__(self, books: Books, account: Account, pins: list[str]) -> None:
        self.books, self.account, self.pins = books, account, pins
        self.month, self.used, self.paid, self.given = 0, 0, 0, 0
        self.payments: list[str] = []
        self.last: Any = None

    async def go(self, name: str, fen: int) -> None:
        """This will do a step; what is refused changes nothing."""
        try:
            await getattr(self, name)(fen)
        except Refusal as refusal:
            assert refusal.code in EXPECTED, refusal

    async def bill(self, fen: int) -> None:
        """This will bill a month's use, twelve months at most."""
        if self.month < 12:
            self.month += 1
            await billed(self.books, self.account, fen, self.month)
            self.used += fen

    async def partner(self, fen: int) -> None:
        """This will have a partner take money."""
        once = f"{self.account.id}:{len(self.payments)}"
        self.payments.append(once)
        self.last = (once, fen)
        await self.twice(0)
        self.paid += fen

    async def twice(self, _fen: int) -> None:
        """This will tell the last payment (again)."""
        if self.last:
            once, fen = self.last
            made = await self.books.do(
                7, act.record, account=self.account.id, party=self.account.party, amount=Money(fen), text="P", partner="w", doc={},
                once=once
            )
            self.payments[int(once.rsplit(":", 1)[1])] = made.id

    async def refund(self, fen: int) -> None:
        """This will give a part of the last payment back."""
        if self.payments:
            payment = await self.books.payment(self.payments[-1])
            await self.books.do(7, act.take_back, payment, Money(fen), _("No."), once=new_id(7, self.books.store.clock.now()), doc={})
            self.paid -= fen

    async def gift(self, fen: int) -> None:
        """This will put a balance right."""
        await self.books.do(7, act.adjust, self.account.id, Money(fen), "sorry", new_id(7, self.books.store.clock.now()))
        self.given += fen

    async def card(self, _fen: int) -> None:
        """This will use a card, or one that is used already."""
        fresh = bool(self.pins)
        pin = self.pins.pop() if fresh else rules.cards.pin_with_check(1)
        try:
            await act.redeem(self.books.store, act.hash_of(pin), new_id(7, self.books.store.clock.now()), self.account.id, None, [])
        except Refusal as refusal:
            assert not fresh and refusal.code == "card.unknown"
            return
        await self.books.settle()
        self.paid += 5000

    async def invoice(self, _fen: int) -> None:
        """This will invoice the latest bill."""
        rows = await self.books.rows("SELECT id FROM customer_bill WHERE account = $1 ORDER BY cycle DESC LIMIT 1", self.account.id)
        for row in rows:
            once = new_id(7, self.books.store.clock.now())
            await self.books.do(7, act.request_invoice, self.account.id, {"title": "Li Lei"}, once, bill=row["id"])
            await self.books.settle()

    async def reverse(self, _fen: int) -> None:
        """This will reverse an invoice."""
        for row in await self.books.rows("SELECT id FROM invoice WHERE account = $1 AND status = 'issued' LIMIT 1", self.account.id):
            await self.books.do(7, act.reverse_invoice, row["id"])
            await self.books.settle()

    async def check(self) -> None:
        """This will hold the account against what happened to it."""
        await self.books.sums()
        assert await self.books.do(0, ask.allocation_faults) == []
        account = await self.books.do(7, ask.account, self.account.id)
        assert account.balance_minor - account.unbilled_minor == self.paid + self.given - self.used
        [row] = await self.books.rows(
            "SELECT coalesce(sum(due - paid - credited), 0)::bigint AS open FROM customer_bill WHERE account = $1", self.account.id
        )
        owed = account.unbilled_minor if account.mode == "prepaid" else max(0, -account.balance_minor)
        assert row["open"] == owed
        [row] = await self.books.rows(
            """SELECT coalesce(sum(minor) FILTER (WHERE status IN ('issued', 'asked', 'reversed', 'reversing')), 0)::bigint AS n
               FROM invoice WHERE account = $1""",
            self.account.id,
        )  # fmt: skip
        assert 0 <= row["n"] <= self.paid


async def begun(books: Books, mode: str) -> Story:
    """This will begin a story with three cards."""
    books.world.invoice, books.world.mail = SimulatedInvoice(books.store), SimulatedMail(books.store)
    account = await books.account(mode=mode)
    _batch, chunks = await act.make_cards(books.store, 3, Money(5000), books.store.clock.now().replace(year=2040))
    return Story(books, account, [pin async for chunk in chunks for _serial, pin in chunk])


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=2, max_size=14), mode=st.sampled_from(["postpaid", "prepaid"]))
@example(steps=[("partner", 1000), ("bill", 5000), ("refund", 1000)], mode="postpaid")  # what had lessened the bill goes back
async def test_money_that_comes_in_is_conserved_and_allocations_add_up(books: Books, steps: list[tuple[str, int]], mode: str) -> None:
    story = await begun(books, mode)
    for name, fen in steps:
        await story.go(name, fen)
        await story.check()


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(fens=st.lists(FEN, min_size=2, max_size=8), bills=st.lists(FEN, min_size=1, max_size=4))
async def test_at_once_too(books: Books, fens: list[int], bills: list[int]) -> None:
    story = await begun(books, "postpaid")
    for fen in bills:
        await story.bill(fen)
    await asyncio.gather(*(story.partner(fen) for fen in fens), *(story.gift(fen) for fen in fens), *(story.card(0) for _time in range(3)))
    await story.check()
