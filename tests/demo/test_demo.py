"""The demo operator opens in an empty database, once, and quickly the second time."""

import time

import pyotp

from onehall import demo
from onehall.demo import customers, people, shops, stock
from onehall.domains import catalogue, estore
from onehall.domains.catalogue import queries
from onehall.kernel.identity import staff
from onehall.kernel.store import Store, counting

COUNTS = "SELECT (SELECT count(*) FROM number) AS n, (SELECT count(*) FROM product) AS p, (SELECT count(*) FROM party) AS c"


async def test_everything_is_there(demo_store: Store) -> None:
    async with demo_store.edge(0) as tx:
        plans, packs, services = await queries.plans(tx), await queries.packs(tx), await queries.services(tx)
        gaps = {one.offering: one.face.gaps for one in (await catalogue.queries.offerings.shelf(tx)).terms.values() if one.face.gaps}
        numbers = await tx.read_one("SELECT count(*) AS held FROM number")
        cards = await tx.read("SELECT kind, unit, count(*) AS held FROM sim GROUP BY kind, unit ORDER BY kind, unit")
    assert (len(plans), len(packs), len(services), gaps) == (16, 16, 10, {})
    assert numbers and numbers["held"] >= 5000
    assert [row["held"] for row in cards if row["kind"] == "plastic"] == [500] * 7  # six stores and the centre
    assert [row["held"] for row in cards if row["kind"] == "esim"] == [stock.ESIMS + len(customers.CUSTOMERS)]


async def test_every_name_is_in_both_languages(demo_store: Store) -> None:
    async with demo_store.edge(0) as tx:
        for one in [*await queries.plans(tx), *await queries.packs(tx), *await queries.services(tx)]:
            assert set(one.name.by_language) == {"en", "zh-CN"} and set(one.group.by_language) == {"en", "zh-CN"}, one.id


async def test_every_bundle_names_its_parts(demo_store: Store) -> None:
    async with demo_store.edge(0) as tx:
        bundles = [one for one in await queries.plans(tx) if len(one.allowances) > 1]
        for one in bundles:
            alone = await queries.unbundled(tx, one)
            assert one.is_bundle and {service for each in alone for service in each.allowances} >= set(one.allowances)
    assert len(bundles) == 13  # all 16 but "Keep 8", "Watch 10" and "Tablet 49"


async def test_staff_can_come_in(demo_store: Store) -> None:
    for person in people.STAFF:
        code = pyotp.TOTP(person.totp).at(demo_store.clock.now())
        found = await staff.check(demo_store, person.username, people.PASSWORD, code)
        assert (found.unit, found.roles) == (person.unit, (person.role,))


async def test_there_is_a_store_to_enter_and_a_code_to_scan(demo_store: Store) -> None:
    async with demo_store.edge(0) as tx:
        found = await estore.queries.open_store(tx, shops.SLUG)
        assert [one.offering for one in found.shelf] == ["hall-8", "hall-29", "hall-59", "hall-99", "pack-data-10"]
        assert (await estore.queries.numbers(tx, found.id), await estore.queries.listed_many(tx, found.id)) == ({"free": 20}, 3)
        batch = await tx.read_one("SELECT codes->0->>'offering' AS offering FROM outreach_batch")
    assert batch and batch["offering"] == "hall-59"
    assert await shops.open_them(demo_store) == []


async def test_the_second_time_costs_one_read(demo_store: Store) -> None:
    said: list[str] = []
    begun = time.monotonic()
    with counting() as sent:
        await demo.open(demo_store, said.append)
    assert (len(sent), said) == (1, []) and time.monotonic() - begun < 0.2


async def test_a_half_opened_one_is_finished(demo_store: Store) -> None:
    async with demo_store.edge(0) as tx:
        await tx.write("DELETE FROM catalog")
        before = await tx.read_one(COUNTS)
    await demo.open(demo_store, lambda line: None)
    async with demo_store.edge(0) as tx:
        after = await tx.read_one(COUNTS)
    assert before == after


async def test_another_operator_is_left_alone(store: Store) -> None:
    async with store.edge(0) as tx:
        await staff.add_unit(tx, "elsewhere", {"en": "Elsewhere"})
    await demo.open(store, lambda line: None)
    async with store.edge(0) as tx:
        assert await queries.plans(tx) == [] and len(await staff.units(tx)) == 1
