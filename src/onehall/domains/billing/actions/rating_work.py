"""The rating of a batch of records: each finds its plan, its price and its allowances, in order of time."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal

from onehall.domains import catalogue
from onehall.domains.billing import rules, store
from onehall.domains.billing.actions.recurring import allowances
from onehall.domains.billing.model import Charged, Month, Outcome, Payer, Pool, Subscription, Use
from onehall.domains.billing.rules import rating
from onehall.domains.catalogue import Case, Offering
from onehall.kernel.i18n import ZONE, keep
from onehall.kernel.ids import keyed_id
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

NO_PLAN = "no plan was in force"
NO_PRICE = "the plan has no price for it"
Allow = Callable[["Rating", Payer, Charged], str]  # why a record is refused; "" when it is not


class Rating:
    """The rating of a batch of records in one home, by accounts whose rows are held."""

    def __init__(self, tx: Tx, payers: dict[str, Payer], days: dict[date, str]) -> None:
        self.tx = tx
        self.payers = payers
        self.days = days
        self.offerings: dict[str, Offering] = {}
        self.granted: set[tuple[str, str, date]] = set()
        self.pools: dict[str, Pool] = {}
        self.touched: dict[str, tuple[str, Pool]] = {}
        self.months: dict[tuple[str, tuple[str, date, str, str, str]], Month] = {}
        self.rated: dict[str, Charged] = {}
        self.owed: dict[tuple[str, str], int] = {}
        self.known: set[str] = set()
        self.freed: set[str] = set()
        self.asked: set[str] = set()
        self.allow: Allow | None = None

    async def rate(self, payer: Payer, uses: Iterable[tuple[str, Use]]) -> dict[str, Outcome]:
        """This will rate an account's records one after another, as of (time, id)."""
        found = {}
        self.pools.update((pool.id, pool) for pool in payer.pools)
        for id_, use in uses:
            terms = await self.terms(payer, use)
            one = Outcome(use, "waiting", terms) if isinstance(terms, str) else await self._one(payer, *terms, id_, use)
            found[id_] = self._allowed(payer, one) if self.allow and id_ in self.asked else one
        return found

    def owes(self, payer: Payer) -> int:
        """This will give by how much what an account owes has changed so far, minor units."""
        return sum(minor for (account, _offering), minor in self.owed.items() if account == payer.id)

    def _allowed(self, payer: Payer, one: Outcome) -> Outcome:
        """A record of use that has not happened yet is taken back where it is not allowed."""
        why = self.allow(self, payer, one.charged) if self.allow and one.charged else ""
        if not why or one.charged is None:
            return one
        self.undo(payer, one.charged)
        del self.rated[one.charged.id]
        return Outcome(one.use, "refused", why)

    async def terms(self, payer: Payer, use: Use) -> tuple[Subscription, Case] | str:
        """This will find the plan and the case of its tariff that price a record, or say why there is none."""
        plan = rating.plan_at(payer.subscriptions, use.number, use.at)
        if plan is None:
            return NO_PLAN
        tariff = (await self.offering(plan)).tariff(use.kind)
        case = rating.case_of(tariff, use, lambda day: rating.day_kind(day, self.days)) if tariff else None
        return (plan, case) if case else NO_PRICE

    async def _one(self, payer: Payer, plan: Subscription, case: Case, id_: str, use: Use) -> Outcome:
        line, month = plan.line or use.number, rating.cycle_start(use.at, payer.cycle_day)
        units = rating.units(case, use.amount)
        drawn = []
        if case.covered and units:
            await self.grant(payer, month, use)
            drawn = rating.draws(payer.pools, use.kind, line, use.at, units)
        left_over = units - sum((draw.amount for draw in drawn), rating.NOTHING)
        total = self._month(payer, line, month, use.kind, case.key, plan.offering)
        minor = rating.price(case, total.left_over, left_over) if left_over else 0
        one = Charged(
            use, id_, payer.id, line, plan.offering, case.key, units, tuple(drawn), left_over, minor, payer.currency
        )
        self._count(payer, one, total, 1)
        self.rated[id_] = one
        return Outcome(use, "added", charged=one)

    def undo(self, payer: Payer, one: Charged) -> None:
        """This will take back what a record was rated to, before it is rated anew."""
        self.pools.update((pool.id, pool) for pool in payer.pools)
        self.freed.update(draw.bucket for draw in one.drawn)
        cycle = rating.cycle_start(one.use.at, payer.cycle_day)
        self._count(payer, one, self._month(payer, one.line, cycle, one.use.kind, one.key, one.offering), -1)

    async def offering(self, plan: Subscription) -> Offering:
        """This will give the terms that a subscription stands on."""
        key = plan.price_id or plan.offering
        if key not in self.offerings:
            known = catalogue.queries.at_price if plan.price_id else catalogue.queries.known
            self.offerings[key] = await known(self.tx, key)
        return self.offerings[key]

    async def in_any_order(self, payer: Payer, kind: str) -> bool:
        """This will tell whether it makes no difference in which order an account's records of a kind are rated."""
        plans = [one for one in payer.subscriptions if one.kind == "plan"]
        tariffs = [tariff for plan in plans if (tariff := (await self.offering(plan)).tariff(kind))]
        return rating.counts_in_any_order(tariffs, payer.pools, kind)

    def _count(self, payer: Payer, one: Charged, month: Month, times: int) -> None:
        month.records += times
        month.amount += times * one.use.amount
        month.units += times * one.units
        month.left_over += times * one.left_over
        month.minor += times * one.minor
        month.latest = max(month.latest or one.use.at, one.use.at)
        self.months[payer.id, month.place] = month
        for draw in one.drawn:
            pool = self.pools[draw.bucket]
            pool.used += times * draw.amount
            if one.line in pool.members:
                most, used = pool.members[one.line]
                pool.members[one.line] = (most, used + times * draw.amount)
            self.touched[pool.id] = (payer.id, pool)
        if one.minor:
            key = (payer.id, one.offering)
            self.owed[key] = self.owed.get(key, 0) + times * one.minor

    def _month(self, payer: Payer, line: str, month: date, kind: str, key: str, offering: str) -> Month:
        place = (line, month, kind, key, offering)
        found = payer.months.get(place)
        if found is None:
            found = payer.months[place] = Month(line, month, kind, key, offering, payer.currency)
        return found

    async def grant(self, payer: Payer, month: date, use: Use) -> None:
        """A month's allowances are granted with its first use, where the turn of the month has not done so."""
        for one in payer.subscriptions:
            key = (one.product, use.kind, month)
            if key in self.granted or one.kind not in ("plan", "pack") or one.doc.get("share") or not one.stands(use.at):
                continue
            self.granted.add(key)
            start, end = _midnight(month), rules.month_later(_midnight(month))
            mine = [pool for pool in payer.pools if pool.of in (one.product, one.offering) and pool.kind == use.kind]
            if any(pool.start < end and (pool.until is None or start < pool.until) for pool in mine):
                continue
            offering = await self.offering(one)
            if one.kind == "pack" and not offering.monthly:
                continue
            total = allowances(offering, one, start, end).get(use.kind, 0)
            if total:
                once = f"{payer.id}:{one.product}:{start.isoformat()}"
                id_ = keyed_id(self.tx.home, EPOCH, "bucket", once, use.kind)
                zero = rating.NOTHING
                fresh = Pool(
                    id_, one.product, use.kind, Decimal(total), zero, zero, start, end, members={}, fresh=True, name=keep(one.name)
                )
                store.state.join_members(payer, fresh)
                payer.pools = rating.drawing_order([*payer.pools, fresh])
                self.pools[id_] = fresh
                self.touched[id_] = (payer.id, fresh)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
