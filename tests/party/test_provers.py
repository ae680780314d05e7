"""How people prove who they are: codes, documents at the counter, document and face."""

from datetime import date, timedelta

import msgspec
import pytest

from onehall.adapters.identity_check.simulated import Registered
from onehall.domains import party
from onehall.domains.party.reactions import check_identity
from onehall.kernel import ids
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import _, render
from onehall.kernel.identity import Who
from onehall.kernel.journeys import BadAnswer, Caller, Said
from tests.party.people import ADULT, CHILD, JPEG, OTHER, resident_id

PHONE = "13800138000"
GUEST = Caller("web", Who(visitor="v1", language="zh-CN"))
CLERK = Caller("desk", Who(staff="clerk", unit="op.gd.gz.s1", roles=frozenset({"clerk"})))
FAR_CLERK = Caller("desk", Who(staff="far", unit="op.bj.bj.s1", roles=frozenset({"clerk"})))
PAPER = {"name": "张伟", "document_type": "resident_id", "document_number": ADULT, "face": JPEG}
AT_DESK = {"name": "张伟", "document_type": "resident_id", "document_number": ADULT, "face_compared": "yes"}


async def greet(journey):
    await journey.prove(Proof(journey.given("level") or Proof.CODE))
    return Said(_("Code"))


@pytest.fixture(scope="module", autouse=True)
def greeting() -> None:
    """A function that asks for proof and nothing else."""
    function("toy.greet", title=_("Code"), family="query", asks="prove wait")(greet)


async def begin(world, caller=GUEST, level=Proof.CODE):
    return await world.engine.start("toy.greet", caller, {"level": int(level)})


async def answer(world, row, value, caller=GUEST):
    return await world.engine.reply(row.id, caller, "prove", row.turn, value)


async def refused(world, row, value, caller=GUEST) -> str:
    before = await world.engine.see(row.id)
    with pytest.raises(BadAnswer) as no:
        await answer(world, row, value, caller)
    assert await world.engine.see(row.id) == before
    return no.value.code


async def test_a_guest_proves_a_phone_and_becomes_a_prospect_in_the_journeys_home(world):
    row = await begin(world)
    assert [field["name"] for field in row.question["fields"]] == ["phone"]
    row = await answer(world, row, {"phone": PHONE})
    assert [field["name"] for field in row.question["fields"]] == ["code"]
    assert PHONE not in msgspec.json.encode(row.question).decode() and "138****8000" in msgspec.json.encode(row.question).decode()
    await world.work()
    row = await answer(world, row, {"code": world.post.code(PHONE)})
    assert (row.state, row.proof["level"], row.proof["by"]) == ("done", 2, "code")
    assert ids.home_of(row.party) == row.home
    assert (await world.party(row.party)).phone == PHONE


async def test_phone_and_bare_code_as_an_sms_gives_them(world):
    row = await answer(world, await begin(world), PHONE)
    await world.work()
    row = await answer(world, row, world.post.code(PHONE))
    assert row.state == "done"


async def test_phone_and_code_together(world):
    row = await begin(world)
    first = await answer(world, row, {"phone": PHONE})
    await world.work()
    row = await answer(world, first, {"phone": PHONE, "code": world.post.code(PHONE)})
    assert row.state == "done"


async def test_a_wrong_code_leaves_the_question_and_a_code_counts_for_its_journey_alone(world):
    row = await answer(world, await begin(world), {"phone": PHONE})
    other = await answer(world, await begin(world), {"phone": PHONE})
    await world.work()
    codes = [text["values"]["code"] for to, text in world.post.sent if to == PHONE]
    if codes[0] != codes[1]:
        assert await refused(world, row, {"code": world.post.code(PHONE)}) == "otp.wrong"
    assert await refused(world, other, {"code": "x"}) == "otp.wrong"
    assert (await world.engine.see(row.id)).party is None


async def test_another_code_may_be_asked_for(world):
    row = await answer(world, await begin(world), {"phone": PHONE})
    row = await answer(world, row, {"again": "yes"})
    await world.work()
    assert len(world.post.sent) == 2
    assert (await answer(world, row, {"code": world.post.code(PHONE)})).state == "done"


async def test_a_known_customer_gets_the_code_on_the_phone_we_have_and_on_no_other(world):
    id_ = await world.prospect(PHONE)
    caller = Caller("web", Who(party=id_))
    row = await begin(world, caller)
    assert row.question["fields"][0].get("required") is False
    assert await refused(world, row, {"phone": "13911112222"}, caller) == "proof.phone"
    row = await answer(world, row, {"phone": ""}, caller)
    await world.work()
    row = await answer(world, row, {"code": world.post.code(PHONE)}, caller)
    assert (row.state, row.party) == ("done", id_)


async def test_a_guest_who_turns_out_to_be_a_customer_takes_the_journey_home(world):
    id_ = await world.prospect(PHONE, home=4000)
    row = await answer(world, await begin(world), {"phone": PHONE})
    await world.work()
    row = await answer(world, row, {"code": world.post.code(PHONE)})
    assert (row.state, row.party, row.home) == ("done", id_, 4000)


async def test_no_phone_is_refused(world):
    row = await begin(world)
    assert await refused(world, row, {}) == "phone.missing"
    assert await refused(world, row, {"phone": "abc"}) == "phone.invalid"
    assert await refused(world, row, {"document_number": ADULT}) == "phone.missing"  # only a clerk may read a document


async def test_at_the_counter_a_known_document_is_proof(world):
    id_ = await world.named("张伟", ADULT, home=9)
    row = await begin(world, CLERK)
    assert await refused(world, row, {"document_number": OTHER}, CLERK) == "document.unknown"
    row = await answer(world, row, {"document_number": ADULT.lower()}, CLERK)
    assert (row.state, row.party, row.home, row.proof["level"], row.proof["by"]) == ("done", id_, 9, 3, "document seen at the counter")


async def test_a_customer_of_another_province_is_not_served(world):
    await world.named("张伟", ADULT, unit="op.gd.gz.s1")
    row = await begin(world, FAR_CLERK)
    assert await refused(world, row, {"document_number": ADULT}, FAR_CLERK) == "unit.other"
    row = await begin(world, CLERK)
    assert (await answer(world, row, {"document_number": ADULT}, CLERK)).state == "done"


async def test_document_and_face_make_a_stranger_known(world):
    await world.register.knows(ADULT, Registered(name="张伟", born=date(1990, 3, 7), expires=date(2090, 1, 1)))
    row = await begin(world, level=Proof.REAL_NAME)
    assert [field["name"] for field in row.question["fields"]] == ["name", "document_type", "document_number", "face"]
    row = await answer(world, row, PAPER)
    assert (row.state, row.question["kind"]) == ("waiting", "wait")
    await world.work()
    row = await world.engine.see(row.id)
    assert (row.state, row.proof["level"], row.proof["by"]) == ("done", 3, "document and face")
    known = await world.party(row.party)
    assert (known.name, known.home, known.language) == ("张伟", row.home, "zh-CN")
    assert known.document_hash == party.queries.document_hash("resident_id", ADULT)
    kept = await world.one("SELECT journey::text FROM journey")
    assert ADULT not in kept and JPEG not in kept and "张伟" not in kept
    assert await world.one("SELECT passed FROM evidence") is True


async def test_what_was_shown_is_kept_sealed_and_stands_in_no_job(world):
    await answer(world, await begin(world, level=Proof.REAL_NAME), PAPER)
    sealed = await world.one("SELECT sealed FROM evidence")
    assert ADULT.encode() not in sealed and JPEG.encode() not in sealed
    assert await world.one(f"SELECT count(*) FROM job WHERE body::text LIKE '%{ADULT}%' OR body::text LIKE '%张伟%'") == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "张"}, "name.invalid"),
        ({"name": None}, "name.invalid"),
        ({"document_type": "library_card"}, "document.type"),
        ({"document_number": ADULT[:-1] + "A"}, "document.number"),
        ({"document_number": CHILD}, "holder.young"),
        ({"face": ""}, "face.missing"),
        ({"face": {"data": 5}}, "face.invalid"),
        ({"face": "data:image/png;base64,QUJD"}, "face.invalid"),
    ],
)
async def test_what_proves_nothing_leaves_the_question_and_asks_nobody(world, change, code):
    row = await begin(world, level=Proof.REAL_NAME)
    assert await refused(world, row, PAPER | change) == code
    assert await world.one("SELECT (SELECT count(*) FROM evidence) + (SELECT count(*) FROM party)") == 0


@pytest.mark.parametrize(
    ("registered", "why"),
    [
        ({"name": "张玮"}, "The name does not belong to this document."),
        ({"alike": False}, "The face could not be matched with the document. Please try again in good light."),
        ({"valid": False}, "This document is no longer valid."),
        ({"expires": date(2020, 1, 31)}, "This document ran out on Jan 31, 2020. Please use a valid one."),
        ({"born": date(2020, 1, 31)}, "This can be done from the age of 16 on; before, a guardian must come along."),
    ],
)
async def test_a_no_of_the_authority_brings_the_question_back_with_its_reason(world, registered, why):
    await world.register.knows(ADULT, Registered(**({"name": "张伟"} | registered)))
    row = await answer(world, await begin(world, level=Proof.REAL_NAME), PAPER)
    await world.work()
    row = await world.engine.see(row.id)
    assert (row.state, row.question["kind"], row.party) == ("asking", "prove", None)
    assert render(row.question["why"], "en") == why
    assert await world.one("SELECT count(*) FROM party WHERE real_name_at IS NOT NULL") == 0
    assert await world.one("SELECT passed FROM evidence") is False


async def test_after_a_no_one_may_try_again(world):
    await world.register.knows(ADULT, Registered(name="张伟", alike=False))
    row = await answer(world, await begin(world, level=Proof.REAL_NAME), PAPER)
    await world.work()
    await world.register.knows(ADULT, Registered(name="张伟"))
    row = await answer(world, await world.engine.see(row.id), PAPER)
    await world.work()
    assert (await world.engine.see(row.id)).state == "done"
    assert await world.one("SELECT count(*) FROM evidence") == 2


async def test_an_authority_that_answers_later_is_asked_again(world):
    await world.register.switches.turn("later", 2)
    row = await answer(world, await begin(world, level=Proof.REAL_NAME), PAPER)
    for _try in range(3):
        await world.work()
        world.store.clock.move(timedelta(minutes=1))
    await world.work()
    assert (await world.engine.see(row.id)).state == "done"


async def test_an_authority_that_never_answers_is_told_as_such(world):
    await world.register.switches.turn("later", 99)
    row = await answer(world, await begin(world, level=Proof.REAL_NAME), PAPER)
    for _try in range(8):
        await world.work()
        world.store.clock.move(timedelta(minutes=11))
    await world.work()
    row = await world.engine.see(row.id)
    assert (row.state, row.question["kind"]) == ("asking", "prove")
    assert row.question["why"]["id"] == "The identity check does not answer at the moment. Please try again later."


async def test_a_clerk_compares_the_face_and_the_authority_the_document(world):
    row = await begin(world, CLERK, Proof.REAL_NAME)
    assert [field["name"] for field in row.question["fields"]][-1] == "face_compared"
    assert await refused(world, row, AT_DESK | {"face_compared": ""}, CLERK) == "face.uncompared"
    row = await answer(world, row, AT_DESK, CLERK)
    await world.work()
    row = await world.engine.see(row.id)
    assert (row.state, row.proof["level"]) == ("done", 3)
    assert await world.one("SELECT by_face FROM sim_identity_check") is False
    assert (await world.party(row.party)).unit == "op.gd.gz.s1"
    # the same person comes again: known at once, in their own home
    again = await answer(world, await begin(world, CLERK, Proof.REAL_NAME), AT_DESK, CLERK)
    assert (again.state, again.party) == ("done", row.party)


async def test_a_customer_with_another_document_is_refused_in_words(world):
    id_ = await world.named("张伟", ADULT)
    caller = Caller("web", Who(party=id_))
    row = await answer(world, await begin(world, caller, Proof.REAL_NAME), PAPER | {"document_number": OTHER}, caller)
    await world.work()
    row = await world.engine.see(row.id)
    assert row.question["why"]["id"] == "This customer is registered with another document."
    assert (await world.party(id_)).document_hash == party.queries.document_hash("resident_id", ADULT)


async def test_a_guest_with_a_document_we_know_is_let_in_and_noted_for_merging(world):
    first = await world.named("张伟", ADULT, home=9)
    row = await answer(world, await begin(world, level=Proof.REAL_NAME), PAPER)
    await world.work()
    row = await world.engine.see(row.id)
    assert row.state == "done" and row.party != first
    async with world.store.edge(0) as tx:
        assert await party.queries.by_document(tx, "resident_id", ADULT) == [first, row.party]


async def test_the_verdict_heard_twice_is_heard_once(world):
    row = await answer(world, await begin(world, level=Proof.REAL_NAME), PAPER)
    evidence = await world.one("SELECT id FROM evidence")
    body = {"evidence": evidence, "journey": row.id, "party": None}
    for _time in range(2):
        act = await check_identity(world.world, body)
        async with world.store.edge(evidence) as tx:
            await act(tx)
    await world.work()
    assert (await world.engine.see(row.id)).state == "done"
    assert await world.one("SELECT count(*) FROM party") == 1
    assert await world.one("SELECT count(*) FROM event WHERE type = 'party.real_name_taken'") == 1


async def test_a_new_id_each_day_of_birth_is_another_person(world):
    assert party.queries.document_hash("resident_id", resident_id("19900308")) != party.queries.document_hash("resident_id", ADULT)
