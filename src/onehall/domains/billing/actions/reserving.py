"""Calls in progress: units and money are set aside, then the real use is rated and the rest is free again."""

from datetime import datetime
from decimal import Decimal

from onehall.domains import catalogue
from onehall.domains.billing import events, store
from onehall.domains.billing.actions.debiting import REASONS
from onehall.domains.billing.actions.rating import take_in
from onehall.domains.billing.actions.rating_work import Rating
from onehall.domains.billing.actions.rolling import plan_end
from onehall.domains.billing.model import Draw, Month, Outcome, Payer, Pool, Reservation, Subscription, Use, Wanted
from onehall.domains.billing.rules import charging, rating
from onehall.domains.catalogue import Case
from onehall.kernel import settings
from onehall.kernel.i18n import _
from onehall.kernel.ids import keyed_id
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

OPEN = ("reserved", "expired")


async def reserve_units(tx: Tx, account: str, wanted: Wanted) -> Reservation:
    """This will set units of an account's buckets aside for a number's call, and money for the rest; once for each key.

    Where money does not reach, what the buckets have is granted. It is free again when its time is over.
    :raises Refusal: `balance.low`, 402; `use.unknown`, `use.amount`, `use.kind`, 422; 404.
    """
    charging.check_wanted(wanted.kind, wanted.amount)
    id_ = keyed_id(tx.home, EPOCH, "reservation", wanted.source, wanted.key)
    payers = await store.rating.lock(tx, [account])
    if (before := await store.reservations.one(tx, id_)) is not None:
        return before
    if account not in payers:
        raise missing(_("account"))
    made = await _made(tx, payers[account], id_, wanted)
    await store.reservations.set_aside(tx, account, made.drawn, made.minor, 1)
    await store.reservations.insert(tx, made)
    tx.later("billing.end_reservation", {"reservation": id_}, due=made.until)
    tx.tell(events.UnitsReserved(account, id_))
    return made


async def commit_units(tx: Tx, reservation: str, amount: Decimal, at: datetime | None = None) -> tuple[Reservation, Outcome | None]:
    """This will rate what a call has really used and free what was set aside; also after its time was over. Done twice, it is once.

    An `amount` of nothing only frees. The use counts from when the call began, if not said.
    :raises Refusal: `reservation.over`, 409, it was released; 404; `use.amount`, 422.
    """
    if amount:
        charging.check_wanted("use", amount)
    held = await _held(tx, reservation)
    await store.rating.lock(tx, [held.account])
    ended = await store.reservations.end(tx, reservation, "committed", among=OPEN)
    if ended is None:
        held = await _held(tx, reservation)
        if held.status != "committed":
            raise Refusal("reservation.over", _("This reservation is over."), 409)
    elif held.status == "reserved":
        await store.reservations.set_aside(tx, held.account, held.drawn, held.minor, -1)
        tx.tell(events.ReservationEnded(held.account, reservation, "committed"))
    if not amount:
        return held, None
    use = Use(
        source=held.source, record=f"session:{reservation}", number=held.number, kind=held.kind, amount=amount, at=at or held.at,
        peer=held.peer, zone=held.zone, account=held.account,
    )  # fmt: skip
    [outcome] = await take_in(tx, [use])
    return held, outcome


async def release_units(tx: Tx, reservation: str, how: str = "released") -> bool:
    """This will free what was set aside for a call; False when it is over already.

    :raises Refusal: 404.
    """
    held = await _held(tx, reservation)
    await store.rating.lock(tx, [held.account])
    ended = await store.reservations.end(tx, reservation, how)
    if ended is None:
        return False
    await store.reservations.set_aside(tx, ended.account, ended.drawn, ended.minor, -1)
    tx.tell(events.ReservationEnded(ended.account, reservation, how))
    return True


async def _held(tx: Tx, reservation: str) -> Reservation:
    found = await store.reservations.one(tx, reservation)
    if found is None:
        raise missing(_("reservation"))
    return found


async def _made(tx: Tx, payer: Payer, id_: str, wanted: Wanted) -> Reservation:
    use = Use(
        source=wanted.source, record=wanted.key, number=wanted.number, kind=wanted.kind, amount=wanted.amount, at=tx.now, peer=wanted.peer,
        zone=wanted.zone, account=payer.id,
    )  # fmt: skip
    await store.state.fill(tx, {payer.id: payer}, tx.now, rating.cycle_start(tx.now, payer.cycle_day))
    work = Rating(tx, {payer.id: payer}, await catalogue.queries.days(tx))
    plan, case = await _case(work, payer, use)
    line, units = plan.line or use.number, rating.units(case, use.amount)
    drawn = await _drawn(work, payer, use, line, case, units)
    short = units - sum((draw.amount for draw in drawn), rating.NOTHING)
    minor = _price(payer, plan, line, case, use, short)
    if not charging.may_owe(payer, minor):
        units, minor = units - short, 0
    if units <= 0:
        raise Refusal(*REASONS["balance"])
    until = tx.now + charging.lease(wanted.seconds, settings.current().reservation_minutes)
    aside = minor if payer.mode == "prepaid" else 0
    return Reservation(
        id_, payer.id, line, use.number, use.kind, wanted.source, wanted.amount, min(units, wanted.amount), tuple(drawn), aside,
        payer.currency, wanted.peer, wanted.zone, "reserved", tx.now, until,
    )  # fmt: skip


async def _case(work: Rating, payer: Payer, use: Use) -> tuple[Subscription, Case]:
    plan = rating.plan_at(payer.subscriptions, use.number, use.at)
    tariff = (await work.offering(plan)).tariff(use.kind) if plan else None
    case = rating.case_of(tariff, use, lambda day: rating.day_kind(day, work.days)) if tariff else None
    if plan is None or case is None:
        raise Refusal(*REASONS["unknown"])
    return plan, case


async def _drawn(work: Rating, payer: Payer, use: Use, line: str, case: Case, units: Decimal) -> list[Draw]:
    """What is in other calls of the line already counts against its share of a bucket."""
    if not case.covered:
        return []
    await work.grant(payer, rating.cycle_start(use.at, payer.cycle_day), use)
    fresh = [(payer.id, pool) for pool in payer.pools if pool.fresh and pool.id in work.touched]
    if fresh:
        await store.rating.write_pools(work.tx, fresh)
        for _account, pool in fresh:
            pool.fresh = False
            if pool.until is not None:
                plan_end(work.tx, payer.id, pool.of, pool.until)
    aside = await store.reservations.of_line(work.tx, payer.id, line)
    for pool in payer.pools:
        _count_in(pool, line, aside.get(pool.id, rating.NOTHING))
    return rating.draws(rating.drawing_order(payer.pools), use.kind, line, use.at, units)


def _count_in(pool: Pool, line: str, aside: Decimal) -> None:
    if line in pool.members:
        most, used = pool.members[line]
        pool.members[line] = (most, used + aside)


def _price(payer: Payer, plan: Subscription, line: str, case: Case, use: Use, short: Decimal) -> int:
    if not short:
        return 0
    month = Month(line, rating.cycle_start(use.at, payer.cycle_day), use.kind, case.key, plan.offering, payer.currency)
    before = payer.months.get(month.place, month).left_over
    return max(0, rating.price(case, before, short))
