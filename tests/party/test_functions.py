"""What a customer can have done about themselves, each function by its own questions."""

from datetime import timedelta

import msgspec
import pytest

from onehall.domains import party
from onehall.kernel.functions import Proof
from onehall.kernel.i18n import render
from onehall.kernel.identity import Who
from onehall.kernel.identity.names import PHONE, party_of
from onehall.kernel.journeys import BadAnswer, Caller
from tests.party.people import ADULT

OLD, NEW = "13800138000", "13900139000"


def customer(world, id_: str, proof: Proof = Proof.CODE) -> Caller:
    return Caller("web", Who(party=id_, proof=proof, expires=world.store.clock.now() + timedelta(hours=1)))


def said(row) -> str:
    return render(row.said["text"], "en")


def facts(row, language: str = "en") -> dict[str, str]:
    return {render(fact["label"], language): render(fact["value"], language) for fact in row.said.get("facts", ())}


@pytest.fixture
async def ann(world) -> Caller:
    return customer(world, await world.prospect(OLD))


async def serve(world, name: str, caller: Caller):
    row = await world.engine.start(name, caller)
    assert row.state == "done", row.question
    return row


async def test_contacts_are_shown_masked(world, ann):
    row = await serve(world, "contacts.see", ann)
    assert said(row) == "We reach you at 138****8000."
    assert facts(row) == {"Phone": "138****8000", "E-mail": "none", "Language": "中文"}


async def test_contacts_need_a_code_and_marketing_only_the_line(world, ann):
    on_line = customer(world, ann.who.party, Proof.LINE)
    assert (await world.engine.start("contacts.see", on_line)).question["kind"] == "prove"
    assert (await world.engine.start("consent.stop", on_line)).state == "done"


async def test_a_new_phone_is_proven_by_a_code_sent_to_it(world, ann):
    row = await world.engine.start("contacts.change", ann)
    row = await world.engine.reply(row.id, ann, "what", row.turn, "phone")
    row = await world.engine.reply(row.id, ann, "phone", row.turn, NEW)
    assert row.question["key"] == "code"
    await world.work()
    assert [to for to, _text in world.post.sent] == [NEW]
    with pytest.raises(BadAnswer):
        await world.engine.reply(row.id, ann, "code", row.turn, "12")
    wrong = f"{(int(world.post.code(NEW)) + 1) % 1000000:06}"
    row = await world.engine.reply(row.id, ann, "code", row.turn, wrong)
    assert (row.state, row.question["key"], row.question["why"]["id"][:21]) == ("asking", "code", "That code is not righ")
    assert (await world.party(ann.who.party)).phone == OLD
    row = await world.engine.reply(row.id, ann, "code", row.turn, world.post.code(NEW))
    assert (row.state, said(row)) == ("done", "We now reach you at 139****9000.")
    await world.work()
    known = await world.party(ann.who.party)
    assert (known.phone, known.doc["contactMedium"][0]["characteristic"]) == (NEW, {"phoneNumber": NEW})
    async with world.store.edge(0) as tx:
        assert [await party_of(tx, PHONE, phone) for phone in (NEW, OLD)] == [ann.who.party, None]
    assert len([1 for to, _text in world.post.sent if to == NEW]) == 1


async def test_the_number_of_a_line_stays_a_login_when_the_contact_changes(world, ann):
    async def numbers_of(tx, id_):
        return [OLD]

    party.queries.NUMBERS_OF.append(numbers_of)
    try:
        async with world.store.edge(ann.who.party) as tx:
            await party.actions.change_contact(tx, ann.who.party, phone=NEW)
        await world.work()
    finally:
        party.queries.NUMBERS_OF.remove(numbers_of)
    async with world.store.edge(0) as tx:
        assert [await party_of(tx, PHONE, phone) for phone in (NEW, OLD)] == [ann.who.party, ann.who.party]


async def test_an_e_mail_address_is_changed(world, ann):
    row = await world.engine.start("contacts.change", ann)
    row = await world.engine.reply(row.id, ann, "what", row.turn, "email")
    with pytest.raises(BadAnswer):
        await world.engine.reply(row.id, ann, "email", row.turn, "nonsense")
    row = await world.engine.reply(row.id, ann, "email", row.turn, "ann@example.com")
    assert said(row) == "Your e-mail address is now ann@example.com."
    known = await world.party(ann.who.party)
    assert (known.email, known.phone, len(known.doc["contactMedium"])) == ("ann@example.com", OLD, 2)
    assert await world.one("SELECT count(*) FROM event WHERE type = 'party.contact_changed' AND body::text LIKE '%example%'") == 0


async def test_the_language_is_changed(world, ann):
    row = await world.engine.start("language.change", ann)
    assert [option["value"] for option in row.question["options"]] == ["en", "zh-CN"]
    row = await world.engine.reply(row.id, ann, "language", row.turn, "en")
    known = await world.party(ann.who.party)
    assert (row.state, known.language, known.doc["languageAbility"][0]) == (
        "done",
        "en",
        {"languageCode": "en", "isFavouriteLanguage": True},
    )


async def test_marketing_is_off_until_it_is_allowed_and_off_the_moment_it_is_stopped(world, ann):
    async def may() -> bool:
        async with world.store.edge(ann.who.party) as tx:
            return await party.queries.may_market(tx, ann.who.party)

    assert not await may()
    await serve(world, "consent.start", ann)
    assert await may()
    row = await serve(world, "consent.stop", ann)
    assert not await may()
    assert said(row).startswith("You will get no more marketing from us.")
    again = await serve(world, "consent.stop", ann)
    assert said(again) == "You get no marketing from us already."
    assert await world.one("SELECT count(*) FROM consent") == 2
    types = "SELECT string_agg(type, ' ' ORDER BY id) FROM event WHERE type LIKE 'party.consent%'"
    assert await world.one(types) == "party.consent_given party.consent_withdrawn"


async def test_receipts_tell_when_where_and_in_which_words(world, ann):
    await serve(world, "consent.start", ann)
    await serve(world, "personalisation.stop", ann)
    row = await serve(world, "consent.mine", ann)
    assert said(row) == "You allow marketing."
    shown = facts(row)
    assert list(shown)[5:] == ["Offers chosen for you", "Marketing"]
    assert shown["Marketing"].startswith("allowed, ")
    assert "Online hall: We may tell you of offers by message and call." in shown["Marketing"]
    assert "已同意" in facts(row, "zh-CN")["营销信息"]
    async with world.store.edge(ann.who.party) as tx:
        assert not await party.queries.may_personalise(tx, ann.who.party)
    await serve(world, "personalisation.allow", ann)
    async with world.store.edge(ann.who.party) as tx:
        assert await party.queries.may_personalise(tx, ann.who.party)


async def test_who_writes_a_consent_down_at_the_counter_is_on_it(world, ann):
    clerk = Caller("desk", Who(staff="clerk", unit="op.gd"), party=ann.who.party)
    row = await world.engine.start("consent.start", clerk)
    assert row.question["kind"] == "prove"
    async with world.store.edge(ann.who.party) as tx:
        tx.origin = msgspec.structs.replace(tx.origin, channel="desk", staff="clerk")
        await party.actions.allow_marketing(tx, ann.who.party)
        line = (await party.queries.receipts(tx, ann.who.party))[0]
    assert (line.channel, line.staff, line.allowed) == ("desk", "clerk", True)


async def test_real_name_status_and_card_are_masked(world, ann):
    row = await serve(world, "realname.status", ann)
    assert said(row) == "Your identity has not been checked yet."
    ben = customer(world, await world.named("张伟", ADULT, phone=NEW), Proof.REAL_NAME)
    document = (await world.party(ben.who.party)).document_hash
    await party.actions.LineSlots().take(world.store, "t", {"document": document})
    row = await serve(world, "realname.status", ben)
    assert said(row) == "Your real name is registered. You may open 4 more lines."
    for name in ("realname.status", "person.card", "realname.register", "contacts.see"):
        row = await serve(world, name, ben)
        shown = render(row.said, "zh-CN")
        assert ADULT not in str(shown) and "张伟" not in str(shown) and NEW not in str(shown), name
    assert facts(await serve(world, "person.card", ben))["Name"] == "张*"


async def test_another_customers_things_are_not_reached(world, ann):
    ben = customer(world, await world.prospect(NEW, home=99))
    row = await serve(world, "person.card", ben)
    assert OLD[-4:] not in str(row.said)
    await serve(world, "consent.start", ben)
    async with world.store.edge(0) as tx:
        assert not await party.queries.may_market(tx, ann.who.party)
        assert await party.queries.receipts(tx, ann.who.party) == []


async def test_one_way_is_stopped_and_allowed_again_and_the_others_stay(world, ann):
    async def ways() -> frozenset[str]:
        async with world.store.edge(ann.who.party) as tx:
            return (await party.queries.marketing(tx, ann.who.party)).ways

    await serve(world, "consent.start", ann)
    row = await world.engine.start("consent.choose", ann)
    assert [option["value"] for option in row.question["options"]] == ["sms:stop", "push:stop", "wechat:stop", "call:stop", "mail:stop"]
    row = await world.engine.reply(row.id, ann, "way", row.turn, "call:stop")
    assert said(row) == "You get no more marketing by: Phone call." and await ways() == {"sms", "push", "wechat", "mail"}
    shown = facts(await serve(world, "consent.mine", ann))
    assert (shown["Phone call"], shown["E-mail"]) == ("stopped", "allowed")
    row = await world.engine.start("consent.choose", ann)
    row = await world.engine.reply(row.id, ann, "way", row.turn, "call:allow")
    assert said(row) == "You hear of our offers by: Phone call." and "call" in await ways()
    assert await world.one("SELECT string_agg(coalesce(way, '*'), ' ' ORDER BY id) FROM consent") == "* call call"
