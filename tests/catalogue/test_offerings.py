"""An offering comes on sale, changes its price, and leaves; who has it keeps it."""

import asyncio
from datetime import timedelta

import pytest

from onehall.domains import catalogue
from onehall.domains.catalogue import queries
from onehall.domains.catalogue.actions import amend, prices, publish, put, withdraw
from onehall.domains.catalogue.store import rows
from onehall.kernel.i18n import Named
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, counting
from tests.catalogue.bodies import plan, price, single

ROWS = "SELECT id, revision FROM product_offering UNION ALL SELECT id, revision FROM product_offering_price"


async def _put(store: Store, id_: str, doc: dict) -> bool:
    async with store.edge(0) as tx:
        return await put(tx, id_, doc)


async def _now(store: Store, id_: str) -> catalogue.Offering:
    async with store.edge(0) as tx:
        return await queries.known(tx, id_)


async def _plans(store: Store, channel: str | None = None) -> list[str]:
    async with store.edge(0) as tx:
        return [one.name.render() for one in await queries.plans(tx, channel)]


async def test_a_plain_body_is_on_sale_at_once(store: Store) -> None:
    assert await _plans(store) == []
    async with store.edge(0) as tx:
        made = await publish(tx, plan(names={"zh-CN": "五十九"}))
    assert await _plans(store) == ["Fifty-nine"]
    found = await _now(store, made["id"])
    assert found.kind == "plan" and found.gaps == () and found.fee == Money(5900)
    assert found.allowances == {"data_mb": 20480, "voice_min": 300}
    assert found.name == Named({"en": "Fifty-nine", "zh-CN": "五十九"})
    assert found.price_id == made["productOfferingPrice"][0]["id"]


async def test_what_lacks_something_is_kept_and_says_why(store: Store) -> None:
    async with store.edge(0) as tx:
        made = await publish(tx, {"name": "aProductOffering", "productSpecification": {"id": "9881"}})
    found = await _now(store, made["id"])
    assert [str(gap) for gap in found.gaps] == [
        "It does not say what kind of offering it is.", "It has no price in force.", "Its specification is not known.",
        "It is not launched.",
    ]  # fmt: skip
    assert await _plans(store) == []
    async with store.edge(0) as tx:
        with pytest.raises(Refusal) as no:
            await queries.check_on_sale(tx, made["id"])
    assert no.value.code == "offering.not_on_sale" and no.value.status == 409


async def test_a_new_price_is_for_new_customers_only(store: Store) -> None:
    await _put(store, "p", plan("P", price(59)))
    old, yesterday = await _now(store, "p"), store.clock.now()
    store.clock.move(timedelta(days=1))
    await _put(store, "p", plan("P", price(69)))
    new = await _now(store, "p")
    assert (old.fee, new.fee) == (Money(5900), Money(6900)) and old.price_id != new.price_id
    async with store.edge(0) as tx:
        assert (await queries.known(tx, "p", yesterday)).fee == Money(5900)
        assert (await queries.at_price(tx, old.price_id)).fee == Money(5900)
        assert (await queries.at_price(tx, new.price_id)).fee == Money(6900)
        told = await tx.read("SELECT body FROM event WHERE type = 'offering.terms_changed'")
    assert [(row["body"]["minor"], row["body"]["before"]) for row in told] == [(6900, old.price_id)]


async def test_an_offering_whose_price_is_taken_away_is_sold_no_more(store: Store) -> None:
    async with store.edge(0) as tx:
        made = await publish(tx, plan())
    (ref,) = made["productOfferingPrice"]
    async with store.edge(0) as tx:
        await prices.remove_price(tx, (await rows.prices(tx, [ref["id"]], made["id"]))[ref["id"]])
    assert await _plans(store) == []


async def test_a_new_name_changes_no_terms(store: Store) -> None:
    await _put(store, "p", plan("P"))
    before = await _now(store, "p")
    await _put(store, "p", plan("Q"))
    after = await _now(store, "p")
    assert after.name.render() == "Q" and after.price_id == before.price_id


async def test_prices_that_follow_each_other_by_date(store: Store) -> None:
    now = store.clock.now()
    first = price(
        59, validFor={"startDateTime": (now - timedelta(days=30)).isoformat(), "endDateTime": (now + timedelta(days=2)).isoformat()}
    )
    then = price(49, validFor={"startDateTime": (now + timedelta(days=2)).isoformat()})
    await _put(store, "p", plan("P", first, then))
    assert (await _now(store, "p")).fee == Money(5900)
    async with store.edge(0) as tx:
        assert (await queries.known(tx, "p", now - timedelta(days=20))).fee == Money(5900)
        with pytest.raises(Refusal):
            await queries.known(tx, "p", now - timedelta(days=31))
    assert await _plans(store) == ["P"]
    store.clock.move(timedelta(days=2, seconds=1))
    assert (await _now(store, "p")).fee == Money(4900)
    async with store.edge(0) as tx:
        assert [one.fee for one in await queries.plans(tx)] == [Money(4900)]


async def test_put_twice_changes_nothing(store: Store) -> None:
    assert await _put(store, "p", plan("P")) is True
    async with store.edge(0) as tx:
        before = await tx.read(ROWS)
    assert await _put(store, "p", plan("P")) is False
    async with store.edge(0) as tx:
        assert await tx.read(ROWS) == before
        assert len(await tx.read("SELECT id FROM offering_terms")) == 1


async def test_withdrawn_is_off_sale_and_kept_for_who_has_it(store: Store) -> None:
    await _put(store, "p", plan("P"))
    price_id = (await _now(store, "p")).price_id
    async with store.edge(0) as tx:
        await withdraw(tx, "p")
    assert await _plans(store) == []
    async with store.edge(0) as tx:
        assert (await queries.at_price(tx, price_id)).fee == Money(5900)
        with pytest.raises(Refusal) as no:
            await withdraw(tx, "p", "In design")
    assert no.value.code == "lifecycle.step"


async def test_sold_only_in_its_channels(store: Store) -> None:
    await _put(store, "p", plan("P", channel=[{"id": "web", "name": "Web"}]))
    assert await _plans(store, "web") == ["P"] and await _plans(store, "sms") == []


async def test_a_bundle_needs_its_parts_on_sale_by_themselves(store: Store) -> None:
    names = [{"id": id_, "relationshipType": "alternative"} for id_ in ("d", "v")]
    await _put(store, "b", plan("B", isBundle=True, productOfferingRelationship=names))
    assert await _plans(store) == []
    await _put(store, "d", single("Data", "data_mb", 1024, 10))
    assert [str(gap) for gap in (await _now(store, "b")).gaps] == ["It is a bundle and names nothing that sells calls by itself."]
    await _put(store, "v", single("Voice", "voice_min", 100, 10))
    assert await _plans(store) == ["B"]
    async with store.edge(0) as tx:
        bundle = await queries.known(tx, "b")
        assert [one.id for one in await queries.unbundled(tx, bundle)] == ["d", "v"]
        await withdraw(tx, "v")
    assert await _plans(store) == []


async def test_a_hot_read_costs_no_statement(store: Store) -> None:
    await _put(store, "p", plan("P"))
    await _now(store, "p")
    with counting() as sent:
        for _ in range(3):
            await _now(store, "p")
    assert sent == []


async def test_another_process_sees_it_within_a_second(store: Store) -> None:
    other = await Store(store.dsn, pool_size=2).open()
    try:
        await _put(store, "a", plan("A", price(1)))
        assert await _plans(other) == ["A"]
        await _put(store, "p", plan("P", price(2)))
        await asyncio.sleep(1.05)
        assert await _plans(other) == ["A", "P"]
    finally:
        await other.close()


async def test_a_writer_sees_its_own_and_nobody_else_does_until_it_commits(store: Store) -> None:
    await _put(store, "p", plan("P"))
    with pytest.raises(RuntimeError):
        async with store.edge(0) as tx:
            await put(tx, "q", plan("Q"))
            assert [one.id for one in await queries.plans(tx)] == ["p", "q"]
            assert await _plans(store) == ["P"]
            raise RuntimeError
    assert await _plans(store) == ["P"]
    async with store.edge(0) as tx:
        assert await rows.offering(tx, "q") is None


async def test_writers_stand_in_line(store: Store) -> None:
    await asyncio.gather(*(_put(store, f"p{n}", plan(f"P{n}", price(10 + n))) for n in range(8)))
    assert await _plans(store) == [f"P{n}" for n in range(8)]
    async with store.edge(0) as tx:
        row = await tx.read_one("SELECT version FROM catalogue_version")
    assert row and row["version"] == 8


async def test_a_change_over_an_old_revision_is_refused(store: Store) -> None:
    await _put(store, "p", plan("P"))
    async with store.edge(0) as tx:
        kept = await rows.offering(tx, "p")
    assert kept
    await _put(store, "p", plan("Q"))
    async with store.edge(0) as tx:
        with pytest.raises(Refusal) as no:
            await amend(tx, kept, {**kept, "name": "R"})
    assert no.value.code == "conflict" and (await _now(store, "p")).name.render() == "Q"
