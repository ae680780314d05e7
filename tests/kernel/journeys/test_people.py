"""Proof, homes, hand-over: who stands there, where the journey lives, and in whose hands it is."""

import asyncio
from datetime import timedelta

import pytest

from onehall.kernel import ids
from onehall.kernel.functions import Proof
from onehall.kernel.identity import Who
from onehall.kernel.journeys import BadAnswer, Caller, Journey, Row, Said
from onehall.kernel.journeys.hand_over import offer, take
from onehall.kernel.journeys.holders import may_answer, may_see
from onehall.kernel.refusals import Refusal
from tests.kernel.journeys import fair
from tests.kernel.journeys.grounds import Grounds, kinds, payment_of
from tests.kernel.journeys.weather import Crash

ANN, BOB, NOBODY = fair.guest("ann"), fair.guest("bob"), fair.guest("")
C1, C2 = fair.clerk("c1"), fair.clerk("c2")
ANN_IS = {"code": "ann"}


@pytest.fixture
def cat(grounds: Grounds) -> Caller:
    return fair.person("cat", grounds.store.clock.now())


def key_of(row: Row) -> str:
    assert row.question is not None, row.said
    return str(row.question["key"])


async def refused(grounds: Grounds, code: str, caller: Caller) -> tuple[str, int]:
    with pytest.raises(Refusal) as no:
        await take(grounds.engine, code, caller)
    return no.value.code, no.value.status


# -- homes


async def test_a_customers_journey_lives_in_the_customers_home(grounds: Grounds, cat: Caller) -> None:
    row = await grounds.engine.start("fair.buy", cat)
    assert (row.home, ids.home_of(row.id), row.party) == (33, 33, fair.PEOPLE["cat"])


async def test_a_guest_who_proves_to_live_elsewhere_takes_the_journey_along(grounds: Grounds) -> None:
    before = await grounds.reach("prove", ANN, pack="blue")
    row = await grounds.say(before, ANN, ANN_IS)
    assert (row.home, row.party, key_of(row)) == (11, fair.PEOPLE["ann"], "agree")
    assert kinds(row) == ["answer:sweet", "hold:kept", "answer:pack", "hold:boxed", "proof:prove"]
    assert await grounds.rows("SELECT state, moved_to FROM journey WHERE id = $1", before.id) == [("moved", row.id)]
    assert await grounds.engine.see(before.id) == row
    row = await grounds.say(row, ANN, "yes")
    row = await grounds.hear(payment_of(row))
    await grounds.work()
    assert ((await grounds.engine.see(before.id)).state, await grounds.rows("SELECT state FROM fair_order")) == ("done", ["good"])
    assert [step for step, _key, _seconds in await grounds.story(row)][:2] == ["moved", "proven"]


async def test_a_crash_on_the_way_home_loses_nothing(grounds: Grounds) -> None:
    row = await grounds.reach("prove", ANN)
    grounds.store.arm(2, True)  # it was read, the old row is closed: then the process dies
    with pytest.raises(Crash):
        await grounds.say(row, ANN, ANN_IS)
    assert await grounds.rows("SELECT state FROM journey") == ["moved"]
    there = await grounds.engine.see(row.id)
    assert (there.home, there.state, key_of(there)) == (11, "asking", "prove")
    assert key_of(await grounds.say(there, ANN, ANN_IS)) == "agree"
    assert await grounds.rows("SELECT count(*) FROM journey") == [2]


async def test_an_answer_given_while_the_journey_moves_is_not_lost(grounds: Grounds) -> None:
    row = await grounds.reach("pack", ANN)
    logged_in = fair.person("ann", grounds.store.clock.now())
    caller = Caller("f.web", Who(visitor="ann", party=logged_in.who.party, proof=Proof.CODE, expires=logged_in.who.expires))
    await asyncio.gather(grounds.say(row, caller, "blue"), grounds.say(row, ANN, "bare"))
    now = await grounds.see(row)
    assert [kind for kind in kinds(now) if kind == "answer:pack"] == ["answer:pack"]
    assert await grounds.rows("SELECT count(*) FROM journey WHERE state = 'asking'") == [1]


async def test_what_the_world_says_of_a_person_moves_the_journey_too(grounds: Grounds) -> None:
    async def named(journey: Journey) -> Said:
        await journey.prove(Proof.REAL_NAME)
        return Said("done")

    fair.offer_function("fair.named", named)
    row = await grounds.engine.start("fair.named", BOB)
    row = await grounds.say(row, BOB, {"code": "document"})
    assert (row.state, key_of(row)) == ("waiting", "prove")
    assert await grounds.say(row, BOB, {"code": "bob"}) == row  # the world was asked: only it answers
    no = await grounds.engine.arrive(f"{row.id}/prove", {"name": "nobody"})
    assert (no.state, (no.question or {})["why"]["id"]) == ("asking", "Nobody of that name.")
    await grounds.say(no, BOB, {"code": "document"})
    done = await grounds.engine.arrive(f"{row.id}/prove", {"name": "bob"})
    assert (done.home, done.party, done.state) == (22, fair.PEOPLE["bob"], "done")


# -- proof


@pytest.mark.parametrize(("level", "asked"), [(Proof.NONE, True), (Proof.LINE, True), (Proof.CODE, False), (Proof.REAL_NAME, False)])
async def test_a_lower_level_does_not_do(grounds: Grounds, level: Proof, asked: bool) -> None:
    fair.offer_function("fair.known", _told, proof=Proof.CODE)
    who = Who(party=fair.PEOPLE["ann"], proof=level, expires=grounds.store.clock.now() + timedelta(hours=1))
    row = await grounds.engine.start("fair.known", Caller("f.web", who))
    assert (row.state, len(await grounds.rows("SELECT id FROM journey"))) == (("asking", 1) if asked else ("done", 0))


async def _told(journey: Journey) -> Said:
    return Said("told")


async def test_a_proof_runs_out_and_is_asked_again_while_nothing_stands_on_it(grounds: Grounds) -> None:
    row = await grounds.reach("agree", ANN)
    grounds.store.clock.move(timedelta(hours=2, minutes=1))
    row = await grounds.say(row, ANN, "yes")
    assert key_of(row) == "sweet"  # the hold lapsed before
    for value in ("fudge", "bare"):
        row = await grounds.say(row, ANN, value)
    assert (key_of(row), row.proven(grounds.store.clock.now())) == ("prove", Proof.NONE)
    assert key_of(await grounds.say(row, ANN, ANN_IS)) == "agree"


async def test_a_proof_that_fails_or_is_somebody_elses_changes_nothing(grounds: Grounds) -> None:
    first = await grounds.reach("prove", ANN)
    with pytest.raises(BadAnswer, match=r"proof\.unknown"):
        await grounds.say(first, ANN, {"code": "nobody"})
    assert await grounds.see(first) == first
    row = await grounds.say(first, ANN, ANN_IS)
    grounds.store.clock.move(timedelta(minutes=25))
    row = await grounds.pass_on(row, ANN, fair.guest("ann", "f.sms"))
    assert key_of(row) == "prove"  # f.sms takes f.web's code for no more than a line
    with pytest.raises(BadAnswer, match=r"proof\.other"):
        await grounds.say(row, fair.guest("ann", "f.sms"), {"code": "bob"})
    assert await grounds.see(row) == row


@pytest.mark.parametrize(
    ("begun", "to", "level"),
    [("f.web", "f.web", Proof.CODE), ("f.web", "f.sms", Proof.LINE), ("f.sms", "f.web", Proof.LINE), ("f.web", "f.desk", Proof.CODE)],
)
async def test_a_level_counts_in_another_channel_as_far_as_its_policy_says(grounds: Grounds, begun: str, to: str, level: Proof) -> None:
    row = await grounds.reach("agree", fair.guest("ann", begun))
    taker = C1 if to == "f.desk" else fair.guest("other", to)
    row = await grounds.pass_on(row, fair.guest("ann", begun), taker)
    assert row.proven(grounds.store.clock.now()) == level


async def test_a_hand_over_never_raises_proof(grounds: Grounds) -> None:
    row = await grounds.pass_on(await grounds.reach("prove", ANN), ANN, C1)
    assert row.proven(grounds.store.clock.now()) == Proof.NONE
    row = await grounds.pass_on(row, C1, BOB)
    assert (row.proven(grounds.store.clock.now()), key_of(row)) == (Proof.NONE, "prove")


async def test_a_customer_who_changes_channels_without_a_code_is_taken_at_the_new_ones_word(grounds: Grounds, cat: Caller) -> None:
    row = await grounds.reach("agree", cat)
    by_sms = Caller("f.sms", Who(party=fair.PEOPLE["cat"], proof=Proof.LINE, expires=grounds.store.clock.now() + timedelta(hours=1)))
    row = await grounds.say(row, by_sms, "yes")
    assert (key_of(row), row.channel) == ("prove", "f.sms")  # f.sms takes f.web's code for no more than a line


# -- hand-over


async def test_only_whoever_holds_a_journey_hands_it_over(grounds: Grounds) -> None:
    row = await grounds.engine.start("fair.buy", ANN)
    for other in (BOB, C1, fair.person("cat", grounds.store.clock.now())):
        with pytest.raises(Refusal) as no:
            await offer(grounds.engine, row, other)
        assert no.value.status == 404
    taken = await grounds.pass_on(row, ANN, C1)
    with pytest.raises(Refusal):
        await offer(grounds.engine, taken, ANN)
    assert len(await grounds.rows("SELECT code FROM hand_over")) == 1


async def test_what_is_over_is_handed_to_nobody(grounds: Grounds, cat: Caller) -> None:
    row = await grounds.say(await grounds.reach("agree", cat), cat, "no")
    with pytest.raises(Refusal) as no:
        await offer(grounds.engine, row, cat)
    assert (no.value.code, no.value.status) == ("journey.over", 409)


@pytest.mark.parametrize("nonsense", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 456", "12345\x00"])
async def test_what_is_no_code_is_not_known(grounds: Grounds, nonsense: str) -> None:
    assert await refused(grounds, nonsense, C1) == ("handover.unknown", 404)


async def test_a_code_works_once_for_minutes_and_for_its_customer(grounds: Grounds, cat: Caller) -> None:
    row = await grounds.engine.start("fair.buy", cat)
    given = await offer(grounds.engine, row, cat)
    assert await refused(grounds, given.code, fair.person("bob", grounds.store.clock.now())) == ("handover.other", 403)
    taken = await take(grounds.engine, given.code, C1)  # and that did not spend it
    assert await refused(grounds, given.code, C2) == ("handover.used", 409)
    assert await take(grounds.engine, given.code, C1) == taken  # who has it may enter it twice
    late = await offer(grounds.engine, taken, C1)
    grounds.store.clock.move(timedelta(minutes=11))
    assert await refused(grounds, late.code, cat) == ("handover.expired", 410)
    assert (await grounds.see(row)).holders == [f"party:{fair.PEOPLE['cat']}", "staff:c1"]


async def test_a_code_dies_when_the_journey_leaves_the_hands_that_made_it(grounds: Grounds) -> None:
    row = await grounds.engine.start("fair.buy", ANN)
    one, other = await offer(grounds.engine, row, ANN), await offer(grounds.engine, row, ANN)
    await take(grounds.engine, one.code, C1)
    assert await refused(grounds, other.code, C2) == ("handover.used", 409)
    assert (await grounds.see(row)).holders[-1] == "staff:c1"


async def test_of_two_clerks_who_enter_a_code_at_once_one_has_the_journey(grounds: Grounds) -> None:
    row = await grounds.engine.start("fair.buy", ANN)
    code = (await offer(grounds.engine, row, ANN)).code
    outcomes = await asyncio.gather(*(take(grounds.engine, code, clerk) for clerk in (C1, C2)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refusal", "Row"]
    assert len((await grounds.see(row)).holders) == 2


async def test_a_clerk_acts_for_the_customer_and_both_are_on_every_entry(grounds: Grounds) -> None:
    row = await grounds.pass_on(await grounds.reach("prove", ANN), ANN, C1)
    assert await grounds.say(row, ANN, ANN_IS) == row  # the old channel answers no more
    row = await grounds.say(await grounds.say(row, C1, ANN_IS), C1, "yes")
    row = await grounds.hear(payment_of(row))
    await grounds.work()
    done = await grounds.see(row)
    acts = {f"{entry.kind}:{entry.key}": (entry.channel, entry.staff, entry.party) for entry in done.entries}
    ann = fair.PEOPLE["ann"]
    assert acts["answer:sweet"] == ("f.web", None, None)
    later = ("proof:prove", "answer:agree", "payment:money", "effect:order", "arrival:sent")
    assert {key: acts[key] for key in later} == {key: ("f.desk", "c1", ann) for key in later}
    told = await grounds.rows("SELECT DISTINCT staff, party FROM event WHERE journey = $1 AND type = 'journey.done_step'", done.id)
    assert told == [("c1", ann)]


async def test_a_login_that_counts_at_the_counter_is_on_the_clerks_word(grounds: Grounds, cat: Caller) -> None:
    row = await grounds.pass_on(await grounds.engine.start("fair.buy", cat), cat, C1)
    row = await grounds.say(await grounds.say(row, C1, "fudge"), C1, "bare")
    (proof,) = [entry for entry in row.entries if entry.kind == "proof"]
    assert (proof.channel, proof.staff, proof.party, proof.value["level"]) == ("f.desk", "c1", fair.PEOPLE["cat"], Proof.CODE)


async def test_a_journey_of_nobody_is_whose_proves_first(grounds: Grounds) -> None:
    row = await grounds.pass_on(await grounds.reach("prove", ANN), ANN, BOB)
    row = await grounds.say(row, BOB, {"code": "bob"})
    assert (row.party, row.home) == (fair.PEOPLE["bob"], 22)


# -- who sees, who answers


async def test_who_sees_a_journey_and_who_answers_in_it(grounds: Grounds, cat: Caller) -> None:
    now = grounds.store.clock.now()
    ann_in, bob_in = fair.person("ann", now), fair.person("bob", now)
    both = Caller("f.web", Who(visitor="ann", party=fair.PEOPLE["ann"], proof=Proof.CODE, expires=now + timedelta(hours=1)))
    anybody = await grounds.engine.start("fair.buy", NOBODY)
    guests = await grounds.engine.start("fair.buy", ANN)
    anns = await grounds.reach("agree", NOBODY)
    cats = await grounds.engine.start("fair.buy", cat)

    def seen(row: Row, *callers: Caller) -> list[bool]:
        return [may_see(row, caller) for caller in callers]

    assert seen(anybody, NOBODY, ANN, bob_in, C1) == [True, True, True, False]
    assert seen(guests, NOBODY, ANN, BOB, bob_in, both, C1) == [False, True, False, False, True, False]
    assert anns.party == fair.PEOPLE["ann"]
    assert seen(anns, NOBODY, ann_in, bob_in, cat, C1) == [True, True, False, False, False]
    assert seen(cats, cat, NOBODY, BOB, bob_in, C1) == [True, False, False, False, False]
    at_desk = await grounds.pass_on(cats, cat, C1)
    assert seen(at_desk, cat, C1, C2, bob_in, NOBODY) == [True, True, True, False, False]
    assert [may_answer(at_desk, caller) for caller in (cat, C1, C2)] == [False, True, False]
    assert await grounds.say(at_desk, C2, "fudge") == at_desk
    assert key_of(await grounds.say(guests, both, "drop")) == "pack"


async def test_a_key_used_again_after_the_journey_moved_finds_it_where_it_is(grounds: Grounds) -> None:
    row = await grounds.engine.start("fair.buy", ANN, {"sweet": "fudge", "pack": "bare"}, key="k")
    there = await grounds.say(row, ANN, ANN_IS)
    assert await grounds.engine.start("fair.buy", ANN, key="k") == there
