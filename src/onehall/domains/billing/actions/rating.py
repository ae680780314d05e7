"""Records of use become money: each is taken in once, rated by the plan in force when it happened, and posted.

What an account owes is the same in whatever order its records come. Where the order counts (several prices, allowances that end
at different times), a record that comes late, or corrected, has those after it rated anew; the difference is posted.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from msgspec.structs import replace

from onehall.domains import catalogue
from onehall.domains.billing import events, store
from onehall.domains.billing.actions.posting import post_use
from onehall.domains.billing.actions.rating_work import Allow, Rating
from onehall.domains.billing.actions.rolling import roll_over
from onehall.domains.billing.actions.watching import alert, watch
from onehall.domains.billing.model import Charged, Outcome, Payer, Use
from onehall.domains.billing.rules import rating
from onehall.kernel.money import Money
from onehall.kernel.store import Tx

NO_ACCOUNT = "the account is gone"
NOT_THEN = "nothing says what it costs at the time that it is corrected to"
ANOTHER = "a correction is of the same number and kind; take the record back and tell it under another name"


async def take_in(tx: Tx, uses: Sequence[Use], batch: str | None = None) -> list[Outcome]:
    """This will take in records whose `account` is of this home: each once, by (source, record), however often it comes.

    A version that is older than what is here is known already; a newer one corrects it. One transaction; safe twice.
    """
    return (await rate_in(tx, uses, batch))[0]


async def rate_in(
    tx: Tx, uses: Sequence[Use], batch: str | None = None, allow: Allow | None = None
) -> tuple[list[Outcome], dict[str, Payer]]:
    """This will take in records and give the accounts as they are then; with `allow`, what it says no to is refused and not rated."""
    payers = await store.rating.lock(tx, sorted({use.account for use in uses if use.account}))
    wanted, outcomes = _newest(tx.home, uses)
    here = await store.rating.known(tx, list(wanted))
    changed = {id_: use for id_, use in wanted.items() if id_ not in here or here[id_]["version"] < use.version}
    outcomes += [Outcome(use, "known") for id_, use in wanted.items() if id_ not in changed]
    outcomes += [Outcome(use, "waiting", NO_ACCOUNT) for use in changed.values() if use.account not in payers]
    wrong = {id_ for id_, use in changed.items() if id_ in here and (use.account, use.kind) != (here[id_]["account"], here[id_]["kind"])}
    outcomes += [Outcome(changed[id_], "refused", ANOTHER) for id_ in wrong]
    by_account: dict[str, dict[str, Use]] = {}
    for id_, use in changed.items():
        if use.account in payers and id_ not in wrong:
            by_account.setdefault(use.account or "", {})[id_] = use
    if not by_account:
        return outcomes, payers
    old = {id_: store.rating.charged_of(here[id_]) for some in by_account.values() for id_ in some if id_ in here}
    first = min(use.at for use in [*(use for some in by_account.values() for use in some.values()), *(one.use for one in old.values())])
    mine = {id_: payers[id_] for id_ in by_account}
    await store.state.fill(tx, mine, first, _earliest(mine.values(), first))
    work = Rating(tx, mine, await catalogue.queries.days(tx))
    work.allow, work.asked, work.known = allow, set(changed) - set(here), set(here)
    for account, some in by_account.items():
        outcomes += await _rate_account(work, mine[account], some, old)
    await _write(work, batch)
    return outcomes, payers


async def _rate_account(work: Rating, payer: Payer, some: dict[str, Use], old: dict[str, Charged]) -> list[Outcome]:
    payer.pools = rating.drawing_order(payer.pools)
    corrected = {id_: old[id_] for id_ in some if id_ in old}
    outcomes: list[Outcome] = []
    for kind in dict.fromkeys(use.kind for use in some.values()):
        mine = {id_: use for id_, use in some.items() if use.kind == kind}
        stay = await _unpriced(work, payer, {id_: use for id_, use in mine.items() if id_ in corrected})
        outcomes += [Outcome(mine.pop(id_), "waiting", NOT_THEN) for id_ in stay]
        if not mine:
            continue
        again = await _again(work, payer, kind, mine, {id_: one for id_, one in corrected.items() if id_ not in stay})
        work.known.update(again)
        for one in again.values():
            work.undo(payer, one)
        fresh = {id_: one.use for id_, one in again.items()} | mine
        live = {id_: use for id_, use in fresh.items() if not use.withdrawn}
        rated = await work.rate(payer, sorted(live.items(), key=lambda one: (one[1].at, one[0])))
        _withdraw(work, payer, mine, again)
        outcomes += [_said(rated[id_], id_ in corrected) for id_ in mine if id_ in rated]
        outcomes += [Outcome(use, "corrected") for use in mine.values() if use.withdrawn]
    return outcomes


async def _again(work: Rating, payer: Payer, kind: str, mine: dict[str, Use], corrected: dict[str, Charged]) -> dict[str, Charged]:
    """What has to be rated anew: what is corrected and, where the order counts, all that happened after the earliest record.

    Use that is charged at once takes what is left by now: what others were answered stays.
    """
    old = {id_: one for id_, one in corrected.items() if one.use.kind == kind and not one.use.withdrawn}
    first = min([use.at for use in mine.values()] + [one.use.at for one in old.values()])
    latest = max((month.latest for month in payer.months.values() if month.kind == kind and month.latest), default=None)
    if work.allow is not None or latest is None or (first > latest and not old) or await work.in_any_order(payer, kind):
        return old
    rows = [store.rating.charged_of(row) for row in await store.rating.since(work.tx, payer.id, kind, first)]
    stay = await _unpriced(work, payer, {one.id: one.use for one in rows if one.id not in mine})
    return old | {one.id: one for one in rows if one.id not in stay}


async def _unpriced(work: Rating, payer: Payer, here: dict[str, Use]) -> set[str]:
    """What was rated and has no plan or price as it is told now stays as it was rated."""
    return {id_ for id_, use in here.items() if not use.withdrawn and isinstance(await work.terms(payer, use), str)}


async def _write(work: Rating, batch: str | None) -> None:
    tx = work.tx
    alert(tx, work.touched.values())
    if work.touched:
        await store.rating.write_pools(tx, list(work.touched.values()))
        await _roll_on(work)
    if work.months:
        await store.rating.write_months(tx, [(account, month) for (account, _), month in work.months.items()])
    if fresh := [one for one in work.rated.values() if one.id not in work.known]:
        await store.rating.add(tx, fresh, batch)
    if known := [one for one in work.rated.values() if one.id in work.known]:
        await store.rating.correct(tx, known)
    sums: dict[str, dict[str, int]] = {}
    for (account, offering), minor in work.owed.items():
        if minor:
            sums.setdefault(account, {})[offering] = minor
    await post_use(tx, [(work.payers[account], parts) for account, parts in sums.items()])
    counts: dict[str, int] = {}
    for one in work.rated.values():
        counts[one.account] = counts.get(one.account, 0) + 1
    for account, count in counts.items():
        amount = Money(sum(sums.get(account, {}).values()), work.payers[account].currency)
        tx.tell(events.UsageRated(account, count, amount))
    await watch(tx, work.payers, work.rated.values(), work.touched.values())


async def _roll_on(work: Rating) -> None:
    """What a correction gives back to an allowance whose time is over is carried over as what was left then."""
    ended = set()
    for account, pool in (work.touched[id_] for id_ in work.freed if id_ in work.touched):
        if pool.until and pool.until <= work.tx.now and pool.used + pool.reserved < pool.total:
            held = work.payers[account].subscriptions
            if any(pool.of in (one.product, one.offering) and one.stands(pool.until) for one in held):
                ended.add((account, pool.of, pool.until))
    for account, of, until in sorted(ended):
        await roll_over(work.tx, account, of, until)


def _withdraw(work: Rating, payer: Payer, mine: dict[str, Use], again: dict[str, Charged]) -> None:
    """A record that its source took back costs nothing, and stays to be seen, also where it is taken back before it came."""
    zero = rating.NOTHING
    for id_, use in mine.items():
        if use.withdrawn:
            before = again.get(id_) or Charged(use, id_, payer.id, use.number, "", "", zero, (), zero, 0, payer.currency)
            work.rated[id_] = replace(before, use=use, units=zero, drawn=(), left_over=zero, minor=0)


def _newest(home: int, uses: Sequence[Use]) -> tuple[dict[str, Use], list[Outcome]]:
    """Of a record that comes several times at once the newest counts; the others are known."""
    found: dict[str, Use] = {}
    known: list[Outcome] = []
    for use in uses:
        id_ = store.rating.usage_id(home, use.source, use.record)
        before = found.get(id_)
        if before is not None and before.version >= use.version:
            known.append(Outcome(use, "known"))
            continue
        if before is not None:
            known.append(Outcome(before, "known"))
        found[id_] = use
    return found, known


def _said(one: Outcome, corrected: bool) -> Outcome:
    return replace(one, state="corrected") if corrected and one.state == "added" else one


def _earliest(payers: Iterable[Payer], at: datetime) -> date:
    return min(rating.cycle_start(at, payer.cycle_day) for payer in payers)
