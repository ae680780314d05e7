"""Somebody becomes known, by a phone, by import; and by a document."""

import asyncio

import pytest

from onehall.domains import party
from onehall.domains.party.actions import Imported
from onehall.hall.provers import welcome
from onehall.kernel import ids
from onehall.kernel.identity.names import PHONE, name_party, party_of
from onehall.kernel.refusals import Refusal
from tests.party.people import ADULT, OTHER


async def test_a_prospect_is_known_by_phone_and_is_a_customer_to_be(world):
    id_ = await world.prospect("+86 138 0013 8000")
    known = await world.party(id_)
    assert (known.kind, known.status, known.phone, known.language, known.name) == ("individual", "initialized", "13800138000", "zh-CN", "")
    assert known.doc["contactMedium"] == [{"mediumType": "phone", "preferred": True, "characteristic": {"phoneNumber": "13800138000"}}]
    async with world.store.edge(id_) as tx:
        assert await party_of(tx, PHONE, "13800138000") == id_
        assert [customer.status for customer in await party.queries.customers(tx, id_)] == ["prospective"]
        assert await party.queries.contact(tx, id_) == party.Contact("13800138000", None, "zh-CN")


async def test_a_second_party_does_not_take_the_login_of_the_first(world):
    first = await world.prospect("13800138000", home=1)
    await world.prospect("13800138000", home=2)
    async with world.store.edge(0) as tx:
        assert await party_of(tx, PHONE, "13800138000") == first


async def test_of_many_who_come_at_once_with_one_phone_one_is_made(world):
    found = await asyncio.gather(*(welcome(world.store, "13900001111", "en") for _ in range(8)))
    assert len({party for party, _new in found}) == 1
    assert sum(new for _party, new in found) == 1
    assert await world.one("SELECT count(*) FROM party") == 1


async def test_a_crash_between_login_and_party_is_healed_by_coming_again(world):
    id_ = ids.new_id(9, world.store.clock.now())
    async with world.store.edge(ids.home_for("13900001111")) as tx:
        await name_party(tx, PHONE, "13900001111", id_)
    assert await welcome(world.store, "13900001111", "en") == (id_, True)
    assert (await world.party(id_)).phone == "13900001111"


async def test_an_import_is_done_once_for_each_reference(world):
    new = Imported(kind="churn", reference="7590-VHVEG", name="Jane Doe", phone="13700000001", unit="op.gd.gz")
    for again in (False, True):
        async with world.store.edge(party.queries.home_of_reference("churn", "7590-VHVEG")) as tx:
            id_, made = await party.actions.import_customer(tx, new)
        assert made is not again
    await world.work()
    known = await world.party(id_)
    assert (known.name, known.unit, known.doc["familyName"], known.doc["givenName"]) == ("Jane Doe", "op.gd.gz", "Doe", "Jane")
    assert known.doc["externalReference"] == [{"externalReferenceType": "churn", "name": "7590-VHVEG"}]
    assert await world.one("SELECT count(*) FROM party") == 1
    async with world.store.edge(0) as tx:
        assert await party.queries.by_reference(tx, "churn", "7590-VHVEG") == id_
        assert await party.queries.by_reference(tx, "churn", "other") is None
        assert await party_of(tx, PHONE, "13700000001") == id_


async def test_a_bad_phone_is_refused_and_nothing_is_written(world):
    with pytest.raises(Refusal) as refused:
        async with world.store.edge(party.queries.home_of_reference("churn", "1")) as tx:
            await party.actions.import_customer(tx, Imported(kind="churn", reference="1", phone="abc"))
    assert refused.value.code == "phone.invalid"
    assert await world.one("SELECT (SELECT count(*) FROM party) + (SELECT count(*) FROM external_reference)") == 0


async def test_a_real_name_is_taken_once_sealed_and_masked(world):
    id_ = await world.named("欧阳娜娜", ADULT)
    known = await world.party(id_)
    assert (known.status, known.name, known.real_named, known.document_masked) == (
        "validated",
        "欧阳娜娜",
        True,
        f"440***********{ADULT[-4:]}",
    )
    assert (known.doc["familyName"], known.doc["givenName"]) == ("欧阳", "娜娜")
    assert known.doc["individualIdentification"] == [{"identificationType": "resident_id", "identificationId": known.document_masked}]
    async with world.store.edge(id_) as tx:
        again = await party.actions.take_real_name(tx, id_, "欧阳娜娜", "resident_id", ADULT.lower())
        assert again.revision == known.revision
        assert [customer.status for customer in await party.queries.customers(tx, id_)] == ["active"]
        assert await party.queries.by_document(tx, "resident_id", ADULT) == [id_]
        assert [found.id for found in await party.queries.find(tx, ADULT, "op")] == [id_]


async def test_the_number_of_a_document_stands_nowhere_in_the_clear(world):
    await world.named("张伟", ADULT)
    tables = ("party", "customer", "event", "job", "document_party", "person_document", "evidence")
    for table in tables:
        assert await world.one(f"SELECT count(*) FROM {table} WHERE {table}::text LIKE '%{ADULT}%'") == 0, table


async def test_another_document_for_one_party_is_refused_and_nothing_changes(world):
    id_ = await world.named("张伟", ADULT)
    before = await world.party(id_)
    with pytest.raises(Refusal) as refused:
        async with world.store.edge(id_) as tx:
            await party.actions.take_real_name(tx, id_, "张伟", "resident_id", OTHER)
    assert refused.value.code == "document.other"
    assert await world.party(id_) == before


async def test_two_parties_of_one_document_are_noted_for_merging(world):
    first = await world.named("张伟", ADULT, home=1)
    second = await world.named("张伟", ADULT, home=2)
    async with world.store.edge(0) as tx:
        assert await party.queries.by_document(tx, "resident_id", ADULT) == [first, second]
    assert await world.one("SELECT body->>'other' FROM event WHERE type = 'party.same_document' AND key = $1", second) == first
