"""TMF637 and TMF639 over the same rows as the channels."""

from typing import Any

import msgspec
import pytest

from onehall.domains import inventory
from onehall.domains.inventory.api import LOGICAL, PHYSICAL, PRODUCT, RESOURCE
from onehall.kernel.identity import Who
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Answer, Resource, created, deleted, got, listed, patched
from tests.inventory.ground import CARD, NUMBER, PACK, Shop

PARTNER = Who(partner="kit", scopes=frozenset({"tmf:read", "tmf:write"}), by="bearer")
MERGE = "application/merge-patch+json"


def body(answer: Answer) -> Any:
    return msgspec.json.decode(answer.body)


async def rows(shop: Shop, resource: Resource, who: Who = PARTNER, query: str = "") -> list[dict[str, Any]]:
    return list(body(await listed(shop.store, resource, who, query)))


async def patch(shop: Shop, resource: Resource, id_: str, change: dict[str, Any], who: Who = PARTNER) -> dict[str, Any]:
    return dict(body(await patched(shop.store, resource, who, id_, msgspec.json.encode(change), MERGE)))


async def test_a_line_is_a_product_with_its_number_price_and_customer(shop: Shop) -> None:
    person = await shop.person()
    line = await shop.line(person)
    [shown] = await rows(shop, PRODUCT)
    assert shown["id"] == line.id and shown["href"] == f"/tmf-api/productInventory/v4/product/{line.id}"
    assert (shown["name"], shown["status"], shown["isBundle"], shown["productSerialNumber"]) == ("Ice 59", "active", True, NUMBER)
    assert shown["relatedParty"] == [{"id": person, "role": "customer"}]
    assert shown["productOffering"] == {"id": "p59", "name": "Ice 59"}
    assert shown["productPrice"][0]["price"]["taxIncludedAmount"] == {"unit": "CNY", "value": 59.00}
    assert {one["name"]: one.get("value") for one in shown["productCharacteristic"]} == {"msisdn": NUMBER, "iccid": None}


async def test_a_customer_sees_their_own_products_only(shop: Shop) -> None:
    one, other = await shop.person(), await shop.person("13900000009")
    line = await shop.line(one)
    assert [row["id"] for row in await rows(shop, PRODUCT, Who(party=one))] == [line.id]
    assert await rows(shop, PRODUCT, Who(party=other)) == []
    with pytest.raises(Refusal, match="not.found"):
        await got(shop.store, PRODUCT, Who(party=other), line.id)
    with pytest.raises(Refusal, match="forbidden"):
        await patch(shop, PRODUCT, line.id, {"status": "suspended"}, Who(party=one, by="bearer"))


async def test_a_product_is_recorded_amended_by_its_lifecycle_and_deleted(shop: Shop) -> None:
    person = await shop.person()
    sent = {
        "name": "Broadband",
        "status": "created",
        "productOffering": {"id": "bb1", "name": "100M"},
        "relatedParty": [{"id": person, "role": "customer"}],
    }
    made = body(await created(shop.store, PRODUCT, PARTNER, msgspec.json.encode(sent)))
    assert {name: made[name] for name in sent} == sent
    assert [row["id"] for row in await rows(shop, PRODUCT, PARTNER, "productOffering.id=bb1&status=created")] == [made["id"]]
    assert [row["id"] for row in await rows(shop, PRODUCT, Who(party=person))] == [made["id"]]
    changed = await patch(shop, PRODUCT, made["id"], {"status": "active", "description": "to the door"})
    assert (changed["status"], changed["description"], changed["name"]) == ("active", "to the door", "Broadband")
    with pytest.raises(Refusal, match="lifecycle.step"):
        await patch(shop, PRODUCT, made["id"], {"status": "created"})
    with pytest.raises(Refusal, match="product.live"):
        await deleted(shop.store, PRODUCT, PARTNER, made["id"])
    await patch(shop, PRODUCT, made["id"], {"status": "terminated"})
    assert (await deleted(shop.store, PRODUCT, PARTNER, made["id"])).status == 204
    assert await rows(shop, PRODUCT) == []


@pytest.mark.parametrize("sent", [{"name": "x"}, {"status": "broken"}, {"status": 5}, {"status": "created", "relatedParty": "me"}])
async def test_a_bad_product_is_refused(shop: Shop, sent: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        await created(shop.store, PRODUCT, PARTNER, msgspec.json.encode(sent))
    assert refused.value.status == 400
    assert await rows(shop, PRODUCT) == []


async def test_a_line_moves_by_its_own_verbs_when_patched(shop: Shop) -> None:
    line = await shop.line(await shop.person())
    assert (await patch(shop, PRODUCT, line.id, {"status": "suspended"}))["status"] == "suspended"
    assert (await shop.now(line)).suspended_why == {"operator"}
    assert (await patch(shop, PRODUCT, line.id, {"status": "active"}))["status"] == "active"
    assert len(await shop.facts("line_restored")) == 1
    with pytest.raises(Refusal, match="patch.protected"):
        await patch(shop, PRODUCT, line.id, {"name": "Cheaper"})
    with pytest.raises(Refusal, match="product.live"):
        await deleted(shop.store, PRODUCT, PARTNER, line.id)
    assert (await patch(shop, PRODUCT, line.id, {"status": "terminated"}))["status"] == "terminated"
    await shop.work()
    assert (await shop.number(NUMBER)).state == "resting"


async def test_a_pack_relies_on_its_line(shop: Shop) -> None:
    line = await shop.line(await shop.person())
    async with shop.store.edge(line.id) as tx:
        pack = await inventory.actions.add_pack(tx, line, PACK)
    shown = body(await got(shop.store, PRODUCT, PARTNER, pack.id))
    assert shown["productRelationship"] == [{"relationshipType": "reliesOn", "product": {"id": line.id}}]


async def test_a_change_of_state_is_told_once_to_listeners(shop: Shop) -> None:
    line = await shop.line(await shop.person())
    await patch(shop, PRODUCT, line.id, {"status": "suspended"})
    async with shop.store.edge(0) as tx:
        told = await tx.read("SELECT body FROM event WHERE type = 'resource.changed' AND key = $1 ORDER BY at, id", f"product/{line.id}")
    assert [row["body"]["how"] for row in told] == ["create", "stateChange", "stateChange"]  # created, activated, suspended


async def test_a_number_is_a_logical_resource_that_can_be_locked(shop: Shop) -> None:
    await shop.stock("18600008888", NUMBER)
    [shown] = await rows(shop, LOGICAL, PARTNER, "value=18600008888")
    assert (shown["@type"], shown["name"], shown["resourceStatus"], shown["usageState"]) == (
        "LogicalResource",
        "18600008888",
        "available",
        "idle",
    )
    assert {one["name"]: one.get("value") for one in shown["resourceCharacteristic"]} == {"tier": 4, "city": None}
    locked = await patch(shop, LOGICAL, shown["id"], {"administrativeState": "locked", "description": "kept for the draw"})
    assert (locked["administrativeState"], locked["resourceStatus"], locked["description"]) == ("locked", "suspended", "kept for the draw")
    async with shop.store.edge(0) as tx:
        assert [offer.number for offer in await inventory.queries.search_numbers(tx, "")] == [NUMBER]
    assert (await patch(shop, LOGICAL, shown["id"], {"administrativeState": "unlocked"}))["resourceStatus"] == "available"
    await inventory.actions.NumberHold().take(shop.store, "me", {"number": "18600008888"})
    with pytest.raises(Refusal, match="number.in_use"):
        await patch(shop, LOGICAL, shown["id"], {"administrativeState": "locked"})
    assert [row["name"] for row in await rows(shop, LOGICAL, PARTNER, "resourceStatus=reserved")] == ["18600008888"]


async def test_a_sim_is_a_physical_resource_and_shows_no_secret(shop: Shop) -> None:
    async with shop.store.edge(0) as tx:
        await inventory.actions.stock_sims(tx, [inventory.SimRow(CARD, puk="12345678", imsi="460990000000001")])
    await shop.stock(NUMBER)
    answer = await listed(shop.store, PHYSICAL, PARTNER, "")
    [shown] = body(answer)
    assert (shown["@type"], shown["serialNumber"], shown["resourceStatus"]) == ("PhysicalResource", CARD, "available")
    assert b"12345678" not in answer.body and b"puk" not in answer.body
    assert (await patch(shop, PHYSICAL, shown["id"], {"description": "shelf 3"}))["description"] == "shelf 3"
    with pytest.raises(Refusal, match="patch.protected"):
        await patch(shop, PHYSICAL, shown["id"], {"serialNumber": "1"})
    assert sorted((row["@type"], row["name"]) for row in await rows(shop, RESOURCE)) == [
        ("LogicalResource", NUMBER),
        ("PhysicalResource", CARD),
    ]
    assert body(await got(shop.store, RESOURCE, PARTNER, shown["id"]))["name"] == CARD


async def test_stock_is_for_staff_and_partners_only(shop: Shop) -> None:
    await shop.stock(NUMBER)
    person = await shop.person()
    for resource in (LOGICAL, PHYSICAL, RESOURCE):
        for who, code in (
            (Who(), "unauthorized"),
            (Who(party=person), "forbidden"),
            (Who(staff="s", unit="onehall.gd", roles=frozenset({"clerk"})), "forbidden"),
        ):
            with pytest.raises(Refusal, match=code):
                await rows(shop, resource, who)
