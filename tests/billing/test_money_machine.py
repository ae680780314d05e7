"""Random stories of money: use, payments, bills, shares, gifts, calls, deaths and time, in any order; the books hold after every step."""

import asyncio
import os
import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from onehall.domains import billing
from onehall.domains.billing.actions import transferring
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.ids import home_of, new_id
from onehall.kernel.money import Money
from onehall.kernel.store import Tx
from tests.billing import money_laws
from tests.billing.money_day import HOMES, LATE, MEMBER, OTHER, OWNER, TWIN, MoneyDay
from tests.billing.money_use import FEN, WHICH, WHO, UseDay
from tests.ground.database import EXAMPLES as EXAMPLES_TOLD

act = billing.actions
EXAMPLES = int(os.environ.get(EXAMPLES_TOLD) or 8)
STEPS = 50
MODE = st.sampled_from(["postpaid", "prepaid"])
MOVES = st.sampled_from([timedelta(minutes=11), timedelta(hours=7), timedelta(days=2), timedelta(days=9)])


class Days(UseDay):
    """A few accounts and all that may happen to them."""

    @initialize(owner=MODE, member=MODE, other=MODE, twin=MODE)
    def open(self, owner: str, member: str, other: str, twin: str) -> None:
        self.open_day({OWNER: owner, MEMBER: member, OTHER: other, TWIN: twin, LATE: twin})

    @invariant()
    def the_laws_hold(self) -> None:
        self.laws_hold()

    # -- money

    @rule(who=WHO, fen=FEN)
    def a_partner_takes_money(self, who: str, fen: int) -> None:
        account, once = self.accounts[who], self.fresh()
        made = self.does(partial(self.store.run, account, lambda tx: act.record(
            tx, account=account, party=None, amount=Money(fen), text="P", partner="w", doc={}, once=once
        )))  # fmt: skip
        if made is not None:
            self.payments.append(made.id)

    @rule(who=WHO, fen=FEN)
    def money_is_asked_for(self, who: str, fen: int) -> None:
        once, until = self.fresh(), self.now + timedelta(minutes=15)
        made = self.does(partial(self.store.run, self.accounts[who], lambda tx: act.ask_for_money(
            tx, once=once, party=None, amount=Money(fen), text="T", until=until, channel="api"
        )))  # fmt: skip
        if made is not None:
            self.payments.append(made.id)

    @rule(which=WHICH, said=st.lists(st.sampled_from(["paid", "paid", "failed"]), min_size=1, max_size=3), reference=st.integers(0, 1))
    def the_bank_speaks(self, which: int, said: list[str], reference: int) -> None:
        for row in self._payment(which):
            for word in said:
                self.does(partial(self.store.run, row["id"], partial(_hear, row["id"], row["minor"], word, f"ref-{reference}")))

    @rule(which=WHICH, who=WHO)
    def a_payment_is_put_on_an_account(self, which: int, who: str) -> None:
        for row in self._payment(which, "AND status = 'done'"):
            account = row["account"] or self.accounts[who]
            self.does(partial(self.store.run, row["id"], partial(_top_up, account, row["minor"], row["id"])))

    @rule(which=WHICH, percent=st.integers(1, 110), twice=st.booleans(), refuses=st.booleans())
    def a_payment_goes_back(self, which: int, percent: int, twice: bool, refuses: bool) -> None:
        self.bank.refuses = refuses
        for row in self._payment(which, "AND status = 'done'"):
            fen = max(1, row["minor"] * percent // 100)
            back = [partial(self.store.run, row["id"], partial(_take_back, row["id"], fen, self.fresh())) for _time in range(2)]
            if twice:
                self.at_once(*back)
            else:
                self.does(back[0])

    @rule(which=WHICH)
    def a_payment_is_called_off(self, which: int) -> None:
        for row in self._payment(which):
            self.does(partial(self.store.run, row["id"], partial(_call_off, row["id"])), keyed=False)

    def _payment(self, which: int, where: str = "") -> list[Any]:
        if not self.payments:
            return []
        id_ = self.payments[which % len(self.payments)]
        return self.look(f"SELECT id, account, minor FROM payment WHERE home = $1 AND id = $2 {where}", home_of(id_), id_)

    @rule(who=WHO, fen=FEN, up=st.booleans())
    def a_balance_is_put_right(self, who: str, fen: int, up: bool) -> None:
        account, once, doc = self.accounts[who], self.fresh(), {"id": new_id(HOMES[who], self.now)}
        amount = Money(fen if up else -fen)
        self.does(partial(self.store.run, account, lambda tx: act.adjust(tx, account, amount, "so", once, doc)))

    @rule(who=WHO, to=WHO, fen=FEN)
    def money_is_passed_on(self, who: str, to: str, fen: int) -> None:
        account, id_ = self.accounts[who], new_id(HOMES[who], self.now)
        self.does(partial(self.store.run, account, partial(_pass_on, account, self.accounts[to], fen, id_)))

    @rule(who=WHO, fen=FEN)
    def money_is_set_aside(self, who: str, fen: int) -> None:
        account, id_ = self.accounts[who], new_id(HOMES[who], self.now)
        self.does(partial(self.store.run, account, lambda tx: act.reserve(tx, account, Money(fen), id_, {})), keyed=False)

    @rule(who=WHO, fen=FEN, months=st.integers(0, 3))
    def a_prepayment_is_taken(self, who: str, fen: int, months: int) -> None:
        account, once = self.accounts[who], self.fresh()
        self.does(partial(self.store.run, account, lambda tx: act.deposit(
            tx, account, Money(fen), "D", None, once, months=months
        )))  # fmt: skip

    @rule(who=WHO, which=WHICH)
    def two_use_one_card(self, who: str, which: int) -> None:
        pin = self.pick(self.pins, which)
        tokens = [new_id(7, self.now), new_id(7, self.now)]
        self.at_once(*(
            partial(act.redeem, self.store, act.hash_of(pin), token, self.accounts[number], number, [])
            for token, number in zip(tokens, (who, OTHER), strict=True)
        ))  # fmt: skip

    # -- bills

    @rule(times=st.integers(1, 2))
    def the_months_that_are_over_are_billed(self, times: int) -> None:
        self.turns_and_bills(times)

    @rule(who=WHO)
    def a_bill_is_asked_for(self, who: str) -> None:
        account = self.accounts[who]
        self.does(partial(self.store.run, account, lambda tx: act.bills.bill_on_demand(tx, account)), keyed=False)

    @rule(which=WHICH, accept=st.booleans())
    def a_line_is_contested(self, which: int, accept: bool) -> None:
        if row := self.pick(self._lines(), which):
            id_ = self.does(partial(
                self.store.run, row["id"], lambda tx: act.disputing.contest(tx, row["id"], "no", row["party"])
            ), keyed=False)  # fmt: skip
            if id_ is not None:
                self.does(partial(self.store.run, id_, lambda tx: act.disputing.decide(tx, id_, accept=accept, answer="so")))

    @rule(which=WHICH, fen=FEN)
    def a_part_of_a_line_is_given_back(self, which: int, fen: int) -> None:
        once = self.fresh()
        if row := self.pick(self._lines(), which):
            self.does(partial(self.store.run, row["id"], lambda tx: act.disputing.credit(tx, row["id"], Money(fen), "so", once)))

    def _lines(self) -> list[Any]:
        twins = [self.accounts[TWIN], self.accounts[LATE]]
        return self.look(
            """SELECT l.id, b.party FROM bill_line l JOIN customer_bill b ON b.home = l.home AND b.id = l.bill
               WHERE l.minor > 0 AND l.account <> ALL($1) ORDER BY l.id""", twins)  # fmt: skip

    # -- the world

    @rule(which=WHICH)
    def something_is_said_again(self, which: int) -> None:
        if again := self.pick(self.keyed, which):
            self.says_again(again)

    @rule(by=MOVES)
    def time_passes(self, by: timedelta) -> None:
        self.store.clock.move(by)

    @rule(billed=st.booleans())
    def a_month_ends(self, billed: bool) -> None:
        here = self.now.astimezone(ZONE)
        first = (here.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=1)
        self.store.clock.move(first - here)
        if billed:
            self.turns_and_bills()

    @rule(edges=st.integers(1, 3), committed=st.booleans())
    def a_death_is_near(self, edges: int, committed: bool) -> None:
        self.store.arm(edges, committed)

    @rule(seed=WHICH, most=st.integers(1, 12))
    def work_is_done(self, seed: int, most: int) -> None:
        self.works(seed, most)

    # -- the end

    def teardown(self) -> None:
        if self.store.pool is None:
            return
        try:
            if sys.exc_info()[0] is None:
                self._end()
        finally:
            self.wait(self.store.close())

    def _end(self) -> None:
        """All that was left to do is done; the other twin's records come, in another order; both were charged the same."""
        self.store.arm(0, False)
        self._twins_are_alike()
        for _look in range(2):
            self.settles()
            self.laws_hold()
            self.store.clock.move(timedelta(days=2))
        ends = [f"{row['law']}: {row['what']}" for row in self.look(money_laws.END)]
        assert not ends, "\n".join(ends)

    def _twins_are_alike(self) -> None:
        mine = [_of_late(use) for use in self.twins]
        luck = random.Random(len(mine))
        luck.shuffle(mine)
        for use in mine + mine[: len(mine) // 2]:
            self.tells(use)
        self.store.clock.move(timedelta(days=32))
        self.turns_and_bills()
        first, second = (self._came_to(number) for number in (TWIN, LATE))
        assert first == second, f"{first} and {second}: {self.twins}"

    def _came_to(self, number: str) -> tuple[Any, ...]:
        account = self.accounts[number]
        [money] = self.look("SELECT balance - unbilled AS net FROM billing_account WHERE id = $1", account)
        [bills] = self.look("SELECT sum(total) AS total, count(*) AS count FROM customer_bill WHERE account = $1", account)
        months = self.look(
            """SELECT month, kind, key, records, amount, units, left_over, minor FROM usage_month
               WHERE account = $1 AND records > 0 ORDER BY 1, 2, 3""", account)  # fmt: skip
        buckets = self.look("SELECT kind, start, total, used FROM bucket WHERE account = $1 AND used > 0 ORDER BY 1, 2", account)
        return money["net"], bills["total"], [tuple(row) for row in months], [tuple(row) for row in buckets]


def _of_late(use: Any) -> Any:
    return type(use)(**{name: getattr(use, name) for name in use.__struct_fields__} | {"number": LATE, "source": "late"})


async def _pass_on(account: str, to: str, fen: int, id_: str, tx: Tx) -> None:
    await transferring.transfer_money(tx, account, to, Money(fen), id_, {})


async def _hear(payment: str, fen: int, word: str, reference: str, tx: Tx) -> str:
    return await act.hear(tx, payment, word, Money(fen), reference)


async def _top_up(account: str, fen: int, payment: str, tx: Tx) -> Any:
    return await act.top_up(tx, account, Money(fen), payment)


async def _call_off(payment: str, tx: Tx) -> None:
    await act.give_back(tx, payment, _("No."))


async def _take_back(payment: str, fen: int, once: str, tx: Tx) -> str:
    found = await billing.queries.payment(tx, payment)
    return await act.take_back(tx, found, Money(fen), _("No."), once=once, doc={})


@pytest.fixture
def ground(database: str) -> Iterator[None]:
    loop = asyncio.new_event_loop()
    MoneyDay.loop, MoneyDay.dsn = loop, database
    yield
    loop.close()


def test_whatever_happens_money_is_neither_lost_nor_made(ground: None) -> None:
    wishes = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    run_state_machine_as_test(Days, settings=wishes)
