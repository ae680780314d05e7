"""A card that is sent: made node by node, handed over on three confirmations, or taken back. Each comes to exactly one end."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from onehall.demo.people import STORES
from onehall.domains import order as orders
from onehall.domains.fulfilment.actions import centre, delivery
from onehall.domains.party import Shown
from onehall.kernel.events import Origin
from onehall.kernel.functions import Proof
from onehall.kernel.ids import home_of
from onehall.kernel.refusals import Refusal
from tests.conformance.people import clerk
from tests.ground.counter import DOCUMENT, FACE, Counter

ADDRESS, PHONE = "Zhujiang Road 1, Guangzhou", "13900000077"
SHOWN = Shown(name="李雷", document_type="resident_id", document_number=DOCUMENT, face=FACE)
STANDS = "SELECT string_agg(name, ' ') FROM fulfilment_step WHERE state = 'running'"
LINE = "SELECT status FROM product WHERE party = (SELECT party FROM product_order)"
ORDER = "SELECT id FROM product_order"
UNBALANCED = "SELECT count(*) FROM (SELECT entry FROM posting GROUP BY entry, currency HAVING sum(minor) <> 0) AS unbalanced"


async def ordered(counter: Counter, shown: dict[str, str] | None = None) -> tuple[Any, Any, str]:
    """A guest buys a line with a card that is to be sent, and pays."""
    caller = counter.guest()
    view = await (counter.to_sim(caller) if shown is None else with_document(counter, caller, shown))
    for value in ("plastic", ADDRESS, PHONE):
        view = await counter.answer(caller, view, value)
    assert ADDRESS in str(view.question["summary"]), view.question
    view = await counter.answer(caller, view, True)
    await counter.bank_pays(view)
    view = await counter.settle(caller, view)
    return caller, view, await counter.one(ORDER)


async def with_document(counter: Counter, caller: Any, shown: dict[str, str]) -> Any:
    """They come to the question which SIM with another document."""
    view = await counter.hall.start(caller, "line.open", {"offer": "hall-59"})
    view = await counter.answer(caller, view, view.question["options"][0]["value"])
    return await counter.settle(caller, await counter.answer(caller, view, shown))


async def does(counter: Counter, order: str, act: Any, *values: Any) -> None:
    """Somebody of the house touches an order, and all that follows is done."""
    await counter.store.run(home_of(order), lambda tx: act(tx, order, *values), Origin(channel="console", staff="s"))
    await counter.settle()


async def made(counter: Counter, order: str) -> None:
    """The card is made, packed and brought to the door."""
    await does(counter, order, centre.pick)
    await does(counter, order, centre.write)
    await does(counter, order, centre.check, await counter.one("SELECT iccid FROM sim WHERE state = 'written'"))
    for act in (centre.pack, centre.ship, delivery.reach_door):
        await does(counter, order, act)
    assert await counter.one(STANDS) == "hand_over"


async def test_a_card_is_made_brought_and_handed_over(counter: Counter) -> None:
    caller, view, order = await ordered(counter)
    assert await counter.one(STANDS) == "pick"
    assert ADDRESS in view.question["text"] and view.question["key"] == "shipped"
    customer = counter.customer(await counter.one("SELECT party FROM product_order"), proof=Proof.LINE)
    assert [fact["value"] for fact in (await counter.hall.start(customer, "card.where")).said["facts"]] == ["is being made"]
    await made(counter, order)
    said = (await counter.hall.start(customer, "card.where")).said
    assert ADDRESS in said["text"] and [fact["value"] for fact in said["facts"]][:2] == ["is at your door", f"OH{order}".upper()]
    assert "is at your door" in (await counter.hall.see(caller, view.id)).question["text"]
    with pytest.raises(Refusal, match="The document was not shown"):
        await does(counter, order, delivery.hand_over)
    assert await counter.one(LINE) == "created"
    await does(counter, order, delivery.show_document, SHOWN)
    await does(counter, order, delivery.hand_over)
    done = await counter.settle(caller, view)
    assert "No card is on its way" in (await counter.hall.start(customer, "card.where")).said["text"]
    assert done.state == "done" and "is active" in done.said["text"], done
    assert await counter.one(LINE) == "active"
    assert await counter.one("SELECT state FROM number WHERE number = $1", done.said["facts"][0]["value"]) == "sold"
    counter.store.clock.move(timedelta(hours=80))
    await counter.settle()
    assert await counter.one("SELECT state FROM product_order") == "completed"
    assert await counter.one("SELECT count(*) FROM refund") == 0


async def test_a_card_that_fails_goes_back_to_picking_and_three_end_the_order(counter: Counter) -> None:
    await counter.world.sim_writer.switches.turn("fail", 3)
    caller, view, order = await ordered(counter)
    for spoilt in (1, 2, 3):
        await does(counter, order, centre.pick)
        await does(counter, order, centre.write)
        assert await counter.one("SELECT count(*) FROM sim WHERE state = 'spoilt'") == spoilt
        if spoilt < 3:
            assert await counter.one(STANDS) == "pick"
            assert "could not be written" in str(await counter.one("SELECT result FROM fulfilment_step WHERE name = 'pick'"))
    ended = await counter.settle(caller, view)
    assert ended.state == "refused" and "could not be written" in ended.said["text"]
    assert await counter.one("SELECT state FROM product_order") == "failed"
    assert await counter.one("SELECT count(*) FROM refund") == 1


async def test_another_card_is_not_packed_and_a_bad_one_is_thrown_away(counter: Counter) -> None:
    _caller, _view, order = await ordered(counter)
    await does(counter, order, centre.pick)
    with pytest.raises(Refusal, match="moved on"):
        await does(counter, order, centre.pick)
    await does(counter, order, centre.write)
    other = await counter.one("SELECT min(iccid) FROM sim WHERE state = 'stock' AND kind = 'plastic'")
    with pytest.raises(Refusal, match="not the card of this order"):
        await does(counter, order, centre.check, other)
    await does(counter, order, centre.find_bad)
    assert await counter.one(STANDS) == "pick"
    await does(counter, order, centre.pick, other)
    assert await counter.one("SELECT state FROM sim WHERE iccid = $1", other) == "reserved"


@pytest.mark.parametrize("shown", [Shown(name="韩梅梅", document_type="resident_id", document_number=DOCUMENT, face=FACE)])
async def test_who_is_not_the_buyer_gets_no_card(counter: Counter, shown: Shown) -> None:
    _caller, _view, order = await ordered(counter)
    await made(counter, order)
    with pytest.raises(Refusal, match="not those of the buyer's document"):
        await does(counter, order, delivery.show_document, shown)
    await counter.world.identity_check.switches.turn("face", False)
    await does(counter, order, delivery.show_document, SHOWN)
    with pytest.raises(Refusal, match="The face was not compared"):
        await does(counter, order, delivery.hand_over)
    assert await counter.one(LINE) == "created"
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'fulfilment.face_refused' AND staff = 's'") == 1


async def test_a_card_that_nobody_takes_comes_back_after_72_hours(counter: Counter) -> None:
    caller, view, order = await ordered(counter)
    await made(counter, order)
    number = await counter.one("SELECT number FROM product WHERE party = (SELECT party FROM product_order)")
    counter.store.clock.move(timedelta(hours=71))
    await counter.settle()
    assert await counter.one(STANDS) == "hand_over"
    counter.store.clock.move(timedelta(hours=1, seconds=5))
    ended = await counter.settle(caller, view)
    assert ended.state == "refused" and "within 72 hours" in ended.said["text"]
    assert await counter.one("SELECT state FROM number WHERE number = $1", number) == "free"  # it never worked: no rest
    assert await counter.one(LINE) == "aborted"
    assert await counter.one("SELECT state FROM product_order") == "failed"
    assert await counter.one("SELECT count(*) FROM sim WHERE state = 'spoilt'") == 1
    assert await counter.one("SELECT count(*) FROM refund") == 1
    assert await counter.one(UNBALANCED) == 0
    with pytest.raises(Refusal, match="cancelled or has ended"):
        await does(counter, order, delivery.hand_over)


async def test_of_handing_over_and_taking_back_one_comes_first(counter: Counter) -> None:
    _caller, _view, order = await ordered(counter)
    await made(counter, order)
    counter.store.clock.move(timedelta(hours=71, minutes=50))
    await does(counter, order, delivery.show_document, SHOWN)
    counter.store.clock.move(timedelta(minutes=10))

    async def recycle(tx: Any, order: str) -> None:
        await delivery.recycle(tx, {"order": order, "step": "hand_over"})

    told = await asyncio.gather(
        *(counter.store.run(home_of(order), lambda tx, act=act: act(tx, order)) for act in (delivery.hand_over, recycle) * 4),
        return_exceptions=True,
    )
    await counter.settle()
    state = await counter.one("SELECT state FROM product_order")
    handed = await counter.one("SELECT count(*) FROM event WHERE type = 'fulfilment.card_handed_over'")
    recycled = await counter.one("SELECT count(*) FROM event WHERE type = 'fulfilment.card_recycled'")
    assert {type(one) for one in told} <= {type(None), Refusal}
    assert (state, handed, recycled) in {("completed", 1, 0), ("failed", 0, 1)}
    assert await counter.one("SELECT count(*) FROM refund") == recycled
    assert await counter.one(LINE) == ("active" if handed else "aborted")


async def test_an_order_cancelled_on_the_road_is_not_handed_over(counter: Counter) -> None:
    _caller, _view, order = await ordered(counter)
    await does(counter, order, centre.pick)
    await counter.store.run(home_of(order), lambda tx: orders.actions.cancel(tx, order=order))
    await counter.settle()
    assert await counter.one("SELECT state FROM product_order") == "cancelled"
    assert await counter.one("SELECT count(*) FROM sim WHERE state IN ('reserved', 'spoilt', 'written')") == 0
    with pytest.raises(Refusal, match="cancelled or has ended"):
        await does(counter, order, centre.write)


PASSPORT = {"name": "John Smith", "document_type": "passport", "document_number": "E12345678", "face": FACE}


async def test_a_person_looks_at_what_the_check_leaves_open_and_may_turn_it_down(counter: Counter) -> None:
    caller, view, order = await ordered(counter, PASSPORT)
    assert await counter.one(STANDS) == "audit"
    with pytest.raises(Refusal, match="moved on"):
        await does(counter, order, centre.pick)
    with pytest.raises(Refusal, match="Say why"):
        await does(counter, order, centre.turn_down, " ")
    await does(counter, order, centre.turn_down, "the picture of the document is blurred")
    ended = await counter.settle(caller, view)
    assert ended.state == "refused" and "the picture of the document is blurred" in ended.said["text"]
    assert await counter.one("SELECT count(*) FROM refund") == 1
    assert await counter.one(LINE) == "aborted"


async def test_a_person_lets_an_order_pass(counter: Counter) -> None:
    _caller, _view, order = await ordered(counter, PASSPORT)
    await does(counter, order, centre.approve)
    assert await counter.one(STANDS) == "pick"


async def test_a_card_lost_on_the_road_comes_back_after_five_days(counter: Counter) -> None:
    caller, view, order = await ordered(counter)
    await does(counter, order, centre.pick)
    await does(counter, order, centre.write)
    await does(counter, order, centre.check, await counter.one("SELECT iccid FROM sim WHERE state = 'written'"))
    for act in (centre.pack, centre.ship):
        await does(counter, order, act)
    counter.store.clock.move(timedelta(days=4, hours=23))
    await counter.settle()
    assert await counter.one(STANDS) == "carry"
    counter.store.clock.move(timedelta(hours=2))
    ended = await counter.settle(caller, view)
    assert ended.state == "refused" and "within 5 days" in ended.said["text"]


async def test_at_a_counter_nothing_is_sent(counter: Counter) -> None:
    caller = counter.guest(channel="kiosk")
    view = await counter.to_sim(caller)
    view = await counter.answer(caller, view, "plastic")
    assert view.question["key"] == "agree" and "Sent to" not in str(view.question)


async def test_what_is_cancelled_a_moment_before_stays_in_the_couriers_bag(counter: Counter) -> None:
    _caller, _view, order = await ordered(counter)
    await made(counter, order)
    await does(counter, order, delivery.show_document, SHOWN)
    await counter.store.run(home_of(order), lambda tx: orders.actions.cancel(tx, order=order))
    with pytest.raises(Refusal, match="Bring the card back"):  # nothing of it was taken back yet
        await does(counter, order, delivery.hand_over)
    await counter.settle()
    assert await counter.one("SELECT state FROM product_order") == "cancelled"
    assert await counter.one(LINE) == "aborted"
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'fulfilment.card_handed_over'") == 0
    assert await counter.one("SELECT count(*) FROM refund") == 1


@pytest.mark.parametrize("given", [False, True])
async def test_who_goes_on_at_a_counter_has_the_card_there_unless_an_address_was_given(counter: Counter, given: bool) -> None:
    caller = counter.guest()
    view = await counter.answer(caller, await counter.to_sim(caller), "plastic")
    if given:
        for value in (ADDRESS, PHONE):
            view = await counter.answer(caller, view, value)
    code = (await counter.hall.hand_over(caller, view.id)).code
    desk = clerk(counter, "clerk", STORES[0])
    view = await counter.hall.take(desk, code)
    if view.question["key"] == "prove":
        shown = {"name": SHOWN.name, "document_type": "resident_id", "document_number": DOCUMENT, "face_compared": "yes"}
        view = await counter.settle(desk, await counter.answer(desk, view, shown))
    assert view.question["key"] == "agree", view.question
    assert (ADDRESS in str(view.question["summary"])) is given
    view = await counter.answer(desk, view, True)
    view = await counter.settle(desk, await counter.answer(desk, view, {"method": "cash"}))
    assert view.state == ("waiting" if given else "done"), view
    assert await counter.one(STANDS) == ("pick" if given else None)
