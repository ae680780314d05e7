"""J3, many at once: a company orders from a spreadsheet; each line ends with its report, nothing is done twice, a crash loses nothing."""

import asyncio
import io
import re
import zipfile
from datetime import timedelta

import pytest
from openpyxl import Workbook

from onehall.domains import estore
from onehall.domains.estore import EStore
from onehall.kernel.refusals import Refusal
from tests.conformance.people import Person
from tests.estore.acme import MANAGER, POOL, a_member_with_a_line, acme, counter, goes_on, joins, newcomer
from tests.ground.counter import Counter

__all__ = ["acme", "counter"]  # fixtures of the story
HEADINGS = "reference,kind,key,offering,number,phone\n"


async def sent(counter: Counter, acme: EStore, sheet: str | bytes) -> str:
    """A sheet is taken over; gives its id."""
    content = sheet if isinstance(sheet, bytes) else (HEADINGS + sheet).encode()
    return (await estore.actions.take_sheet(counter.store, MANAGER, acme.id, content, "staff.csv")).id


async def steps(counter: Counter, acme: EStore, batch: str) -> list[str]:
    """How far each line of a sheet is."""
    async with counter.store.edge(acme.id) as tx:
        _found, lines = await estore.queries.batch(tx, acme.id, batch)
    return [estore.rules.outcome(*line) for line in lines]


async def words(counter: Counter, acme: EStore, batch: str) -> list[str]:
    """What the report says of each line."""
    async with counter.store.edge(acme.id) as tx:
        _found, lines = await estore.queries.batch(tx, acme.id, batch)
    return [str(estore.rules.outcome_words(*line)) for line in lines]


async def link_of(counter: Counter, phone: str) -> str:
    """The link in the last message to a phone."""
    texts = [one.text for one in await counter.world.sms.messages(phone)]
    return re.findall(r"https?://\S+/h/\w+", texts[-1])[-1]


async def test_each_line_ends_with_its_report_and_the_same_sheet_does_nothing_twice(counter: Counter, acme: EStore) -> None:
    sheet = (
        f"1,open,lan@acme.example,hall-59,{POOL[0]},13900000101\n"
        f"2,,nobody@acme.example,hall-59,{POOL[1]},\n"
        f"3,open,he@acme.example,no-such-plan,{POOL[2]},\n"
        f"4,open,he@acme.example,hall-59,{POOL[0]},\n"
        "5,open,he@acme.example,hall-99,,\n"
        "6,open,he@acme.example,hall-59,,\n"
        "7,plan,lan@acme.example,hall-99,,\n"
        "8,dance,lan@acme.example,hall-99,,\n"
        "1,open,he@acme.example,hall-59,,\n"
    )
    batch = await sent(counter, acme, sheet)
    assert set(await steps(counter, acme, batch)) == {"queued", "refused"}  # refused at once is only what cannot be read
    await counter.settle()
    report = ["proof", "refused", "refused", "refused", "approval", "proof", "refused", "refused", "repeated"]
    assert await steps(counter, acme, batch) == report
    assert "not on the company's list" in (await words(counter, acme, batch))[1]
    assert await counter.one("SELECT string_agg(number, ',') FROM number WHERE pool = $1 AND state = 'held'", acme.id) == POOL[0]
    assert await sent(counter, acme, sheet) == batch
    other = await sent(counter, acme, sheet.replace("8,dance", "8,pack"))
    await counter.settle()
    assert await steps(counter, acme, other) == ["repeated", *report[1:4], "repeated", "repeated", "refused", "refused", "repeated"]
    assert await counter.one("SELECT count(*) FROM estore_request") == 3
    assert len(await counter.world.sms.messages("13900000101")) == 1


async def test_a_prepared_line_goes_by_link_to_the_person_who_alone_can_take_it_up(counter: Counter, acme: EStore) -> None:
    lan, person = await newcomer(counter, "13900000101"), Person()
    await joins(counter, lan, "lan@acme.example")
    batch = await sent(counter, acme, f"0,open,lan@acme.example,hall-8,,\n1,open,lan@acme.example,hall-59,{POOL[0]},\n"
                                      "2,open,he@acme.example,hall-59,,13900000102\n")  # fmt: skip
    await counter.settle()
    assert await steps(counter, acme, batch) == ["proof"] * 3
    link = await link_of(counter, "13900000101")  # the second of two: each leads to its own plan
    code = await counter.one("SELECT code FROM hand_over WHERE party = $1 LIMIT 1", lan.who.party)
    with pytest.raises(Refusal, match="handover.unknown"):  # its digits alone bring nothing
        await counter.hall.take(counter.guest("a guesser", "web"), code)
    he = await newcomer(counter, "13900000103")
    with pytest.raises(Refusal, match="handover.other"):
        await counter.hall.take(he, link)
    view = await counter.hall.take(lan, link)
    assert view.question and view.question["key"] == "sim", view  # plan and number were prepared
    view = await counter.answer(lan, view, "esim")
    view = await counter.settle(lan, await counter.answer(lan, view, True))
    assert await steps(counter, acme, batch) == ["proof", "begun", "proof"]
    view = await goes_on(counter, lan, view, person.document)
    await counter.settle()
    assert view.state == "done", view
    assert await steps(counter, acme, batch) == ["proof", "done", "proof"]
    assert await counter.one("SELECT number FROM product WHERE kind = 'line' AND party = $1", lan.who.party) == POOL[0]
    # he is led to the store's door first: the company's word on a phone makes nobody a member
    stranger = await counter.hall.whose_phone("13900000102")
    assert stranger
    view = await counter.hall.take(counter.customer(stranger.party, "web"), await link_of(counter, "13900000102"))
    assert view.function == "estore.join" and view.question and view.question["key"] == "way", view


async def test_another_plan_and_a_pack_are_ordered_at_once_if_they_cost_the_member_no_more(counter: Counter, acme: EStore) -> None:
    lan = await a_member_with_a_line(counter, acme)
    paid = await counter.one("SELECT coalesce(sum(minor), 0)::int FROM payment WHERE party = $1", lan.who.party)
    sheet = "1,plan,lan@acme.example,hall-99,,\n2,plan,lan@acme.example,hall-29,,\n3,pack,lan@acme.example,pack-data-10,,\n"
    batch = await sent(counter, acme, sheet)
    await counter.settle()
    assert await steps(counter, acme, batch) == ["refused", "done", "done"]
    assert "It would cost the member more than now" in (await words(counter, acme, batch))[0]
    # hall-29 at 20 % less is 23.20, in whole yuan 23, half of it each; the pack is 15.00 less 20 %, and the company's alone
    parts = "SELECT string_agg(fee::text, ',' ORDER BY fee) FROM subscription WHERE account = $1 AND kind = 'service' AND until IS NULL"
    assert await counter.one(parts, acme.account) == "1150,1200"
    ends = "SELECT until FROM subscription WHERE account = $1 AND kind = 'service' AND fee = 2350"
    begins = "SELECT since FROM subscription WHERE account = $1 AND kind = 'service' AND fee = 1150"
    assert await counter.one(ends, acme.account) == await counter.one(begins, acme.account)
    theirs = "SELECT sum(fee)::int FROM subscription WHERE account <> $1 AND kind = 'pack' AND until IS NULL"
    assert await counter.one(theirs, acme.account) == 0
    assert await counter.one("SELECT coalesce(sum(minor), 0)::int FROM payment WHERE party = $1", lan.who.party) == paid


async def test_a_worker_that_dies_in_the_middle_leaves_nothing_undone_and_nothing_twice(counter: Counter, acme: EStore) -> None:
    listed = "key,name\n" + "".join(f"w{place},Worker {place}\n" for place in range(200))
    async with counter.store.edge(acme.id) as tx:
        await estore.actions.take_list(tx, acme.id, estore.actions.read_sheet(listed, ("key", "name"), 500))
    batch = await sent(counter, acme, "".join(f"{place},open,w{place},hall-59,,\n" for place in range(200)))
    drain = asyncio.create_task(counter.house.worker.drain())
    while "proof" not in await steps(counter, acme, batch):
        await asyncio.sleep(0.01)
    drain.cancel()  # as a kill does: what was claimed is nobody's until its lease lapses
    await asyncio.gather(drain, return_exceptions=True)
    done = (await steps(counter, acme, batch)).count("proof")
    assert 0 < done < 200
    counter.store.clock.move(estore.rules.APPROVAL / 72)
    await counter.settle()
    assert await steps(counter, acme, batch) == ["proof"] * 200
    assert await counter.one("SELECT count(*) FROM estore_request WHERE state = 'prepared'") == 200


async def test_a_spreadsheet_is_read_and_a_hostile_one_refused_whole(counter: Counter, acme: EStore) -> None:
    book = Workbook()
    book.active.append(["参考号", "业务", "邮箱", "套餐", "号码", "手机"])
    book.active.append([1, "开户", "lan@acme.example", "hall-59", int(POOL[0]), 13900000101])
    book.active.append([2, "开户", '="he@acme"&".example"', "hall-59", None, None])
    written = io.BytesIO()
    book.save(written)
    batch = await sent(counter, acme, written.getvalue())
    await counter.settle()
    assert await steps(counter, acme, batch) == ["proof", "refused"]
    assert (await words(counter, acme, batch))[1] == "A formula is not read. Please write the value itself."
    assert await counter.one("SELECT number FROM estore_request") == POOL[0]
    for bad, reason in hostile():
        with pytest.raises(Refusal, match="estore.sheet") as refused:
            await sent(counter, acme, bad)
        assert reason in str(refused.value.reason), reason
    assert await counter.one("SELECT count(*) FROM estore_batch") == 1


def hostile() -> list[tuple[bytes, str]]:
    """Files that are no sheets, and why each is refused."""
    bomb, many, broken = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 11_000_000)
    book = Workbook()
    book.active.append(["key", "offering"])
    for _place in range(501):
        book.active.append(["lan@acme.example", "hall-59"])
    book.save(many)
    with zipfile.ZipFile(broken, "w") as packed:
        packed.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    return [
        (bomb.getvalue(), "holds too much"), (many.getvalue(), "At most 500 lines"), (broken.getvalue(), "cannot be read"),
        (b"PK\x03\x04 and nothing more", "cannot be read"), (b"\xd0\xcf\x11\xe0" + b"x" * 99, "of the old kind"),
        (b"key,offering\n" + b"x" * 1_000_000, "too large"), (b"key,offering\n", "no lines"), (b"", "must name the columns"),
        (b"name\nlan\n", "must name the columns key, offering"),
    ]  # fmt: skip


async def test_an_approver_decides_on_a_line_but_never_on_their_own(counter: Counter, acme: EStore) -> None:
    he = await newcomer(counter, "13900000102")
    await joins(counter, he, "he@acme.example")
    batch = await sent(counter, acme, f"1,open,lan@acme.example,hall-99,{POOL[0]},\n2,open,he@acme.example,hall-99,,\n")
    await counter.settle()
    assert await steps(counter, acme, batch) == ["approval", "approval"]
    assert "goes beyond the budget" in (await counter.world.sms.messages("13900000102"))[-1].text
    decision = await counter.hall.start(he, "estore.requests")
    assert decision.question and len(decision.question["options"]) == 1, decision
    decision = await counter.answer(he, decision, decision.question["options"][0]["value"])
    decision = await counter.settle(he, await counter.answer(he, decision, "no"))
    assert decision.state == "done", decision
    assert await steps(counter, acme, batch) == ["refused", "approval"]
    assert await counter.one("SELECT state FROM number WHERE number = $1", POOL[0]) == "free"


async def test_what_waits_of_a_sheet_is_decided_with_one_word_but_for_the_approvers_own(counter: Counter, acme: EStore) -> None:
    async with counter.store.edge(acme.id) as tx:
        rows = [(place, {"key": f"w{place}", "name": f"Worker {place}"}) for place in range(3)]
        await estore.actions.take_list(tx, acme.id, rows)
    he = await newcomer(counter, "13900000102")
    await joins(counter, he, "he@acme.example")
    batch = await sent(counter, acme, "".join(f"{key},open,{key},hall-99,,\n" for key in ("w0", "w1", "he@acme.example", "w2")))
    await counter.settle()
    assert await steps(counter, acme, batch) == ["approval"] * 4
    decision = await counter.hall.start(he, "estore.requests")
    assert decision.question and "All 3 of the sheet" in decision.question["options"][0]["text"], decision
    handed = await counter.hall.hand_over(he, decision.id)
    with pytest.raises(Refusal, match="handover.other"):  # nobody else decides in their place
        await counter.hall.take(await newcomer(counter, "13900000105"), handed.link)
    decision = await counter.answer(he, decision, decision.question["options"][0]["value"])
    decision = await counter.settle(he, await counter.answer(he, decision, "yes"))
    assert decision.state == "done", decision
    assert await steps(counter, acme, batch) == ["proof", "proof", "approval", "proof"]
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'estore.request_decided'") == 3


async def test_a_link_is_sent_again_and_what_nobody_takes_up_lapses_with_its_number(counter: Counter, acme: EStore) -> None:
    batch = await sent(counter, acme, f"1,open,lan@acme.example,hall-59,{POOL[0]},13900000101\n")
    await counter.settle()
    first = await link_of(counter, "13900000101")
    with pytest.raises(Refusal, match="estore.told"):
        await counter.store.run(acme.id, lambda tx: estore.actions.remind(tx, acme.id, batch, 2))
    counter.store.clock.move(timedelta(days=8))  # the journey of the first link has ended by now
    await counter.store.run(acme.id, lambda tx: estore.actions.remind(tx, acme.id, batch, 2))
    await counter.settle()
    assert len(await counter.world.sms.messages("13900000101")) == 2
    lan = await counter.hall.whose_phone("13900000101")
    assert lan
    assert (await counter.hall.take(counter.customer(lan.party, "web"), await link_of(counter, "13900000101"))).state == "asking"
    with pytest.raises(Refusal, match="handover.expired"):
        await counter.hall.take(counter.guest("late", "web"), first)
    with pytest.raises(Refusal, match="not.found"):
        await counter.store.run(acme.id, lambda tx: estore.actions.remind(tx, acme.id, batch, 3))
    counter.store.clock.move(timedelta(days=23))
    await counter.settle()
    assert await steps(counter, acme, batch) == ["refused"]
    assert await words(counter, acme, batch) == ["It came to nothing."]
    assert await counter.one("SELECT state FROM number WHERE number = $1", POOL[0]) == "free"
