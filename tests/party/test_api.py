"""TMF632 and TMF629 over the same rows as the channels: who sees what, and what the API cannot do."""

import json

import msgspec
import pytest

from onehall.domains import party
from onehall.domains.party import api
from onehall.kernel.identity import Who
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import created, got, know, listed, patched
from tests.party.people import ADULT

PARTNER = Who(partner="acme", scopes=frozenset({"tmf:read", "tmf:write"}), by="bearer")
CLERK = Who(staff="clerk", unit="op.gd.gz.s1", roles=frozenset({"clerk"}), by="bearer")
FAR_CLERK = Who(staff="far", unit="op.bj", roles=frozenset({"clerk"}), by="bearer")
ADA = {
    "familyName": "Okafor",
    "givenName": "Ada",
    "contactMedium": [{"mediumType": "phone", "characteristic": {"phoneNumber": "+86 139 1234 5678"}}],
    "individualIdentification": [{"identificationType": "passport", "identificationId": "E12345678"}],
}
MERGE = "application/merge-patch+json"


@pytest.fixture(autouse=True)
def _known():
    know(party.RESOURCES)


async def make(world, resource, doc, who=PARTNER):
    answer = await created(world.store, resource, who, msgspec.json.encode(doc))
    assert answer.status == 201
    return json.loads(answer.body)


async def change(world, resource, who, id_, doc):
    return json.loads((await patched(world.store, resource, who, id_, msgspec.json.encode(doc), MERGE)).body)


async def code_of(work) -> tuple[str, int]:
    with pytest.raises(Refusal) as refused:
        await work
    return refused.value.code, refused.value.status


async def test_an_individual_is_made_and_its_document_number_is_masked_and_forgotten(world):
    made = await make(world, api.INDIVIDUAL, ADA)
    assert made["individualIdentification"] == [{"identificationType": "passport", "identificationId": "E*******8"}]
    assert (made["status"], made["fullName"], made["@type"]) == ("initialized", "Ada Okafor", "Individual")
    known = await world.party(made["id"])
    assert (known.phone, known.name, known.document_hash) == ("13912345678", "Ada Okafor", None)
    for table in ("party", "event", "job"):
        assert await world.one(f"SELECT count(*) FROM {table} WHERE {table}::text LIKE '%E12345678%'") == 0
    assert await world.one("SELECT count(*) FROM customer") == 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"contactMedium": [{"characteristic": {"phoneNumber": "call me"}}]}, "phone.invalid"),
        ({"contactMedium": [{"characteristic": {"emailAddress": "no"}}]}, "email.invalid"),
        ({"status": "validated"}, "party.status"),
        ({"contactMedium": "x"}, "body.attribute"),
        ({"givenName": None}, "body.attribute"),
    ],
)
async def test_a_bad_individual_is_refused_and_nothing_is_kept(world, wrong, code):
    assert (await code_of(make(world, api.INDIVIDUAL, ADA | wrong)))[0] == code
    assert await world.one("SELECT count(*) FROM party") == 0


async def test_names_follow_their_parts_until_a_document_proves_them(world):
    made = await make(world, api.INDIVIDUAL, ADA)
    after = await change(world, api.INDIVIDUAL, PARTNER, made["id"], {"familyName": "Obi"})
    assert (after["fullName"], after["givenName"]) == ("Ada Obi", "Ada")
    async with world.store.edge(made["id"]) as tx:
        await party.actions.take_real_name(tx, made["id"], "Ada Obi", "resident_id", ADULT)
    assert await code_of(change(world, api.INDIVIDUAL, PARTNER, made["id"], {"familyName": "X"})) == ("name.proven", 409)
    assert (await change(world, api.INDIVIDUAL, PARTNER, made["id"], {"title": "Dr"}))["title"] == "Dr"
    assert (await world.party(made["id"])).name == "Ada Obi"


async def test_nobody_is_validated_through_the_api_nor_given_another_document(world):
    made = await make(world, api.INDIVIDUAL, ADA)
    assert await code_of(change(world, api.INDIVIDUAL, PARTNER, made["id"], {"status": "validated"})) == ("name.unproven", 409)
    assert (await code_of(change(world, api.INDIVIDUAL, PARTNER, made["id"], {"individualIdentification": []})))[1] == 400
    assert await code_of(change(world, api.INDIVIDUAL, PARTNER, made["id"], {"status": "nonsense"})) == ("lifecycle.step", 409)
    assert (await change(world, api.INDIVIDUAL, PARTNER, made["id"], {"status": "deceaded"}))["status"] == "deceaded"


async def test_customers_see_and_change_only_themselves_and_not_their_phone(world):
    mine, theirs = await world.prospect("13800138000", home=1), await world.prospect("13900139000", home=2)
    me = Who(party=mine, by="bearer")
    assert [row["id"] for row in json.loads((await listed(world.store, api.INDIVIDUAL, me, "")).body)] == [mine]
    assert await code_of(got(world.store, api.INDIVIDUAL, me, theirs)) == ("not.found", 404)
    assert await code_of(change(world, api.INDIVIDUAL, me, theirs, {"title": "Dr"})) == ("not.found", 404)
    assert (await change(world, api.INDIVIDUAL, me, mine, {"title": "Dr"}))["title"] == "Dr"
    phone = {"contactMedium": [{"mediumType": "phone", "characteristic": {"phoneNumber": "13700000000"}}]}
    assert await code_of(change(world, api.INDIVIDUAL, me, mine, phone)) == ("contact.proof", 403)
    assert await code_of(make(world, api.INDIVIDUAL, ADA, me)) == ("forbidden", 403)
    assert (await world.party(mine)).phone == "13800138000"


async def test_staff_see_their_units_customers(world):
    made = await make(world, api.INDIVIDUAL, ADA, CLERK)
    assert json.loads((await got(world.store, api.INDIVIDUAL, CLERK, made["id"])).body)["id"] == made["id"]
    assert await code_of(got(world.store, api.INDIVIDUAL, FAR_CLERK, made["id"])) == ("not.found", 404)
    engaged = {"name": "Ada", "engagedParty": {"id": made["id"], "@referredType": "Individual"}}
    assert await code_of(make(world, api.CUSTOMER, engaged, FAR_CLERK)) == ("party.unknown", 422)


async def test_an_organisation_is_made_and_closed(world):
    made = await make(world, api.ORGANIZATION, {"tradingName": "Lantern Street Bakery"})
    assert (await change(world, api.ORGANIZATION, PARTNER, made["id"], {"status": "closed"}))["status"] == "closed"
    assert await code_of(change(world, api.ORGANIZATION, PARTNER, made["id"], {"status": "initialized"})) == ("lifecycle.step", 409)
    assert json.loads((await listed(world.store, api.INDIVIDUAL, PARTNER, "")).body) == []


async def test_a_customer_is_made_of_a_party_we_know(world):
    made = await make(world, api.INDIVIDUAL, ADA)
    body = {"name": "Ada at work", "engagedParty": {"id": made["id"], "@referredType": "Individual"}}
    customer = await make(world, api.CUSTOMER, body)
    assert (customer["name"], customer["status"], customer["engagedParty"]) == ("Ada at work", "prospective", body["engagedParty"])
    after = await change(world, api.CUSTOMER, PARTNER, customer["id"], {"name": "Ada", "status": "active"})
    assert (after["name"], after["status"]) == ("Ada", "active")
    assert await code_of(change(world, api.CUSTOMER, PARTNER, customer["id"], {"status": "prospective"})) == ("lifecycle.step", 409)
    me = Who(party=made["id"], by="bearer")
    assert await code_of(change(world, api.CUSTOMER, me, customer["id"], {"status": "closed"})) == ("forbidden", 403)
    for unknown in ("500", "0" * 24, made["id"][:-1] + ("0" if made["id"][-1] != "0" else "1")):
        assert await code_of(make(world, api.CUSTOMER, body | {"engagedParty": {"id": unknown}})) == ("party.unknown", 422)


async def test_a_prospect_is_a_customer_to_partners_and_its_real_name_is_news(world):
    id_ = await world.named("张伟", ADULT)
    rows = json.loads((await listed(world.store, api.CUSTOMER, PARTNER, f"engagedParty.id={id_}")).body)
    assert [(row["name"], row["status"]) for row in rows] == [("张伟", "active")]
    shown = json.loads((await got(world.store, api.INDIVIDUAL, PARTNER, id_)).body)
    assert (shown["fullName"], shown["status"]) == ("张伟", "validated") and ADULT not in str(shown)
    told = "SELECT count(*) FROM event WHERE type = 'resource.changed' AND body->>'what' = $1 AND body->>'how' = $2"
    assert await world.one(told, f"individual/{id_}", "create") == 1
    assert await world.one(told, f"individual/{id_}", "stateChange") == 1
