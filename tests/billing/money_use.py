"""Half of a random day of money: use that is told, calls in progress, allowances that are bought, given and shared."""

import random
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from onehall.domains import billing
from onehall.domains.billing.events import UseHeard
from onehall.domains.billing.model import Wanted
from onehall.kernel.ids import home_for
from onehall.kernel.money import Money
from onehall.kernel.period import Period
from onehall.kernel.store import Tx
from tests.billing.money_day import LATE, MEMBER, OTHER, OWNER, STRANGER, TWIN, MoneyDay, corrected

act = billing.actions
WHO = st.sampled_from([OWNER, OWNER, MEMBER, OTHER])
WHICH = st.integers(0, 59)
FEN = st.integers(1, 9000)
UNITS = st.integers(0, 15000)
KIND = st.sampled_from(["data_mb", "data_mb", "voice_min", "sms"])
HOURS = st.sampled_from([0, 0, 1, 5, 30, 100, 700, 1500])


class UseDay(MoneyDay):
    """Rules about use and allowances. No rule has a precondition: what two do at once is not the same twice."""

    # -- use

    @rule(who=st.sampled_from([OWNER, MEMBER, OTHER, STRANGER]), kind=KIND, units=UNITS, hours=HOURS, times=st.integers(1, 2))
    def use_is_told(self, who: str, kind: str, units: int, hours: int, times: int) -> None:
        use = self.use(who, kind, units, hours)
        self.records.append(use)
        self.tells(*[use] * times)

    @rule(which=WHICH, units=UNITS, later=st.sampled_from([-900, -40, -2, 0, 3, 40]), gone=st.booleans())
    def a_record_is_corrected(self, which: int, units: int, later: int, gone: bool) -> None:
        use = self.pick(self.records, which)
        if use is None:
            return
        when = min(use.at + timedelta(hours=later), self.now)
        newer = corrected(use, amount=Decimal(units) / 100, at=when, withdrawn=gone)
        self.records[self.records.index(use)] = newer
        self.tells(newer)

    @rule(which=WHICH, seed=WHICH)
    def old_records_come_again_in_another_order(self, which: int, seed: int) -> None:
        some = [use for use in self.records if use.account is None][which % 7 :]
        random.Random(seed).shuffle(some)
        self.tells(*some)

    @rule(who=st.sampled_from([OWNER, MEMBER, STRANGER]), kind=KIND, units=UNITS, hours=HOURS, times=st.integers(1, 2))
    def an_element_tells_of_use(self, who: str, kind: str, units: int, hours: int, times: int) -> None:
        use = self.use(who, kind, units, hours)
        self.records.append(use)
        said = {name: getattr(use, name) for name in ("source", "record", "number", "kind")}
        fact = UseHeard(**said, amount=str(use.amount), at=use.at.isoformat())

        async def telling(tx: Tx) -> None:
            tx.tell(fact)

        for _time in range(times):
            self.does(partial(self.store.run, home_for(who), telling), keyed=False)

    @rule(which=WHICH)
    def the_stranger_gets_a_number(self, which: int) -> None:
        if STRANGER not in self.accounts:
            self.does(partial(self.open_account, STRANGER, "postpaid", "plain"), whole=False, keyed=False)

    @rule(kind=KIND, units=UNITS, hours=HOURS, version=st.integers(0, 2), gone=st.booleans(), which=WHICH)
    def the_twins_use(self, kind: str, units: int, hours: int, version: int, gone: bool, which: int) -> None:
        """One twin's records are told now, the other's at the end."""
        use = self.use(TWIN, kind, units, hours)
        old = self.pick(self.twins, which)
        if version and old is not None:
            newest = max((one for one in self.twins if one.record == old.record), key=lambda one: one.version)
            use = corrected(newest, amount=use.amount, at=use.at, withdrawn=gone)
        self.twins.append(use)
        self.store.arm(0, False)
        self.tells(use)

    @rule(who=st.sampled_from([OWNER, OTHER]), kind=KIND, units=st.integers(1, 9000), more=st.integers(1, 9000))
    def two_are_charged_at_once(self, who: str, kind: str, units: int, more: int) -> None:
        """An owner and a member, or two sessions of one line, drain the same buckets."""
        payer = self.accounts[who]
        pair = [self.use(number, kind, much, 0, account=payer) for number, much in ((who, units), (MEMBER if who == OWNER else who, more))]
        self.at_once(*(partial(self.store.run, payer, partial(_debit, use)) for use in pair))

    # -- calls in progress

    @rule(who=WHO, kind=KIND, units=st.integers(1, 9000))
    def a_call_begins(self, who: str, kind: str, units: int) -> None:
        account = self.accounts[OWNER if who == MEMBER else who]
        wanted = Wanted(key=self.fresh(), number=who, kind=kind, amount=Decimal(units) / 100, seconds=600, source="cell")
        held = self.does(partial(self.store.run, account, lambda tx: act.reserve_units(tx, account, wanted)))
        if held is not None:
            self.calls.append(held.id)

    @rule(which=WHICH, units=UNITS)
    def a_call_ends(self, which: int, units: int) -> None:
        if call := self.pick(self.calls, which):
            self.does(partial(self.store.run, call, lambda tx: act.commit_units(tx, call, Decimal(units) / 100)), keyed=False)

    @rule(which=WHICH)
    def a_call_is_let_go(self, which: int) -> None:
        if call := self.pick(self.calls, which):
            self.does(partial(self.store.run, call, lambda tx: act.release_units(tx, call)))

    # -- allowances

    @rule(who=WHO, months=st.integers(1, 2))
    def a_pack_is_bought(self, who: str, months: int) -> None:
        account, once = self.accounts[who], self.fresh()
        period = Period(self.now, self.now + timedelta(days=30 * months))

        async def buying(tx: Tx) -> None:
            await act.charge(tx, account, Money(500), "Pack", None, once)
            await act.grant(tx, account, {"data_mb": 60, "voice_min": 7}, period, f"pack:{once}")

        self.does(partial(self.store.run, account, buying))

    @rule(who=WHO, to=WHO, which=WHICH, amount=st.integers(1, 90))
    def units_are_given_away(self, who: str, to: str, which: int, amount: int) -> None:
        account, once = self.accounts[who], self.fresh()
        rows = self.look("SELECT id FROM bucket WHERE account = $1 AND kind = 'data_mb' ORDER BY id", account)
        if row := self.pick(rows, which):
            self.does(partial(self.store.run, account, lambda tx: act.give_away(
                tx, account, row["id"], to, self.accounts[to], amount, once
            )))  # fmt: skip

    @rule(which=WHICH, by=st.integers(-90, 90))
    def a_bucket_is_resized(self, which: int, by: int) -> None:
        rows = self.look("SELECT id FROM bucket WHERE account <> ALL($1) ORDER BY id", [self.accounts[TWIN], self.accounts[LATE]])
        if row := self.pick(rows, which):
            self.does(partial(self.store.run, row["id"], lambda tx: act.adjust_bucket(tx, row["id"], by)), keyed=False)

    @rule(most=st.sampled_from([None, 0, 30, 100]))
    def the_owner_shares(self, most: int | None) -> None:
        """Asked again, the limit changes."""
        owner, member = self.accounts[OWNER], self.accounts[MEMBER]
        self.does(partial(self.store.run, owner, lambda tx: act.invite(
            tx, owner, f"line-{OWNER}", "Plan", MEMBER, member, most, OWNER
        )), keyed=False)  # fmt: skip

    @rule(yes=st.sampled_from([True, True, True, False]))
    def the_member_answers(self, yes: bool) -> None:
        for row in self.look("SELECT id, status FROM share_offer"):
            answer = (lambda tx, id_=row["id"]: act.answer_share(tx, id_, yes)) if row["status"] == "open" else (
                lambda tx, id_=row["id"]: act.leave_share(tx, id_))
            self.does(partial(self.store.run, row["id"], answer), keyed=False)
        self.works(1, 40)
        self.works(2, 40)


async def _debit(use: Any, tx: Tx) -> Any:
    return await act.debit(tx, [use])
