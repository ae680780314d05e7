"""What is posted to TMF620 is on sale in the channels at once; what is odd is kept, and what is bad refused."""

import asyncio
from typing import Any

import msgspec
import pytest

from onehall.domains.catalogue import api, queries
from onehall.kernel.identity import Who
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import created, deleted, got, listed, patched
from onehall.kernel.store import Store
from tests.catalogue.bodies import plan, price

PARTNER = Who(partner="p", scopes=frozenset({"tmf:read", "tmf:write"}), by="bearer")
MERGE = "application/merge-patch+json"


async def post(store: Store, doc: dict[str, Any], resource: Any = api.OFFERING) -> dict[str, Any]:
    """Posts a body as a partner and gives what came back."""
    answer = await created(store, resource, PARTNER, msgspec.json.encode(doc))
    assert answer.status == 201
    found: dict[str, Any] = msgspec.json.decode(answer.body)
    return found


async def on_sale(store: Store) -> list[tuple[str, int]]:
    """The names and fees of the plans on sale."""
    async with store.edge(0) as tx:
        return [(one.name.render(), one.fee.minor) for one in await queries.plans(tx)]


async def test_a_posted_plan_is_on_sale_at_once(store: Store) -> None:
    made = await post(store, plan("Posted", price(49)))
    assert await on_sale(store) == [("Posted", 4900)]
    assert made["lifecycleStatus"] == "Active" and made["productOfferingPrice"][0]["name"] == "recurring"
    answer = await got(store, api.PRICE, PARTNER, made["productOfferingPrice"][0]["id"])
    assert msgspec.json.decode(answer.body)["price"] == {"unit": "CNY", "value": 49}


async def test_a_plan_with_a_price_posted_before(store: Store) -> None:
    fee = await post(store, price(39), api.PRICE)
    await post(store, plan("By reference") | {"productOfferingPrice": [{"id": fee["id"], "href": fee["href"]}]})
    assert await on_sale(store) == [("By reference", 3900)]
    await patched(store, api.PRICE, PARTNER, fee["id"], b'{"price": {"value": 45}}', MERGE)
    assert await on_sale(store) == [("By reference", 4500)]
    async with store.edge(0) as tx:
        old = await queries.at_price(tx, fee["id"])
        assert old.fee == Money(3900) and (await queries.plans(tx))[0].price_id == f"{fee['id']}~2"


async def test_a_price_that_comes_after_its_plan(store: Store) -> None:
    await post(store, plan("Early") | {"productOfferingPrice": [{"id": "later"}]})
    assert await on_sale(store) == []
    spec = await post(store, {"name": "S", "productSpecCharacteristic": [{"name": "kind", "value": "pack"}]}, api.SPECIFICATION)
    made = await post(store, plan("Spec") | {"productSpecification": {"id": spec["id"]}})
    async with store.edge(0) as tx:
        assert (await queries.known(tx, made["id"])).kind == "pack"
    await deleted(store, api.SPECIFICATION, PARTNER, spec["id"])
    async with store.edge(0) as tx:
        assert [str(gap) for gap in (await queries.known(tx, made["id"])).gaps] == ["Its specification is not known."]


async def test_a_patch_of_the_price_inside_and_the_end_of_sale(store: Store) -> None:
    made = await post(store, plan("P", price(59)))
    body = msgspec.json.encode({"productOfferingPrice": [price(69)]})
    await patched(store, api.OFFERING, PARTNER, made["id"], body, MERGE)
    assert await on_sale(store) == [("P", 6900)]
    await patched(store, api.OFFERING, PARTNER, made["id"], b'{"lifecycleStatus": "Retired"}', MERGE)
    assert await on_sale(store) == []
    with pytest.raises(Refusal) as no:
        await patched(store, api.OFFERING, PARTNER, made["id"], b'{"lifecycleStatus": "In study"}', MERGE)
    assert (no.value.code, no.value.status) == ("lifecycle.step", 409)
    await deleted(store, api.OFFERING, PARTNER, made["id"])
    async with store.edge(0) as tx:
        assert await queries.offering(tx, made["id"]) is None
        assert (await queries.at_price(tx, made["productOfferingPrice"][0]["id"])).fee == Money(5900)


@pytest.mark.parametrize(
    "doc",
    [
        {"name": "x", "productOfferingPrice": [{"priceType": "recurring"}]}, {"name": "x", "productOfferingPrice": [{}]},
        {"name": "x", "productOfferingPrice": [{"id": 7}]}, {"name": "x", "productOfferingPrice": [price(1e308)]},
        {"name": "x", "productOfferingPrice": [price(1, name=7)]}, {"name": "x", "category": [{"id": 9, "name": []}]},
        {"name": "x", "validFor": {"startDateTime": "2030-01-01T00:00:00Z", "endDateTime": "2020-01-01T00:00:00Z"}},
        {"name": "x", "productSpecification": {"id": ""}}, {"name": "x", "bundledProductOffering": [{"id": {}}]}, {"name": " "},
        {"name": "x", "names": {"en": ""}, "channel": [{"id": []}], "terms": {}, "features": [[]], "badges": 3, "kind": []},
        {"name": "x", "productOfferingTerm": [{"duration": {"amount": "1e99", "units": 5}}],
        "prodSpecCharValueUse": [{"name": [], "value": {}}]},
        {"name": "x", "lifecycleStatus": "", "productOfferingPrice": [{"id": "", "price": {"value": 1}, "priceType": "recurring"}]},
        {"name": "x" * 5000}, {"name": "x", "productOfferingPrice": [price(1), price(1)]},
    ],
)  # fmt: skip
async def test_odd_bodies_are_kept_or_refused_and_never_a_bug(store: Store, doc: dict[str, Any]) -> None:
    try:
        made = await post(store, doc)
    except Refusal as no:
        assert no.status in (400, 409, 422)
        return
    assert msgspec.json.decode((await got(store, api.OFFERING, PARTNER, made["id"])).body)["name"] == doc["name"]
    async with store.edge(0) as tx:
        await queries.plans(tx)
        await queries.known(tx, made["id"])


async def test_a_bad_body_makes_nothing(store: Store) -> None:
    for body in (b"{}", b'{"name": 7}', b'{"name": "x", "isBundle": "yes"}', b'{"name": "x", "productOfferingPrice": 7}'):
        with pytest.raises(Refusal) as no:
            await created(store, api.OFFERING, PARTNER, body)
        assert no.value.status == 400
    assert msgspec.json.decode((await listed(store, api.OFFERING, PARTNER, "")).body) == []


async def test_two_patches_of_one_price_make_two_terms(store: Store) -> None:
    fee = await post(store, price(10), api.PRICE)
    made = [await post(store, plan(name) | {"productOfferingPrice": [{"id": fee["id"]}]}) for name in ("A", "B")]
    bodies = [msgspec.json.encode({"price": {"value": value}}) for value in (20, 30)]
    await asyncio.gather(*(patched(store, api.PRICE, PARTNER, fee["id"], body, MERGE) for body in bodies))
    async with store.edge(0) as tx:
        rows = await tx.read("SELECT id, offering FROM offering_terms WHERE until IS NULL")
    assert sorted(row["offering"] for row in rows) == sorted(one["id"] for one in made)
    now = {fee for _name, fee in await on_sale(store)}
    assert len(now) == 1 and now < {2000, 3000}
