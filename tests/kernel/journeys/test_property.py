"""Random people, channels, faults and clock moves against the engine; after each step the tables are held against the laws."""

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from onehall.kernel.journeys.hand_over import offer, take
from onehall.kernel.journeys.holders import may_answer
from tests.ground.database import EXAMPLES as EXAMPLES_TOLD
from tests.kernel.journeys import fair
from tests.kernel.journeys.day import Day
from tests.kernel.journeys.laws import all_money_is_settled, nothing_is_left_lying
from tests.kernel.journeys.weather import FrailStore

EXAMPLES = int(os.environ.get(EXAMPLES_TOLD) or 80)
STEPS = 30
JOURNEYS_MAX = 5
CODES_MAX = 6
WHO = st.sampled_from(["ann", "bob", "nobody", "cat", "cat by sms", "ann logged in", "bob by sms", "c1", "c2"])
WHICH = st.integers(0, 59)
MANNER = st.sampled_from(["right", "right", "right", "right", "wrong", "no", "stale", "twice"])
MOVES = st.sampled_from([timedelta(minutes=1), timedelta(minutes=12), timedelta(minutes=40), timedelta(hours=3), timedelta(days=2)])


class Fair(Day):
    """A day at the fair. No rule has a precondition: what two do at once is not the same twice, and what is drawn must be."""

    @initialize()
    def open(self) -> None:
        self.store.arm(0, False)
        self.store.deaths = 0
        self.wait(fair.stock(self.store))
        fair.offer_function("fair.buy", fair.whispering_buy, secret=("word",))

    # -- people

    @rule(who=WHO, sweet=st.sampled_from([None, "fudge", "drop", "broccoli"]), key=st.sampled_from([None, "k"]), goal=st.integers(0, 7))
    def begins(self, who: str, sweet: str | None, key: str | None, goal: int) -> None:
        if len(self.begun) >= JOURNEYS_MAX:
            return
        row = self.try_to(self.engine.start("fair.buy", self.caller(who), {"sweet": sweet} if sweet else {}, key))
        if row is not None and row.id not in self.begun and not row.fresh:
            self.begun.append(row.id)
            self.goes_on_with(row.id, who, goal)
        self.check()

    @rule(which=WHICH, who=WHO, manner=MANNER, pick=WHICH)
    def answers(self, which: int, who: str, manner: str, pick: int) -> None:
        if not self.begun:
            return
        row = self.journey(which)
        caller = self.answering(row, who, pick)
        reply = self.reply_for(row, caller, manner, pick)
        before = self.books()
        outcome = self.try_to(self.engine.reply(row.id, *reply))
        comes_home = caller.who.party is not None and row.party is None  # a guest's journey goes home with who logged in, whatever they say
        if outcome is None and not self.dead and not comes_home and not row.expires <= self.store.clock.now():
            assert self.books().journeys == before.journeys, "a refused answer changed something"
        if not may_answer(row, caller) and not self.dead:
            assert self.books().journeys == before.journeys, "an answer was taken from one who does not hold the journey"
        self.last[row.id] = reply
        self.check()

    @rule(which=WHICH, who=WHO, goal=st.integers(1, 8))
    def goes_on(self, which: int, who: str, goal: int) -> None:
        if not self.begun:
            return
        self.goes_on_with(self.begun[which % len(self.begun)], who, goal)
        self.check()

    @rule(which=WHICH)
    def says_it_again(self, which: int) -> None:
        if not self.last:
            return
        id_ = sorted(self.last)[which % len(self.last)]
        self.try_to(self.engine.reply(id_, *self.last[id_]))
        self.check()

    @rule(which=WHICH, one=WHICH, other=WHICH)
    def two_answer_at_once(self, which: int, one: int, other: int) -> None:
        if not self.begun:
            return
        row = self.journey(which)
        caller = self.answering(row, "ann", 1)
        replies = [self.reply_for(row, caller, "right", pick) for pick in (one, other)]
        self.at_once(*(self.engine.reply(row.id, *reply) for reply in replies))
        assert self.dead or self.journey(which).turn <= row.turn + 2
        self.check()

    # -- hand-over

    @rule(which=WHICH, who=WHO, honest=st.booleans())
    def asks_for_a_code(self, which: int, who: str, honest: bool) -> None:
        if not self.begun or len(self.codes) >= CODES_MAX:
            return
        row = self.journey(which)
        caller = self.answering(row, who, 0) if honest else self.caller(who)
        made = self.try_to(offer(self.engine, row, caller))
        assert made is None or (may_answer(row, caller) and row.open)
        if made is not None:
            self.codes.append(made.code)
        self.check()

    @rule(which=WHICH, who=WHO, goal=st.integers(0, 7))
    def hands_over(self, which: int, who: str, goal: int) -> None:
        if not self.begun:
            return
        row = self.journey(which)
        made = self.try_to(offer(self.engine, row, self.answering(row, "ann", 0)))
        taken = self.try_to(take(self.engine, made.code, self.caller(who))) if made is not None else None
        if taken is not None:
            self.codes.append(made.code)
            self.goes_on_with(taken.id, who, goal)
        self.check()

    @rule(which=WHICH, who=WHO)
    def takes_over(self, which: int, who: str) -> None:
        if not self.codes:
            return
        row = self.try_to(take(self.engine, self.codes[which % len(self.codes)], self.caller(who)))
        assert row is None or not row.open or row.holders[-1] == self.caller(who).holder
        self.check()

    @rule(which=WHICH)
    def two_clerks_enter_one_code(self, which: int) -> None:
        if not self.codes:
            return
        code = self.codes[which % len(self.codes)]
        self.at_once(*(take(self.engine, code, fair.clerk(name)) for name in ("c1", "c2")))
        self.check()

    # -- the world

    @rule(which=WHICH, paid=st.sampled_from([True, True, False]), times=st.sampled_from([1, 1, 2, 3]))
    def the_bank_speaks(self, which: int, paid: bool, times: int) -> None:
        if not self.payments:
            return
        self.hear_bank(which, [paid] * times)

    @rule(which=WHICH)
    def the_bank_says_no_then_yes(self, which: int) -> None:
        if not self.payments:
            return
        self.hear_bank(which, [False])
        self.hear_bank(which, [True])

    @rule(which=WHICH, ok=st.booleans())
    def the_world_says_what_nobody_asked(self, which: int, ok: bool) -> None:
        """Answers to questions that are not open, or that are not the world's, do nothing."""
        if not self.begun:
            return
        row = self.journey(which)
        before = self.books()
        self.try_to(self.engine.arrive(f"{row.id}/prove", {"passed": True, "name": "ann"}))
        self.try_to(self.engine.arrive(f"{row.id}/sent", {"never": True, "due": "2026-01-01"}))
        if row.expires > self.store.clock.now() and not self.dead and (row.question or {}).get("kind") != "wait":
            assert self.books().journeys == before.journeys
        self.check()

    @rule(name=st.sampled_from(["drop", "fudge", "toffee"]), price=st.integers(1, 900))
    def a_price_changes(self, name: str, price: int) -> None:
        self.write("UPDATE fair_thing SET price = $2 WHERE kind = 'sweet' AND name = $1", name, price)

    @rule(name=st.sampled_from(["drop", "fudge", "toffee"]), gone=st.booleans())
    def a_sweet_is_withdrawn_or_comes_back(self, name: str, gone: bool) -> None:
        self.write("UPDATE fair_thing SET withdrawn = $2 WHERE kind = 'sweet' AND name = $1", name, gone)

    @rule(by=MOVES)
    def time_passes(self, by: timedelta) -> None:
        self.store.clock.move(by)

    @rule(edges=st.integers(1, 6), committed=st.booleans())
    def a_crash_is_near(self, edges: int, committed: bool) -> None:
        self.store.arm(edges, committed)

    @rule()
    def work_is_done(self) -> None:
        self.drain()
        self.check()
        if not self.store.deaths:
            nothing_is_left_lying(self.books(), self.store.clock.now())

    def teardown(self) -> None:
        self.store.arm(0, False)
        for _week in range(2):
            self.drain()
            self.check()
            self.store.clock.move(timedelta(days=9))
        for _rest in range(2):
            self.drain()
        self.check()
        nothing_is_left_lying(self.books(), self.store.clock.now())
        all_money_is_settled(self.books())


@pytest.fixture
def grounds(database: str) -> Iterator[None]:
    loop = asyncio.new_event_loop()
    store = loop.run_until_complete(FrailStore(database, pool_size=10).open())
    close = loop.run_until_complete(fair.open_fair(store))
    Fair.loop, Fair.store = loop, store
    yield
    close()
    loop.run_until_complete(store.close())
    loop.close()


def test_whatever_happens_the_books_are_right(grounds: None) -> None:
    wishes = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    run_state_machine_as_test(Fair, settings=wishes)
