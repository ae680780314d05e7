"""Every sum of the reports is the log's, counted here apart; who stayed is known after thirty days."""

from collections import Counter as Count
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from onehall.insight import indices, traffic
from onehall.insight.traffic import Traffic
from onehall.kernel.events import Origin
from onehall.kernel.journeys import Caller
from tests.ground.counter import DOCUMENT, Counter, opened

WHOLE = "onehall"


@pytest.fixture
async def counter(demo_database: str) -> AsyncIterator[Counter]:
    """A house without HTTP in which one line was bought, and some looked around."""
    async with opened(demo_database) as counter:
        await bought(counter, counter.guest("buyer", "web"), DOCUMENT)
        for channel, visits in (("web", 2), ("sms", 3), ("hotline", 1)):
            for _visit in range(visits):
                await counter.hall.start(Caller(channel, counter.guest("v", channel).who, "poster"), "help")
        await counter.hall.start(counter.guest("undecided", "kiosk"), "store.list")
        await counter.hall.visits.write()
        yield counter


async def bought(counter: Counter, caller: Caller, document: str) -> None:
    """This will open a line to its end."""
    caller = structs.replace(caller, source="street-7")
    view = await counter.to_pay(caller, document=document)
    await counter.bank_pays(view)
    view = await counter.settle(caller, view)
    assert view.state == "done", view
    view = await counter.hall.start(caller, "journey.rate", {"journey": view.id, "stars": "4"})
    assert view.state == "done", view
    await counter.settle()


async def log(counter: Counter) -> list[dict[str, Any]]:
    """This will read the whole log."""
    async with counter.store.edge(0) as tx:
        return [dict(row) for row in await tx.read("SELECT * FROM event ORDER BY at, id")]


async def counted(counter: Counter, by: str, unit: str = WHOLE) -> list[Traffic]:
    """This will give the traffic of the last day."""
    async with counter.store.edge(0) as tx:
        return await traffic.traffic(tx, unit, by, tx.now - timedelta(days=1), tx.now + timedelta(seconds=1))


@pytest.mark.parametrize(("by", "column"), [("channel", "channel"), ("source", "source"), ("unit", "unit"), ("staff", "staff")])
async def test_each_sum_is_the_logs(counter: Counter, by: str, column: str) -> None:
    visits, steps, orders, opened_ = Count[str](), Count[str](), Count[str](), Count[str]()
    for fact in await log(counter):
        name = fact[column] or ""
        visits[name] += fact["type"] in ("function.visited", "journey.opened")
        steps[name] += fact["type"] == "journey.answered"
        orders[name] += fact["type"] == "order.placed"
        opened_[name] += fact["type"] == "order.completed" and fact["body"]["kind"] == "line.open"
    found = await counted(counter, by)
    assert {one.name: one.visits for one in found if one.visits} == {name: count for name, count in visits.items() if count}
    assert {one.name: one.steps for one in found if one.steps} == {name: count for name, count in steps.items() if count}
    assert {one.name: one.orders for one in found if one.orders} == {name: count for name, count in orders.items() if count}
    assert {one.name: one.activations for one in found if one.activations} == {name: count for name, count in opened_.items() if count}
    assert orders.total() == opened_.total() == 1
    (whole,) = await counted(counter, "")
    assert (whole.visits, whole.steps, whole.orders) == (visits.total(), steps.total(), orders.total())


async def test_a_source_is_followed_from_the_visit_to_the_line(counter: Counter) -> None:
    found = {one.name: one for one in await counted(counter, "source")}
    assert (found["poster"].visits, found["poster"].orders) == (6, 0)
    assert (found["street-7"].orders, found["street-7"].activations) == (1, 1)
    assert {one.name: one.visits for one in await counted(counter, "channel") if one.name in ("sms", "hotline", "kiosk")} == {
        "sms": 3, "hotline": 1, "kiosk": 1}  # fmt: skip


async def test_an_order_that_was_credited_counts_for_whom_it_was_credited_to(counter: Counter) -> None:
    outreach = pytest.importorskip("onehall.domains.outreach.events")
    async with counter.store.edge(0) as tx:
        row = await tx.read_one("SELECT home, key FROM event WHERE type = 'order.placed'")
        await tx.write("DELETE FROM event WHERE type = 'outreach.order_credited'")
    async with counter.store.edge(row["home"], Origin()) as tx:
        fact = outreach.OrderCredited(row["key"], "O2M", code="c1", unit="onehall.gd.gz.s1", staff="clerk-9", campaign="spring")
        tx.tell(fact)
    for by, name in (("unit", "onehall.gd.gz.s1"), ("staff", "clerk-9"), ("campaign", "spring")):
        found = {one.name: (one.orders, one.activations) for one in await counted(counter, by) if one.orders}
        assert found == {name: (1, 1)}


async def test_who_stayed_is_known_after_thirty_days(counter: Counter) -> None:
    async def whole(days: int) -> tuple[int, int, int]:
        async with counter.store.edge(0) as tx:
            (found,) = await traffic.traffic(tx, WHOLE, "", tx.now - timedelta(days=days), tx.now + timedelta(seconds=1))
        return found.activations, found.due, found.stayed

    assert await whole(1) == (1, 0, 0)
    counter.store.clock.move(timedelta(days=30, minutes=1))
    assert await whole(40) == (1, 1, 1)
    facts = await log(counter)
    line = next(fact for fact in facts if fact["type"] == "order.completed")
    async with counter.store.edge(line["home"]) as tx:
        await tx.write(
            "INSERT INTO event (home, id, at, type, key, channel, body) VALUES ($1, $2, $3, 'inventory.line_terminated', $4, 'web', '{}')",
            tx.home, tx.new_id(), line["at"] + timedelta(days=29), line["body"]["line"],
        )  # fmt: skip
    assert await whole(40) == (1, 1, 0)


async def test_a_part_of_the_operator_sees_its_own(counter: Counter) -> None:
    assert await counted(counter, "", "onehall.zj") == [Traffic("", 0, 0, 0, 0, 0, 0, 0)] or await counted(counter, "", "onehall.zj") == []


async def test_three_indices_are_sums_over_the_log(counter: Counter) -> None:
    facts = await log(counter)
    mine = [fact for fact in facts if fact["function"] == "line.open" and fact["journey"]]
    async with counter.store.edge(0) as tx:
        found = {one.function: one for one in await indices.indices(tx, WHOLE, tx.now - timedelta(days=1), tx.now + timedelta(seconds=1))}
    one, undecided = found["line.open"], found["store.list"]
    assert (one.begun, one.done, one.channels, one.rated, one.stars) == (1, 1, 1, 1, 4)
    assert one.steps == sum(fact["type"] == "journey.answered" for fact in mine)
    begun = min(fact["at"] for fact in mine if fact["type"] == "journey.opened")
    ended = max(fact["at"] for fact in mine if fact["type"] == "journey.ended")
    assert one.obtain_seconds == round((ended - begun).total_seconds())
    assert (undecided.begun, undecided.done, undecided.steps) == (1, 0, 0)
    assert "journey.rate" not in found
