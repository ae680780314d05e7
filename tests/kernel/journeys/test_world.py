"""Holds that lapse, money that comes when it likes, and other answers of the world."""

from datetime import timedelta
from typing import Any

import pytest

from onehall.kernel.i18n import _
from onehall.kernel.journeys import Caller, Journey, Option, Said
from onehall.kernel.journeys.signals import Died
from onehall.kernel.store import Tx
from tests.kernel.journeys import fair
from tests.kernel.journeys.grounds import Grounds, kinds, payment_of, why
from tests.kernel.journeys.weather import Crash

ANN = fair.guest("ann")


@pytest.fixture
def cat(grounds: Grounds) -> Caller:
    return fair.person("cat", grounds.store.clock.now())


async def to_pay(grounds: Grounds, cat: Caller, **answers: Any) -> tuple[Any, str]:
    row = await grounds.reach("money", cat, **answers)
    return row, payment_of(row)


# -- holds


async def test_a_crash_between_taking_and_recording_is_healed_by_taking_again(grounds: Grounds) -> None:
    row = await grounds.engine.start("fair.buy", ANN)
    grounds.store.arm(3, False)  # it was read, the hold is taken; then, with the run that records it, the process dies
    with pytest.raises(Crash):
        await grounds.say(row, ANN, "fudge")
    assert (await grounds.held(), kinds(await grounds.see(row))) == (["fudge"], [])
    row = await grounds.say(row, ANN, "fudge")
    assert row.question is not None and (row.question["key"], await grounds.held()) == ("pack", ["fudge"])


async def test_holds_are_released_newest_first_when_a_journey_ends(grounds: Grounds, cat: Caller) -> None:
    row = await grounds.reach("agree", cat, pack="blue")
    await grounds.say(row, cat, "no")
    jobs = await grounds.rows("SELECT body->'held'->>'ref' FROM job WHERE kind = 'journey.release' ORDER BY id")
    assert jobs == ["blue", "fudge"]
    await grounds.work()
    assert await grounds.held() == []


async def test_a_later_hold_that_lapsed_brings_back_its_own_question_only(grounds: Grounds, cat: Caller) -> None:
    row = await grounds.reach("pack", cat)
    grounds.store.clock.move(timedelta(minutes=20))
    row = await grounds.say(row, cat, "blue")
    grounds.store.clock.move(timedelta(minutes=20))  # of 30: the sweet's is over, the box has ten minutes left
    row = await grounds.say(row, cat, "yes")
    assert row.question is not None and (row.question["key"], kinds(row)) == ("sweet", ["proof:prove"])
    row = await grounds.say(row, cat, "fudge")
    assert row.question is not None and row.question["key"] == "pack"
    await grounds.work()
    assert await grounds.held() == ["fudge"]


async def test_a_hold_that_died_is_taken_under_another_token(grounds: Grounds, cat: Caller) -> None:
    row = await grounds.reach("agree", cat)
    first = await grounds.rows("SELECT token FROM fair_thing WHERE name = 'fudge'")
    grounds.store.clock.move(timedelta(minutes=31))
    row = await grounds.say(await grounds.say(row, cat, "yes"), cat, "fudge")
    assert await grounds.rows("SELECT token FROM fair_thing WHERE name = 'fudge'") != first
    await grounds.work()  # the release of the old one does not let the new one go
    assert await grounds.held() == ["fudge"]


async def test_beginning_to_pay_keeps_what_is_held_longer_than_the_payment_lives(grounds: Grounds, cat: Caller) -> None:
    row, _payment = await to_pay(grounds, cat)
    assert row.question is not None
    limit = grounds.store.clock.now() + timedelta(minutes=15)
    (until,) = await grounds.rows("SELECT until FROM fair_thing WHERE name = 'fudge'")
    assert until >= limit + timedelta(hours=1, minutes=59)


async def test_a_hold_that_lapsed_while_money_was_on_its_way_is_taken_again(grounds: Grounds, cat: Caller) -> None:
    row, payment = await to_pay(grounds, cat)
    grounds.store.clock.move(timedelta(hours=5))
    row = await grounds.hear(payment)
    assert (row.question or {})["key"] == "sent"
    await grounds.work()
    assert ((await grounds.see(row)).state, await grounds.payments()) == ("done", ["paid"])


async def test_money_for_what_somebody_else_has_now_comes_back_and_the_customer_is_told(grounds: Grounds, cat: Caller) -> None:
    row, payment = await to_pay(grounds, cat)
    grounds.store.clock.move(timedelta(hours=5))
    await grounds.reach("pack", ANN)
    row = await grounds.hear(payment)
    await said_and_refunded(grounds, row, "Somebody else has it.")


# -- money


async def said_and_refunded(grounds: Grounds, row: Any, reason: str) -> None:
    assert (row.state, row.said["text"]["id"]) == ("refused", reason)
    assert [(fact["label"]["id"], fact["value"]["minor"]) for fact in row.said["facts"]] == [("Coming back to you", 250)]
    assert "paid" in [step for step, _key, _seconds in await grounds.story(row)]
    await grounds.work()
    assert (await grounds.payments(), await grounds.rows("SELECT count(*) FROM fair_order")) == (["refunded"], [0])


async def test_an_action_that_refuses_after_it_was_paid_for_gives_the_money_back_aloud(grounds: Grounds, cat: Caller) -> None:
    row, payment = await to_pay(grounds, cat)
    await grounds.withdraw("fudge")
    row = await grounds.hear(payment)
    await said_and_refunded(grounds, row, "This sweet is not sold any more.")
    assert await grounds.held() == []


async def test_a_refusal_of_any_status_ends_what_was_paid_for_when_the_world_speaks(grounds: Grounds, cat: Caller) -> None:
    async def forbidden(journey: Journey) -> Said:
        await journey.choose("colour", _("Which colour?"), _red)
        await journey.pay("money", fair.Money(250), _("A sweet"))
        raise fair.Refusal("forbidden", _("You may not do this."), 403)

    fair.offer_function("fair.forbid", forbidden)
    row = await grounds.say(await grounds.engine.start("fair.forbid", cat), cat, "red")
    row = await grounds.hear(payment_of(row))
    await said_and_refunded(grounds, row, "You may not do this.")


async def test_a_notice_twice_at_different_times_is_one(grounds: Grounds, cat: Caller) -> None:
    row, payment = await to_pay(grounds, cat)
    first = await grounds.hear(payment)
    assert await grounds.hear(payment) == first
    await grounds.work()
    done = await grounds.see(row)
    assert await grounds.hear(payment) == done and await grounds.payments() == ["paid"]


async def test_a_notice_for_a_journey_that_is_over_is_given_back(grounds: Grounds, cat: Caller) -> None:
    row, payment = await to_pay(grounds, cat)
    await grounds.work(timedelta(days=8))
    await grounds.work()
    over = await grounds.see(row)
    assert (over.state, await grounds.payments()) == ("expired", ["void"])
    assert await grounds.hear(payment) == over
    assert await grounds.payments() == ["refunded"]


async def test_a_no_and_then_a_yes_is_given_back_while_the_next_try_waits(grounds: Grounds, cat: Caller) -> None:
    row, payment = await to_pay(grounds, cat)
    row = await grounds.hear(payment, paid=False)
    assert why(row) == "The payment was not completed. You can try again."
    again = payment_of(row)
    assert again != payment
    row = await grounds.hear(payment)
    assert payment_of(row) == again and await grounds.payments() == ["refunded", "open"]
    row = await grounds.hear(again)
    assert ((row.question or {})["key"], await grounds.payments()) == ("sent", ["refunded", "paid"])


async def test_only_the_world_says_that_it_was_paid(grounds: Grounds, cat: Caller) -> None:
    row, payment = await to_pay(grounds, cat)
    assert await grounds.say(row, cat, {"paid": True, "payment": payment}) == row
    assert await grounds.see(row) == row


async def test_a_login_that_ran_out_while_it_was_paid_for_asks_nothing_again(grounds: Grounds, cat: Caller) -> None:
    row, payment = await to_pay(grounds, cat)
    grounds.store.clock.move(timedelta(hours=1, minutes=30))
    row = await grounds.hear(payment)
    assert (row.question or {})["key"] == "sent"


async def test_what_a_payment_stands_on_cannot_be_asked_again(grounds: Grounds, cat: Caller) -> None:
    async def regretting(journey: Journey) -> Said:
        await journey.choose("colour", _("Which colour?"), _red)
        await journey.pay("money", fair.Money(250), _("A sweet"))
        raise Died("colour", _("no longer on sale"))

    fair.offer_function("fair.regret", regretting)
    row = await grounds.say(await grounds.engine.start("fair.regret", cat), cat, "red")
    row = await grounds.hear(payment_of(row))
    await said_and_refunded(grounds, row, "no longer on sale")


async def test_an_answer_that_comes_too_late_finds_the_journey_ended_though_no_work_was_done(grounds: Grounds, cat: Caller) -> None:
    row, payment = await to_pay(grounds, cat)
    grounds.store.clock.move(timedelta(days=7, minutes=1))
    row = await grounds.hear(payment)
    assert row.state == "expired"
    await grounds.work()
    assert (await grounds.payments(), await grounds.held()) == (["refunded"], [])


# -- waiting


async def _red() -> list[Option]:
    return [Option("red", "red")]


async def _nothing(tx: Tx) -> str:
    return "asked"


async def wait_a_day(journey: Journey) -> Said:
    await journey.do("ask", _nothing)
    await journey.choose("colour", _("Which colour?"), _red)
    answer = await journey.wait_for("word", _("It is being wrapped."), deadline=timedelta(days=1))
    return Said("never" if answer.get("never") else answer["word"])


@pytest.fixture
async def waiting(grounds: Grounds) -> Any:
    """A journey that was begun five days before it waits."""
    fair.offer_function("fair.wait", wait_a_day)
    row = await grounds.engine.start("fair.wait", ANN)
    grounds.store.clock.move(timedelta(days=5))
    return await grounds.say(row, ANN, "red")


async def test_a_deadline_counts_from_when_the_waiting_began(grounds: Grounds, waiting: Any) -> None:
    assert waiting.state == "waiting"
    await grounds.work(timedelta(hours=23))
    assert (await grounds.see(waiting)).state == "waiting"
    await grounds.work(timedelta(hours=2))
    done = await grounds.see(waiting)
    assert (done.state, done.said["text"]) == ("done", "never")
    assert await grounds.engine.arrive(f"{done.id}/word", {"word": "late"}) == done


async def test_the_world_answers_once_and_the_deadline_is_forgotten(grounds: Grounds, waiting: Any) -> None:
    done = await grounds.engine.arrive(f"{waiting.id}/word", {"word": "there"})
    assert (done.state, done.said["text"]) == ("done", "there")
    await grounds.work(timedelta(days=2))
    assert await grounds.see(waiting) == done
    assert await grounds.engine.arrive(f"{done.id}/word", {"word": "again"}) == done


async def test_a_customer_does_not_answer_for_the_world(grounds: Grounds, waiting: Any) -> None:
    assert await grounds.say(waiting, ANN, {"word": "mine"}) == waiting
    assert await grounds.see(waiting) == waiting


async def test_an_answer_that_comes_before_it_is_waited_for_lies_ready(grounds: Grounds) -> None:
    fair.offer_function("fair.wait", wait_a_day)
    row = await grounds.engine.start("fair.wait", ANN)
    early = await grounds.engine.arrive(f"{row.id}/word", {"word": "early"})
    assert (early.question, early.turn) == (row.question, row.turn)
    done = await grounds.say(early, ANN, "red")
    assert (done.state, done.said["text"]) == ("done", "early")
    assert kinds(done) == ["effect:ask", "answer:colour", "arrival:word"]


async def test_a_journey_outlives_the_deadline_that_it_waits_for(grounds: Grounds) -> None:
    async def wait_a_month(journey: Journey) -> Said:
        answer = await journey.wait_for("word", _("It is being wrapped."), deadline=timedelta(days=30))
        return Said("never" if answer.get("never") else "")

    fair.offer_function("fair.month", wait_a_month)
    row = await grounds.engine.start("fair.month", ANN)
    await grounds.work(timedelta(days=29))
    assert (await grounds.see(row)).state == "waiting"
    await grounds.work(timedelta(days=2))
    assert (await grounds.see(row)).state == "done"
