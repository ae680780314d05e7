"""What was billed years ago is still found: its runs among many that found nothing, its revenue though no month since had any."""

from datetime import date

from onehall.domains import billing
from onehall.kernel.clock import MovableClock
from onehall.kernel.money import Money
from onehall.kernel.store import Store
from tests.billing import charged
from tests.billing.charged import at

NUMBER = "18600010007"


async def test_old_runs_without_bills_are_left_out_and_the_latest_revenue_is_found(store: Store) -> None:
    clock = store.clock
    assert isinstance(clock, MovableClock)
    clock.move(at(5, 1) - clock.now())
    await charged.join(store, NUMBER, await charged.sell(store), at(5, 1), until=at(6, 1))
    clock.move(at(3, 2, year=2033) - clock.now())
    await charged.run(store)
    ask = billing.queries.bills
    async with store.edge(0) as tx:
        runs = [one.cycle for one in await ask.runs(tx)]
        assert await ask.revenue(tx) == [] and await ask.billed_years(tx) == [2031]
        assert ask.revenue_span(tx, 6) == (date(2032, 9, 1), date(2033, 4, 1))
        assert await ask.revenue(tx, date(2031, 1, 1), date(2031, 5, 1)) == []
        [found] = await ask.revenue(tx, date(2031, 1, 1), date(2032, 1, 1))
        assert await ask.run(tx, ask.run_of(date(2031, 5, 1))) is not None
    # the half year before March 2033, and the one month that was billed
    assert runs == [date(2033, 2, 1), date(2033, 1, 1), *(date(2032, month, 1) for month in (12, 11, 10, 9)), date(2031, 5, 1)]
    assert (found.month, found.amount) == (date(2031, 5, 1), Money(5900))


async def test_a_house_without_bills_has_no_revenue(store: Store) -> None:
    async with store.edge(0) as tx:
        assert await billing.queries.bills.billed_years(tx) == []
