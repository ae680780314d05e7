"""Codes, scans, credits and queues, through the hall and the domain's verbs."""

import asyncio
from datetime import timedelta

import pytest

from onehall.domains import outreach
from onehall.domains.outreach import Code, Owner
from onehall.hall import Caller
from onehall.hall.doors import Doors
from onehall.kernel.clock import MovableClock
from onehall.kernel.events import Origin
from onehall.kernel.identity import Who, staff
from onehall.kernel.refusals import Refusal
from tests.conformance.people import Person, code_on
from tests.ground.counter import Counter

TIANHE, YUEXIU = "onehall.gd.gz.s1", "onehall.gd.gz.s2"
KEEPER = Origin(channel="console", staff="k")


async def made(counter: Counter, kind: str, offering: str | None = None, **owner: str | None) -> str:
    """A code that was made in the console."""
    async with counter.store.edge(0, KEEPER) as tx:
        wish = Code("", kind, Owner(**owner), tx.now, offering)
        batch = await outreach.actions.make_codes(tx, owner.get("unit"), [wish])
    await counter.settle()
    return batch.codes[0].code


def passes(counter: Counter, time: timedelta) -> None:
    """Time goes by."""
    assert isinstance(counter.store.clock, MovableClock)
    counter.store.clock.move(time)


async def clerk_of(counter: Counter, unit: str) -> str:
    """The clerk of a store."""
    async with counter.store.edge(0) as tx:
        return (await staff.all_of(tx, unit))[0].id


async def order_of(counter: Counter, journey: str) -> outreach.Credit:
    """To whom the order of a journey is credited."""
    order = await counter.one("SELECT id FROM product_order WHERE journey = $1", journey)
    async with counter.store.edge(order) as tx:
        found = await outreach.queries.credit(tx, order)
    assert found is not None
    return found


async def test_a_shelf_code_shows_the_tariff_its_parts_and_what_lies_there(counter: Counter) -> None:
    code = await made(counter, "shelf", "hall-59", unit=TIANHE)
    guest = counter.guest("anna", "web")
    await counter.hall.start(guest, "code.scan", {"code": code})
    await counter.settle()
    view = await counter.hall.start(guest, "code.scan", {"code": code.upper()})
    assert view.state == "done" and view.said and view.said["text"] == "Hall 59: ¥59.00 a month."
    facts = {fact["label"]: fact["value"] for fact in view.said["facts"]}
    assert facts["Store"] == "Tianhe store, Guangzhou" and facts["Monthly fee"] == "¥59.00"
    assert any(label.startswith("By itself: ") for label in facts)
    here = await counter.one("SELECT count(*) FROM sim WHERE unit = $1 AND kind = 'plastic' AND state = 'stock'", TIANHE)
    assert facts["SIM cards"] == ("plenty in this store" if here >= 99 else f"{here} in this store")
    assert view.said["given"] == {"offer": "hall-59", "store": TIANHE}
    assert [one["function"] for one in view.said["next"]] == ["line.open", "queue.ticket"]
    assert await counter.one("SELECT count(*) FROM outreach_touch WHERE code = $1 AND carrier = 'visitor:anna'", code) == 1
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'outreach.code_scanned'") == 2
    assert await counter.one("SELECT count(*) FROM journey") == 0


async def test_a_code_that_is_not_there_or_ended_leaves_nothing(counter: Counter) -> None:
    code = await made(counter, "store", unit=TIANHE)
    async with counter.store.edge(outreach.queries.code_home(code)) as tx:
        await outreach.actions.end_code(tx, code)
    for text, status in (("22222222", 404), ("<script>", 404), (code, 410)):
        with pytest.raises(Refusal) as no:
            view = await counter.hall.start(counter.guest(), "code.scan", {"code": text})
            raise Refusal("seen", view.said["text"] if view.said else "", 410 if view.state == "refused" else 200)
        assert no.value.status == status
    await counter.settle()
    assert await counter.one("SELECT count(*) FROM outreach_touch") == 0
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'outreach.code_scanned'") == 0


async def test_a_guests_scan_follows_to_the_customer_and_into_another_channel(counter: Counter) -> None:
    """Scanned as a guest of the web; logged in there; bought three days later in a channel that never saw the guest."""
    clerk = await clerk_of(counter, TIANHE)
    code = await made(counter, "clerk", unit=TIANHE, staff=clerk)
    browser = Who(visitor="bo", address="127.0.0.1")
    await counter.hall.start(Caller("web", browser), "code.scan", {"code": code})
    await counter.settle()
    phone = "13900000777"
    doors = Doors(counter.house.front.gate)
    await doors.ask_code(browser, phone, "web")
    await counter.settle()
    party = await doors.check_code(browser, phone, await code_on(counter, phone), "web")
    assert await counter.one("SELECT count(*) FROM outreach_touch WHERE carrier = $1", f"party:{party}") == 1
    assert await outreach.actions.follow(counter.store, ["visitor:bo"], party) == 1  # twice is once
    assert await counter.one("SELECT count(*) FROM outreach_touch") == 2
    passes(counter, timedelta(days=3))
    view = await counter.to_pay(counter.customer(party, "api"))
    await counter.bank_pays(view)
    await counter.settle()
    credit = await order_of(counter, view.id)
    assert (credit.access, credit.code, credit.owner, credit.party) == ("O2M", code, Owner(TIANHE, clerk), party)


async def test_a_scan_in_a_journey_follows_whoever_proves_in_it(counter: Counter) -> None:
    """Begun by a guest who had scanned, proven to be a customer, left; the same customer buys a pack later by another channel."""
    code = await made(counter, "campaign", campaign="Spring")
    guest = counter.guest("eve", "web")
    await counter.hall.start(guest, "code.scan", {"code": code})
    await counter.settle()
    person = await Person().settle(counter)
    view = await counter.hall.start(guest, "balance.check")
    view = await counter.answer(guest, view, {"phone": person.number})
    await counter.settle()
    await counter.answer(guest, view, {"code": await code_on(counter, person.number)})
    assert await counter.one("SELECT count(*) FROM outreach_touch WHERE carrier = $1", f"party:{person.party}") == 1
    caller = person.logged_in(counter, "api")
    await counter.answer(caller, await counter.hall.start(caller, "pack.add", {"pack": "pack-data-2"}), True)
    await counter.settle()
    assert await counter.one("SELECT access FROM outreach_credit WHERE party = $1 AND code = $2", person.party, code) == "O2M"


async def test_a_scan_of_eight_days_ago_counts_no_more_but_is_shown(counter: Counter) -> None:
    code = await made(counter, "store", unit=TIANHE)
    await counter.hall.start(counter.guest("fay"), "code.scan", {"code": code})
    await counter.settle()
    passes(counter, timedelta(days=7, minutes=1))
    view = await counter.to_pay(counter.guest("fay"))
    await counter.bank_pays(view)
    await counter.settle()
    credit = await order_of(counter, view.id)
    assert (credit.access, credit.code, credit.owner) == ("SELF", None, Owner())
    assert [(one.touch.code, one.verdict, one.credits) for one in credit.scans] == [(code, "too_old", ())]


async def test_a_clerk_who_scans_for_a_customer_takes_no_credit(counter: Counter) -> None:
    clerk = await clerk_of(counter, TIANHE)
    code = await made(counter, "clerk", unit=TIANHE, staff=clerk)
    person = await Person().settle(counter)
    shown = await counter.hall.start(person.served_by(counter), "code.scan", {"code": code})
    await counter.settle()
    assert shown.said and await counter.one("SELECT count(*) FROM outreach_touch") == 0
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'outreach.code_scanned'") == 1


async def test_five_at_once_have_five_numbers(counter: Counter) -> None:
    guests = [counter.guest(f"g{place}", "web") for place in range(5)]
    views = await asyncio.gather(*(counter.hall.start(guest, "queue.ticket", {"store": TIANHE}) for guest in guests))
    assert sorted(view.said["given"]["number"] for view in views if view.said) == ["A001", "A002", "A003", "A004", "A005"]
    home = outreach.queries.queue_home(TIANHE)

    async def calls(clerk: str) -> int:
        async with counter.store.edge(home) as tx:
            called = await outreach.actions.call_next(tx, TIANHE, clerk)
        return called.number if called else 0

    assert sorted(await asyncio.gather(*(calls(f"clerk-{place}") for place in range(3)))) == [1, 2, 3]


async def test_one_who_scans_is_never_counted_twice_at_the_same_moment(counter: Counter) -> None:
    code = await made(counter, "store", unit=TIANHE)
    for _scan in range(3):
        await counter.hall.start(counter.guest("gil"), "code.scan", {"code": code})
    await counter.settle()
    assert await counter.one("SELECT count(*) FROM outreach_touch WHERE carrier = 'visitor:gil'") in (
        1,
        2,
    )  # ten minutes may just have begun


async def test_an_order_by_a_code_is_o2m_and_credited_for_good(counter: Counter) -> None:
    clerk = await clerk_of(counter, TIANHE)
    code = await made(counter, "shelf", "hall-59", unit=TIANHE, staff=clerk)
    guest = Caller("api", Who(visitor="carl", address="127.0.0.1"), source=code)
    await counter.hall.start(guest, "code.scan", {"code": code})
    await counter.settle()
    passes(counter, timedelta(days=3))
    view = await counter.to_pay(Caller("api", Who(visitor="carl", address="127.0.0.1")))
    await counter.bank_pays(view)
    await counter.settle()
    credit = await order_of(counter, view.id if view.moved_to is None else view.id)
    assert (credit.access, credit.code, credit.owner) == ("O2M", code, Owner(TIANHE, clerk))
    assert credit.source is None and credit.rule == "2026-1"
    other = await clerk_of(counter, "onehall.gd.sz.s1")
    passes(counter, timedelta(hours=1))
    async with counter.store.edge(outreach.queries.code_home(code), KEEPER) as tx:
        await outreach.actions.pass_on(tx, code, Owner("onehall.gd.sz.s1", other))
    async with counter.store.edge(credit.order) as tx:
        await outreach.actions.credit_order(tx, credit.order)
        assert await outreach.queries.credit(tx, credit.order) == credit
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'outreach.order_credited'") == 1


async def test_an_order_nobody_brought_has_its_channels_access_type(counter: Counter) -> None:
    view = await counter.to_pay(counter.guest())
    await counter.bank_pays(view)
    await counter.settle()
    credit = await order_of(counter, view.id)
    assert (credit.access, credit.code, credit.owner, credit.scans) == ("SELF", None, Owner(), ())
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'outreach.order_credited'") == 0


async def test_a_purchase_from_a_codes_page_counts_without_any_scan_kept(counter: Counter) -> None:
    code = await made(counter, "campaign", campaign="Spring")
    view = await counter.to_pay(Caller("api", Who(visitor="dora", address="127.0.0.1"), source=code))
    await counter.bank_pays(view)
    await counter.settle()
    credit = await order_of(counter, view.id)
    assert (credit.access, credit.code, credit.source, credit.owner) == ("O2M", code, code, Owner(campaign="Spring"))


async def test_a_queue_number_is_given_once_and_called_in_turn(counter: Counter) -> None:
    anna, bo = counter.guest("anna", "web"), counter.guest("bo", "web")
    first = await counter.hall.start(anna, "queue.ticket", {"store": TIANHE})
    assert first.said and first.said["text"] == "Your number is A001. You are next."
    again = await counter.hall.start(anna, "queue.ticket", {"store": TIANHE})
    assert again.said and again.said["text"] == first.said["text"]
    second = await counter.hall.start(bo, "queue.ticket", {"store": TIANHE})
    assert second.said and second.said["text"] == "Your number is A002. 1 before you."
    home = outreach.queries.queue_home(TIANHE)
    async with counter.store.edge(home) as tx:
        called = await outreach.actions.call_next(tx, TIANHE, "clerk-1")
    assert called and called.number == 1
    shown = await counter.hall.start(anna, "queue.place", {"store": TIANHE, "number": "a1"})
    assert shown.said and shown.said["text"] == "A001, please come to the counter."
    async with counter.store.edge(home) as tx:
        missed = await outreach.actions.end_call(tx, TIANHE, called.id, came=False)
    assert missed.state == "waiting"
    async with counter.store.edge(home) as tx:
        assert (await outreach.actions.call_next(tx, TIANHE, "clerk-1")).number == 2  # type: ignore[union-attr]
    async with counter.store.edge(home) as tx:
        back = await outreach.actions.call_next(tx, TIANHE, "clerk-1")
        assert back and back.number == 1 and back.calls == 2
    async with counter.store.edge(home) as tx:
        assert (await outreach.actions.end_call(tx, TIANHE, back.id, came=False)).state == "no_show"
        assert await outreach.actions.call_next(tx, TIANHE, "clerk-1") is None
    assert await counter.one("SELECT count(*) FROM queue_ticket WHERE unit = $1", TIANHE) == 2
    assert await counter.one("SELECT state FROM queue_ticket WHERE number = 2") == "served"
    with pytest.raises(Refusal) as no:
        async with counter.store.edge(home) as tx:
            await outreach.actions.end_call(tx, TIANHE, back.id, came=True)
    assert no.value.code == "lifecycle.step"


async def test_the_rule_is_published(counter: Counter) -> None:
    view = await counter.hall.start(counter.guest(), "code.rule")
    assert view.said and view.said["text"] == "The rule by which sales are credited, version 2026-1."
    assert {"7 days, in every channel: who scans here may buy there."} <= {fact["value"] for fact in view.said["facts"]}
