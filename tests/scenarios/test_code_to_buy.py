"""A code is scanned at an empty shelf, the buyer leaves, and buys at home three days later. The card is made in the centre, one is
spoilt on the way, and a courier hands it over at the door. Whose sale it is, whatever goes wrong.

Read it aloud: each line is what somebody does or sees. All goes through the real pages.
"""

import re
from datetime import timedelta
from typing import Any

from onehall.domains.party.rules import check_digit
from tests.channels.desk.staff import Clerk, words
from tests.ground.counter import FACE
from tests.ground.house import House
from tests.scenarios.cast import log, messages, rows, turn, until
from tests.scenarios.phone import Phone

TIANHE, FUTIAN = "onehall.gd.gz.s1", "onehall.gd.sz.s1"
FIRST = "44010619950305001"
DOCUMENT = FIRST + check_digit(FIRST)
UNBALANCED = "SELECT count(*) FROM (SELECT entry FROM posting GROUP BY entry, currency HAVING sum(minor) <> 0) AS unbalanced"
CREDIT = "SELECT access, source, code, unit, staff, campaign, assisted FROM outreach_credit WHERE order_id = $1"
ADDRESS, CALLED_ON = "Zhujiang Road 1, Guangzhou", "13900000078"
WRITTEN = "SELECT iccid, done FROM sim_card_written ORDER BY at, done"
STAFF = "SELECT id FROM staff WHERE username = $1"


async def test_a_code_is_scanned_in_a_store_and_paid_for_at_home(house: House) -> None:
    clerk = await house.value(STAFF, "clerk-gz")
    await the_shelf_is_empty(house)
    code = await a_code_hangs_at_the_shelf(house, clerk)
    async with Phone(house) as phone:
        await it_is_scanned_and_left(house, phone, code)
        house.clock.move(timedelta(days=2))
        await the_code_changes_hands(house, code)
        house.clock.move(timedelta(days=1))
        journey = await at_home_the_same_plan_is_bought(house, phone)
        amount = await the_notice_comes_late_and_twice(house, phone, journey)
        order = await the_card_is_made_though_one_is_spoilt(house, phone)
        await the_courier_hands_it_over_on_three_confirmations(house, phone, order)
        number = await the_line_works(house, phone)
    await nothing_happened_twice(house, journey, number, amount)
    order = await order_of(house, journey)
    await the_sale_is_whose_code_it_was(house, order, code, clerk)
    await a_second_sale_by_the_code_is_the_new_owners(house, code)


async def the_shelf_is_empty(house: House) -> None:
    """All cards of the store are sold; the centre has some."""
    await rows(house, "UPDATE sim SET unit = NULL WHERE unit = $1 AND kind = 'plastic' RETURNING iccid", TIANHE)
    assert await house.value("SELECT count(*) FROM sim WHERE unit = $1 AND kind = 'plastic'", TIANHE) == 0


async def a_code_hangs_at_the_shelf(house: House, clerk: str) -> str:
    """The supervisor makes a code for the shelf, gives it to the clerk, and prints its sheet."""
    async with Clerk(house, "supervisor") as keeper:
        await keeper.see("/console/codes")
        said = await keeper.post("/console/codes", kind="shelf", store=TIANHE, offering="hall-59", copies="1")
        assert "1 code, ready to print" in said and "Tianhe store, Guangzhou" in said
        sheet = await keeper.browser.get(f"{keeper.at.url.path}/pdf")
        assert sheet.content.startswith(b"%PDF-")
        found = re.search(r'href="/console/codes/([2-9a-z]{8})"', keeper.at.text)
        assert found
        await keeper.see(f"/console/codes/{found[1]}")
        said = await keeper.post(f"/console/codes/{found[1]}/owner", store=TIANHE, clerk=clerk)
        assert "Tianhe store, Guangzhou · Chen Yu" in said
        return found[1]


async def it_is_scanned_and_left(house: House, phone: Phone, code: str) -> None:
    """The tariff, its parts one by one, and that the centre sends what the shelf has not; then the page is closed."""
    await phone.sees(f"/q/{code}")
    await until(lambda: house.value("SELECT count(*) FROM outreach_stock WHERE unit = $1", TIANHE))
    said = await phone.sees(f"/q/{code}")
    assert "Hall 59" in said and "Tianhe store, Guangzhou" in said and "Chen Yu" in said
    assert "none in this store; the centre has some and sends yours to you" in said
    assert "By itself" in said and "10 GB ¥15.00 a month" in said
    await until(lambda: house.value("SELECT count(*) FROM outreach_touch WHERE code = $1", code))
    assert await house.value("SELECT count(*) FROM journey WHERE source = $1", code) == 0


async def the_code_changes_hands(house: House, code: str) -> None:
    """Two days later the shelf is another store's, and another clerk's."""
    other = await house.value(STAFF, "clerk-sz")
    async with Clerk(house, "supervisor") as keeper:
        await keeper.see(f"/console/codes/{code}")
        said = await keeper.post(f"/console/codes/{code}/owner", store=FUTIAN, clerk=other)
        assert "Futian store, Shenzhen · Lin Hao" in said and "Tianhe store, Guangzhou · Chen Yu" in said


async def at_home_the_same_plan_is_bought(house: House, phone: Phone) -> str:
    """Three days after the scan, from the front page of the hall, with no code in sight; a card that is to be sent."""
    await phone.sees("/plans/hall-59")
    await phone.sends("/f/line.open", **{"given.offer": "hall-59"})
    ordinary = re.search(r'name="value" value="(1\d{10})"', phone.at.text)
    assert ordinary, words(phone.at.text)
    await phone.answers(value=ordinary[1])
    shown = {"value__name": "孙悦", "value__document_type": "resident_id", "value__document_number": DOCUMENT, "value__face": f"{FACE}"}
    await phone.answers(**shown)
    await phone.comes_to("Which SIM would you like?")
    await phone.answers(value="plastic")
    said = await phone.answers(value="Home")
    assert "Please give the whole address" in said
    assert "Under which phone can the courier reach you?" in await phone.answers(value=ADDRESS)
    said = await phone.answers(value=CALLED_ON)
    assert f"Sent to {ADDRESS}" in said
    await phone.answers(value="yes")
    assert "You pay on the bank" in words(phone.at.text), words(phone.at.text)
    return phone.journey


async def the_notice_comes_late_and_twice(house: House, phone: Phone, journey: str) -> int:
    """The bank is paid; its notice is sent twice, ten minutes later, and nobody can ask it meanwhile."""
    asked = re.search(r'href="(http[^"]+)"[^>]*>(?:(?!</a>).)*Pay now', phone.at.text, re.S)
    assert asked
    for port, name, value in (("payment", "doubled", 1), ("payment", "delay_ms", 3000)):
        await turn(house, port, name, value)
    await house.bank_pays(asked[1])
    await turn(house, "payment", "down", 1)
    house.clock.move(timedelta(minutes=10))
    assert "You pay on the bank" in await phone.sees(phone.at.url.path), "the money is not known yet"
    await until(lambda: paid(house, journey))
    for port, name in (("payment", "doubled"), ("payment", "delay_ms"), ("payment", "down")):
        await turn(house, port, name, None)
    received = "SELECT minor FROM payment WHERE to_journey LIKE $1 || '/%' AND status = 'done'"
    [only] = await rows(house, received, await house.value("SELECT moved_to FROM journey WHERE id = $1", journey) or journey)
    return int(only["minor"])


async def paid(house: House, journey: str) -> bool:
    """Whether the house knows that the journey was paid for."""
    moved = await house.value("SELECT moved_to FROM journey WHERE id = $1", journey) or journey
    return bool(await house.value("SELECT count(*) FROM event WHERE type = 'payment.received' AND journey = $1", moved))


async def the_card_is_made_though_one_is_spoilt(house: House, phone: Phone) -> str:
    """In the centre each node is one touch; the writer spoils the first card, and the order is at picking again."""
    said = await phone.comes_to("Your card is being made")
    assert ADDRESS in said
    await turn(house, "sim_writer", "fail", 1)
    order = await house.value("SELECT id FROM product_order WHERE state = 'inProgress'")
    page = f"/console/centre/{order}"
    async with Clerk(house, "packer") as packer:
        said = await packer.see("/console/centre")
        assert "Pick a card" in said and "Hall 59" in said
        assert [(await packer.browser.get(path)).status_code for path in ("/console/orders", "/desk")] == [403, 403]
        await packer.post(f"{page}/pick")
        await comes(packer, page, "Lay this card into the writer")
        await packer.post(f"{page}/write")
        said = await comes(packer, page, "could not be written. It is thrown away; take another one.")
        assert "moved on" in await packer.post(f"{page}/write")
        await packer.post(f"{page}/pick")
        await comes(packer, page, "Lay this card into the writer")
        await packer.post(f"{page}/write")
        await comes(packer, page, "Scan the written card")
        spoilt, good = [one["iccid"] for one in await rows(house, WRITTEN)]
        assert "not the number of a SIM card" in await packer.post(f"{page}/check", iccid="card")
        assert "no such page" in await packer.post(f"{page}/fly")
        assert (await packer.browser.get("/console/centre/nothing")).status_code == 404
        await packer.see(page)
        assert f"It must be {good}." in await packer.post(f"{page}/check", iccid=spoilt)
        assert "Packed" in await packer.post(f"{page}/check", iccid=good)
        assert "Handed to the courier" in await packer.post(f"{page}/pack")
        assert "On the road" in await packer.post(f"{page}/ship")
        assert "You may not do this" in await packer.post(f"{page}/arrive")
    said = await phone.comes_to("Your card is on its way to you")
    assert f"OH{order}".upper() in said
    assert "is on its way" in (await until(lambda: messages(house, CALLED_ON)))[-1]
    return str(order)


async def the_courier_hands_it_over_on_three_confirmations(house: House, phone: Phone, order: str) -> None:
    """A day later the courier stands at the door: without the document no card, nor for another name; then it is handed over."""
    house.clock.move(timedelta(days=1))
    page = f"/console/centre/{order}"
    async with Clerk(house, "courier") as courier:
        assert "At the door" in await courier.see("/console/centre")
        await courier.post(f"{page}/arrive")
        await phone.comes_to("The courier is at your door")
        said = await courier.post(f"{page}/hand-over")
        assert "Do not hand the card over. The document was not shown." in said and "First payment made" in said
        shown = {"document_type": "resident_id", "document_number": DOCUMENT, "face": FACE}
        assert "Name and number are not those of the buyer" in await courier.post(f"{page}/show", name="李雷", **shown)
        assert "add a picture" in await courier.post(f"{page}/show", name="孙悦", **(shown | {"face": ""}))
        assert "Document number" in await courier.post(f"{page}/show", name="孙悦", **(shown | {"document_number": "1\x00"}))
        assert await house.value("SELECT count(*) FROM event WHERE type = 'inventory.line_activated' AND journey IS NOT NULL") == 0
        await courier.post(f"{page}/show", name="孙悦", **shown)
        await comes(courier, page, "Face compared")
        await courier.post(f"{page}/hand-over")


async def comes(staff: Clerk, page: str, text: str) -> str:
    """Looks again at a page of the house until it says something."""

    async def look() -> str:
        said = await staff.see(page)
        return said if text in said else ""

    return str(await until(look))


async def the_line_works(house: House, phone: Phone) -> str:
    """One card was spoilt and one is in the phone, which says that the line is active."""
    said = await phone.comes_to("is active.")
    number = re.sub(r"\D", "", said.split("Your line", 1)[1].split("is active", 1)[0])
    written = await rows(house, "SELECT iccid, done FROM sim_card_written WHERE number = $1 ORDER BY at, done", number)
    assert [one["done"] for one in written] == [False, True]
    spoilt, good = (one["iccid"] for one in written)
    assert await house.value("SELECT state FROM sim WHERE iccid = $1", spoilt) == "spoilt"
    assert await rows(house, "SELECT state, unit FROM sim WHERE iccid = $1", good) == [{"state": "active", "unit": None}]
    return number


async def nothing_happened_twice(house: House, journey: str, number: str, amount: int) -> None:
    """Money is conserved, the number has one holder, the order is one, and each step stands in one log."""
    assert await house.value(UNBALANCED) == 0
    there = await house.value("SELECT moved_to FROM journey WHERE id = $1", journey) or journey
    facts = [fact["type"] for fact in await log(house, there)]
    for once in ("payment.received", "order.placed", "order.completed", "outreach.order_credited", "inventory.line_activated"):
        assert facts.count(once) == 1, (once, facts)
    assert [fact["channel"] for fact in await log(house, there) if fact["type"] == "order.completed"] == ["web"]
    assert await house.value("SELECT count(*) FROM product WHERE number = $1 AND kind = 'line'", number) == 1
    assert await house.value("SELECT count(*) FROM refund") == 0
    came = "SELECT sum(minor) FROM payment WHERE to_journey LIKE $1 || '/%' AND status = 'done'"
    assert await house.value(came, there) == amount


async def order_of(house: House, journey: str) -> str:
    """The order of a journey, wherever it moved."""
    there = await house.value("SELECT moved_to FROM journey WHERE id = $1", journey) or journey
    found = await rows(house, "SELECT id, state, channel FROM product_order WHERE journey = $1", there)
    assert [(one["state"], one["channel"]) for one in found] == [("completed", "web")]
    return str(found[0]["id"])


async def the_sale_is_whose_code_it_was(house: House, order: str, code: str, clerk: str) -> None:
    """Code-to-buy, of the store and clerk whose code it was when it was scanned; the console says why."""
    assert await rows(house, CREDIT, order) == [
        {"access": "O2M", "source": None, "code": code, "unit": TIANHE, "staff": clerk, "campaign": None, "assisted": None}
    ]
    async with Clerk(house, "operations") as keeper:
        said = await keeper.see(f"/console/orders/{order}")
        assert "Its card in the centre" in said and "Access type O2M" in said and "Tianhe store, Guangzhou · Chen Yu" in said
        assert "credited: Store, Clerk" in said
        assert code[:4].upper() in await keeper.see("/console/codes/credits")


async def a_second_sale_by_the_code_is_the_new_owners(house: House, code: str) -> None:
    """Somebody else scans the same code now and buys from its page: that is the new owner's."""
    async with Phone(house) as phone:
        await phone.sees(f"/q/{code}")
        await phone.sends(f"/f/line.open?src={code}", **{"given.offer": "hall-59"})
        began: list[dict[str, Any]] = await rows(house, "SELECT source FROM journey WHERE id = $1", phone.journey)
        assert began == [{"source": code}]
    await until(lambda: house.value("SELECT count(*) FROM outreach_touch WHERE code = $1 AND unit = $2", code, FUTIAN))
    assert await house.value("SELECT count(*) FROM outreach_touch WHERE code = $1 AND unit = $2", code, TIANHE) >= 1
