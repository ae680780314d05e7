"""The traffic page's sums against SQL that shares nothing with it: visits and steps by the log's rows, the rest by the tables of orders."""

from datetime import timedelta

from msgspec import structs

from onehall.domains import inventory, outreach
from onehall.domains.outreach import Code, Owner
from onehall.hall import Caller
from onehall.insight import traffic
from onehall.insight.traffic import BY
from onehall.kernel.events import Origin
from onehall.kernel.identity import Who
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx
from tests.ground.counter import Counter
from tests.scenarios.kits import document

TIANHE, YUEXIU = "onehall.gd.gz.s1", "onehall.gd.gz.s2"
OF_FACT = {"channel": "channel", "source": "source", "unit": "unit", "staff": "staff", "campaign": "body ->> 'campaign'"}
OF_SCAN = OF_FACT | {"unit": "body ->> 'unit'", "staff": "body ->> 'staff'"}  # whose the code is, and not who held the phone
OF_ORDER = {
    "channel": "o.channel", "source": "o.source", "unit": "coalesce(c.unit, o.unit)", "staff": "coalesce(c.staff, o.staff)",
    "campaign": "c.campaign",
}  # fmt: skip
OF_VISIT = {
    "channel": "e.channel", "source": "e.source", "unit": "coalesce(k.unit, e.unit)", "staff": "coalesce(k.staff, e.staff)",
    "campaign": "k.campaign",
}  # fmt: skip
VISITS = """SELECT coalesce({name}, '') AS name, count(*)::int AS n FROM event e LEFT JOIN outreach_code k ON k.code = lower(e.source)
WHERE e.type = ANY($1) GROUP BY 1"""
FACTS = "SELECT coalesce({name}, '') AS name, count(*)::int AS n FROM event WHERE type = ANY($1) GROUP BY 1"
ORDERS = """SELECT coalesce({name}, '') AS name, count(*)::int AS n FROM product_order o
LEFT JOIN outreach_credit c ON c.order_id = o.id AND c.code IS NOT NULL LEFT JOIN product l ON l.id = o.line WHERE {which} GROUP BY 1"""
OPENED = "o.kind = 'line.open' AND o.state = 'completed'"
STAYED = "(l.ended IS NULL OR l.ended >= o.completed + interval '30 days')"


async def _codes(counter: Counter, *owners: tuple[str, Owner]) -> list[str]:
    async with counter.store.edge(0, Origin(channel="console", staff="k")) as tx:
        batch = await outreach.actions.make_codes(tx, None, [Code("", kind, owner, tx.now) for kind, owner in owners])
    await counter.settle()
    return [one.code for one in batch.codes]


async def _buys(counter: Counter, caller: Caller, serial: int, paid: bool = True) -> None:
    view = await counter.to_pay(caller, document=document(serial))
    if paid:
        await counter.bank_pays(view)
    await counter.settle()


async def _story(counter: Counter) -> None:
    """Scanned and bought; bought at a counter, and ended after twenty days; bought by a poster; given up before paying; looked around."""
    clerk, spring = await _codes(counter, ("clerk", Owner(TIANHE, "clerk-9")), ("campaign", Owner(None, None, "spring")))
    scanned = counter.guest("ann", "web")
    for code in (clerk, spring, spring):
        await counter.hall.start(scanned, "code.scan", {"code": code})
    await counter.settle()
    for code in (clerk, spring.upper()):
        await counter.hall.start(structs.replace(scanned, source=code), "help")
    await _buys(counter, scanned, 1)
    await _buys(counter, Caller("desk", Who(staff="c1", unit=YUEXIU, roles=frozenset({"clerk"})), source=YUEXIU), 2)
    line = await counter.one("SELECT line FROM product_order WHERE channel = 'desk'")
    await _buys(counter, structs.replace(counter.guest("bob", "api"), source="poster"), 3)
    await _buys(counter, structs.replace(counter.guest("cyd", "web"), source="poster"), 4, paid=False)
    for channel in ("sms", "hotline", "kiosk"):
        await counter.hall.start(structs.replace(counter.guest("v", channel), source="radio"), "help")
    counter.store.clock.move(timedelta(days=20))  # type: ignore[attr-defined]

    async def ends(tx: Tx) -> None:
        await inventory.actions.terminate_line(tx, await inventory.queries.line(tx, line))

    await counter.store.run(home_of(line), ends, Origin())
    counter.store.clock.move(timedelta(days=11))  # type: ignore[attr-defined]
    await _buys(counter, counter.guest("dot", "web"), 5)  # too young to have stayed
    await counter.hall.visits.write()


async def test_each_sum_of_each_dimension_is_what_the_tables_say(counter: Counter) -> None:
    await _story(counter)

    async def read(sql: str, *values: object) -> dict[str, int]:
        async with counter.store.edge(0) as tx:
            return {row["name"]: row["n"] for row in await tx.read(sql, *values)}

    old = counter.store.clock.now() - timedelta(days=30)
    due = f"{OPENED} AND o.completed <= '{old.isoformat()}'"
    for by in BY:
        wanted = {
            "scans": await read(FACTS.format(name=OF_SCAN[by]), ["outreach.code_scanned"]),
            "visits": await read(VISITS.format(name=OF_VISIT[by]), ["function.visited", "journey.opened"]),
            "steps": await read(VISITS.format(name=OF_VISIT[by]), ["journey.answered"]),
            "orders": await read(ORDERS.format(name=OF_ORDER[by], which="true")),
            "activations": await read(ORDERS.format(name=OF_ORDER[by], which=OPENED)),
            "due": await read(ORDERS.format(name=OF_ORDER[by], which=due)),
            "stayed": await read(ORDERS.format(name=OF_ORDER[by], which=f"{due} AND {STAYED}")),
        }
        async with counter.store.edge(0) as tx:
            span = tx.now - timedelta(days=90), tx.now + timedelta(seconds=1)
            rows = await traffic.traffic(tx, "onehall", by, *span)
            (total,) = await traffic.traffic(tx, "onehall", "", *span)
        for what, counts in wanted.items():
            assert {one.name: getattr(one, what) for one in rows if getattr(one, what)} == counts, (by, what)
            assert getattr(total, what) == sum(counts.values()), (by, what)
        if by == "unit":
            assert wanted["scans"] == {TIANHE: 1, "": 2} and wanted["orders"] == {TIANHE: 1, YUEXIU: 1, "": 2}
            assert wanted["visits"][TIANHE] == 1
        if by == "campaign":
            assert wanted["visits"]["spring"] == 1
    for unit, seen in ((TIANHE, (1, 1)), (YUEXIU, (0, 1)), ("onehall.gd", (1, 2)), ("onehall.zj", (0, 0))):
        async with counter.store.edge(0) as tx:
            mine = await traffic.traffic(tx, unit, "", *span)
        assert (sum(one.scans for one in mine), sum(one.orders for one in mine)) == seen, unit
    assert (total.scans, total.orders, total.activations, total.due, total.stayed) == (3, 4, 4, 3, 2)


async def test_what_is_beyond_the_rows_of_the_page_is_summed_up(counter: Counter) -> None:
    for number in range(5):
        await counter.hall.start(structs.replace(counter.guest("v", "sms"), source=f"poster-{number}"), "help")
    await counter.hall.visits.write()
    async with counter.store.edge(0) as tx:
        span = tx.now - timedelta(days=1), tx.now + timedelta(seconds=1)
        rows = await traffic.traffic(tx, "onehall", "source", *span, limit=2)
        (total,) = await traffic.traffic(tx, "onehall", "", *span)
    rest = traffic.rest(rows, total)
    assert len(rows) == 2 and rest is not None and rest.visits == total.visits - sum(one.visits for one in rows) > 0
    assert traffic.rest([*rows, rest], total) is None
