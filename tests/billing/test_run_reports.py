"""A run that was killed and begun again keeps its first start; its figures are kept, and computed again when somebody asks."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from onehall.domains import billing
from onehall.domains.billing import rules
from onehall.domains.billing.model.bills import Run, RunReport
from onehall.kernel.i18n import ZONE
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from onehall.ports import World
from tests.billing import charged
from tests.billing.charged import at

act, ask = billing.actions.bill_runs, billing.queries.bills
MAY = date(2031, 5, 1)


async def two_accounts(store: Store) -> None:
    """Two lines in two homes, from the first of May on."""
    plan = await charged.sell(store)
    for number in ("18600200001", "18600200004"):
        await charged.join(store, number, plan, at(5, 1))
    store.clock.move(at(6, 2, 12) - store.clock.now())  # type: ignore[attr-defined]


async def begin(store: Store) -> list[dict[str, Any]]:
    """This will begin the run of May."""
    return await store.run(0, lambda tx: act.begin_run(tx, MAY))


async def do(store: Store, part: dict[str, Any]) -> None:
    """This will do a part of a run."""
    await store.run(part["home"], lambda tx: act.bill_home(tx, part))


async def seen(store: Store) -> Run:
    """This will read the run."""
    async with store.edge(0) as tx:
        [found] = await ask.runs(tx)
        assert await ask.progress(tx, found.id) == found
        return found


async def kept(store: Store, run: str) -> RunReport | None:
    """This will read what is kept of a run."""
    async with store.edge(0) as tx:
        return await ask.run_report(tx, run)


async def wait(store: Store, **time: int) -> datetime:
    """This will let time pass, and do what is due."""
    store.clock.move(timedelta(**time))  # type: ignore[attr-defined]
    await Worker(store, World()).drain()
    return store.clock.now()


async def test_a_run_begun_again_keeps_its_first_start_and_says_so(store: Store) -> None:
    await two_accounts(store)
    parts = await begin(store)
    assert len(parts) == 2
    await do(store, parts[0])
    first = (await seen(store)).started
    await wait(store, minutes=7)
    again = await begin(store)  # killed after one part
    one = await seen(store)
    assert (one.status, one.started, one.began, one.resumed, one.repeated) == ("running", first, first, 1, 0)
    assert one.resumed_at is not None and timedelta(minutes=7) <= one.resumed_at - first < timedelta(minutes=8)
    for part in again:
        await do(store, part)
    one = await seen(store)
    assert (one.status, one.resumed, one.bills) == ("done", 1, 2) and one.ended is not None
    assert one.started == first and one.ended - one.began >= timedelta(minutes=7)
    await wait(store, days=1)
    for part in await begin(store):
        await do(store, part)
    one = await seen(store)
    assert (one.started, one.resumed, one.resumed_at, one.repeated, one.bills) == (first, 0, None, 1, 2)
    assert one.ended is not None and one.began - first > timedelta(days=1) and one.ended - one.began < timedelta(minutes=1)


async def test_figures_are_kept_when_the_run_is_done_and_computed_again_only_when_asked(store: Store) -> None:
    await two_accounts(store)
    parts = await begin(store)
    run = (await seen(store)).id
    await do(store, parts[0])
    await wait(store, seconds=3)
    assert await kept(store, run) is None
    await do(store, parts[1])
    await wait(store, minutes=1)
    found = await kept(store, run)
    assert found is not None and found.totals == {"CNY": 11800} and found.astray == 0  # two fees of 59
    assert [line[:4] + line[5:] for line in found.lines] == [("fee", "test-59", "CNY", 11800, 2)]
    async with store.edge(0) as tx:
        assert found.books == await ask.reconciled(tx)
        await tx.write("-- fan-out: a test\nUPDATE customer_bill SET total = total + 1")
    await wait(store, days=3)
    await store.run(0, lambda tx: act.report_when_done(tx, run))
    assert await kept(store, run) == found  # nobody asked
    await store.run(0, lambda tx: act.keep_report(tx, run))
    new = await kept(store, run)
    assert new is not None and (new.totals, new.astray) == ({"CNY": 11802}, 2) and new.at > found.at
    async with store.edge(0) as tx:
        waiting = await tx.read("SELECT id FROM job WHERE kind = 'billing.bill_report'")
    assert waiting == []


async def test_a_run_that_is_never_done_is_not_awaited_for_ever(store: Store) -> None:
    await two_accounts(store)
    await begin(store)
    for _hour in range(3 * 24):
        await wait(store, hours=1)
    async with store.edge(0) as tx:
        assert await tx.read("SELECT id FROM job WHERE kind = 'billing.bill_report'") == []


def test_check_day() -> None:
    now = datetime(2026, 6, 2, 0, 30, tzinfo=ZONE)
    rules.reconciling.check_day(date(2026, 6, 1), now)
    rules.reconciling.check_day(date(2025, 6, 1), now)
    for day in (date(2026, 6, 2), date(2026, 6, 3), date(2025, 5, 31), date(1, 1, 1)):
        with pytest.raises(Refusal, match="reconciliation.day"):
            rules.reconciling.check_day(day, now)
