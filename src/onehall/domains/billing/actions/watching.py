"""What is seen while use is rated: allowances nearly used up, trips, credit and limits passed. Each is told once."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from onehall.domains.billing import events, store
from onehall.domains.billing.actions.rolling import plan_end
from onehall.domains.billing.model import Charged, Payer, Pool
from onehall.domains.billing.rules import charging, rating
from onehall.kernel.money import Money
from onehall.kernel.store import Tx

Touched = Iterable[tuple[str, Pool]]


def alert(tx: Tx, touched: Touched) -> None:
    """This will tell of allowances of which half, four fifths or all is used, before they are written; not of those that are over."""
    for account, pool in touched:
        if pool.until is not None and pool.until <= tx.now:
            continue
        share = rating.reached(rating.NOTHING, pool.used, pool.total, pool.alerted)
        if share:
            pool.alerted = share
            tx.tell(events.AllowanceReached(account, pool.id, pool.kind, share))


async def watch(tx: Tx, payers: dict[str, Payer], rated: Iterable[Charged], touched: Touched) -> None:
    """This will see what use has brought about, once it is written and posted."""
    for account, pool in touched:
        if pool.fresh and pool.until is not None:
            plan_end(tx, account, pool.of, pool.until)
    some = list(rated)
    await _trips(tx, [one for one in some if one.use.zone])
    await _credit(tx, [payers[account] for account in {one.account for one in some}])
    await _limits(tx, {one.account: payers[one.account] for one in some}, tx.now)


def month_of(payer: Payer, at: datetime) -> tuple[date, int, Decimal]:
    """This will give an account's month at a time, what its use has cost, minor units, and its data, MB."""
    start = rating.cycle_start(at, payer.cycle_day)
    mine = [month for month in payer.months.values() if month.month == start]
    data = sum((month.amount for month in mine if month.kind == "data_mb"), rating.NOTHING)
    return start, sum(month.minor for month in mine), data


async def _trips(tx: Tx, away: list[Charged]) -> None:
    seen: dict[tuple[str, str], Charged] = {}
    for one in away:
        if not one.use.withdrawn and one.use.at > tx.now - charging.ROAMING_FRESH:
            seen.setdefault((one.line, one.use.zone or ""), one)
    for (line, zone), one in sorted(seen.items()):
        if await store.watching.enter_zone(tx, one.account, line, zone, one.use.at):
            tx.tell(events.RoamingBegan(one.account, line, one.use.number, zone))


async def _credit(tx: Tx, payers: list[Payer]) -> None:
    over = [one for one in payers if not one.credit_reached and charging.is_over_credit(one.mode, one.free, one.unbilled, one.credit_limit)]
    if not over:
        return
    fresh = await store.watching.credit_reached(tx, [one.id for one in over], True)
    for one in over:
        if one.id in fresh:
            owing = Money(charging.owing(one.free, one.unbilled), one.currency)
            tx.tell(events.CreditReached(one.id, owing, Money(one.credit_limit, one.currency)))


async def _limits(tx: Tx, payers: dict[str, Payer], at: datetime) -> None:
    for payer in payers.values():
        if payer.spend_limit is None and payer.data_cap is None:
            continue
        start, spent, data = month_of(payer, at)
        what = charging.limit_passed(payer, spent, data)
        if what and payer.limit_told != start:
            await store.watching.limit_told(tx, payer.id, start)
            tx.tell(events.LimitReached(payer.id, what, start.isoformat()))
