"""Scans go after a while, a bounded step at a time; what was counted of them stays, and the log's sums are untouched."""

from datetime import timedelta

from onehall.domains import outreach
from onehall.domains.outreach import Code, Owner
from onehall.insight import traffic
from onehall.kernel.events import Origin
from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import home_of
from tests.ground.counter import Counter

GUESTS = ("ann", "bob", "cyd", "dot", "eve")


async def _scanned(counter: Counter, code: str) -> tuple[int, int, int]:
    """Scans of a code as its page counts them, scans in the log as the traffic page does, rows that are kept."""
    await counter.hall.visits.write()
    async with counter.store.edge(0) as tx:
        used = await outreach.queries.used(tx, [code])
        (found,) = await traffic.traffic(tx, "onehall", "", tx.now - timedelta(days=400), tx.now + timedelta(seconds=1))
    return used[code][0], found.scans, int(await counter.one("SELECT count(*) FROM outreach_touch"))


async def test_old_scans_are_swept_and_stay_counted(counter: Counter) -> None:
    async with counter.store.edge(0, Origin(channel="console", staff="k")) as tx:
        batch = await outreach.actions.make_codes(tx, None, [Code("", "campaign", Owner(None, None, "spring"), tx.now)])
    await counter.settle()
    code = batch.codes[0].code
    for guest in GUESTS:
        await counter.hall.start(counter.guest(guest, "web"), "code.scan", {"code": code})
    await counter.settle()
    party = await counter.one("SELECT party FROM product LIMIT 1")
    assert await outreach.actions.follow(counter.store, ["visitor:ann"], party) == 1  # a copy: it counts once
    assert await _scanned(counter, code) == (5, 5, 6)
    counter.store.clock.move(timedelta(days=91))  # type: ignore[attr-defined]
    await counter.hall.start(counter.guest("new", "web"), "code.scan", {"code": code})
    async with counter.store.edge(0) as tx:
        outreach.actions.plan_sweep(tx, tx.now.astimezone(ZONE).date() - timedelta(days=2))
    await counter.settle()
    assert await _scanned(counter, code) == (6, 6, 1)
    assert await counter.one("SELECT sum(scans) FROM outreach_scanned WHERE code = $1", code) == 5
    assert await counter.one("SELECT count(*) FROM job WHERE kind = 'outreach.sweep_daily' AND state = 'ready'") >= 1, "the next night's"


async def test_a_step_is_bounded(counter: Counter) -> None:
    party = await counter.one("SELECT party FROM product LIMIT 1")
    async with counter.store.edge(party) as tx:
        for number in range(5):
            await tx.write(
                "INSERT INTO outreach_touch (home, carrier, id, code, kind, channel, at) "
                "VALUES ($1, $2, $3, 'abcdefgh', 'store', 'web', $4)",
                tx.home, f"party:{party}", f"old-{number}", tx.now - timedelta(days=91),
            )  # fmt: skip
    left = []
    for _step in range(4):
        more = await counter.store.run(home_of(party), lambda tx: outreach.actions.sweep_home(tx, 2), Origin())
        left.append((more, await counter.one("SELECT count(*) FROM outreach_touch")))
    assert left == [(True, 3), (True, 1), (False, 0), (False, 0)]
    assert await counter.one("SELECT scans FROM outreach_scanned WHERE code = 'abcdefgh'") == 5
