"""Whole conversations by SMS, as a phone has them."""

import asyncio
import re
from datetime import timedelta

import httpx

from onehall.channels.sms import segments
from onehall.dialogues import store
from onehall.domains import billing
from onehall.kernel.i18n import ZONE
from onehall.kernel.money import money
from tests.channels.sms.conftest import Phone
from tests.ground.counter import Counter

Place = tuple[Counter, httpx.AsyncClient]


async def test_the_balance_in_one_message(english: Phone, chinese: Phone) -> None:
    assert await english.say("CXYE") == ["Your balance is ¥158.00.\nBalance: ¥158.00"]
    assert await chinese.say("ｃｘｙｅ ") == ["您的当前余额为¥86.50。\n余额：¥86.50"]


async def test_a_top_up_to_its_end(english: Phone) -> None:
    await english.counter.settle()
    (asked,) = await english.say("CZ 50")
    assert asked.startswith("Top-up of 18600010002\nPay ¥50.00 here: http")
    payment = await english.counter.one("SELECT id FROM payment WHERE status = 'pending'")
    assert payment in asked
    async with english.counter.store.edge(payment) as tx:
        await billing.actions.hear(tx, payment, "paid", money(50), "bank-1")
    await english.counter.settle()
    assert await english.say("CXYE") == ["Your balance is ¥208.00.\nBalance: ¥208.00"]


async def test_one_message_twice_at_once_has_one_effect(english: Phone) -> None:
    replies = await asyncio.gather(*(english.say("CZ 50", "same") for _time in range(4)))
    assert len({tuple(each) for each in replies}) == 1
    assert await english.counter.one("SELECT count(*) FROM payment") == 1
    assert await english.say("CXYE", "same") == replies[0]  # a message is known by its id alone


async def test_a_message_that_a_killed_process_had_taken_is_answered_when_it_comes_again(english: Phone) -> None:
    hall = english.counter.hall
    assert await store.claim(hall.store, store.Message("sms", english.number, "taken")) == (True, None)  # and then the process is killed
    assert await store.claim(hall.store, store.Message("sms", english.number, "taken")) == (False, None)
    english.counter.store.clock.move(store.TAKEN_OVER + timedelta(seconds=1))
    assert await english.say("CXYE", "taken") == ["Your balance is ¥158.00.\nBalance: ¥158.00"]
    english.counter.store.clock.move(store.TAKEN_OVER + timedelta(seconds=1))
    assert await english.say("0000", "taken") == ["Your balance is ¥158.00.\nBalance: ¥158.00"]  # answered once is answered for ever


async def test_a_word_that_nobody_knows(english: Phone, chinese: Phone) -> None:
    assert await english.say("Good morning") == ["We did not understand. Reply 0000 for the menu."]
    assert await chinese.say("你好") == ["未能识别您的指令，回复0000查看菜单。"]


async def test_the_menu_is_numbered_and_turns_its_pages(english: Phone) -> None:
    first = "\n".join(await english.say("0000"))
    assert first.startswith("What would you like to do?\n1. ") and "M for more" in first
    second = "\n".join(await english.say("M"))
    assert "\n1. " in second and set(second.splitlines()[1:7]).isdisjoint(first.splitlines()[1:7])
    names = [line.partition(". ")[2] for line in second.splitlines()[1:7]]
    for _page in range(20):
        if "Cancel an order" not in names:
            names = [line.partition(". ")[2] for line in "\n".join(await english.say("M")).splitlines()[1:7]]
    begun = "\n".join(await english.say(str(names.index("Cancel an order") + 1)))
    assert begun == "We send a code to your phone.\nReply OK and we send it to the phone that we have."


async def test_the_last_page_of_the_menu_leads_to_the_first(english: Phone) -> None:
    first = await english.say("0000")
    for _page in range(20):
        shown = await english.say("m")
        if shown == first:
            break
    assert shown == first and _page >= 6


async def test_a_number_is_searched_in_words(place: Place, english: Phone) -> None:
    await english.say("KH hall-59")
    found = "\n".join(await english.say("ends 88, no 4"))
    numbers = re.findall(r"\d\. (\d{11})", found)
    assert numbers and all(number.endswith("88") and "4" not in number for number in numbers)
    assert "\n".join(await english.say("ends 444444444")).startswith("Nothing fits. Try other words.\n")
    again = "\n".join(await english.say("ends 88, no 4"))
    chosen = re.findall(r"\d\. (\d{11})", again)[1]
    (handed,) = await english.say("2")
    assert handed.startswith("This needs a screen or a counter. Go on at http")
    assert await place[0].one("SELECT state FROM number WHERE number = $1", chosen) == "held"


async def test_what_a_phone_cannot_do_goes_on_elsewhere(place: Place, chinese: Phone) -> None:
    counter, _client = place
    await chinese.say("KH hall-59")
    await chinese.say("1")
    handed = "".join(await chinese.say("what now?"))
    code = re.search(r"接续码(\d{6})", handed)
    until = (counter.store.clock.now() + timedelta(minutes=10)).astimezone(ZONE)
    assert code and handed.startswith(f"此步骤需在网页或营业厅办理。请在{until:%H:%M}前打开 http"), handed
    party = await counter.one("SELECT party FROM product WHERE number = $1", chinese.number)
    view = await counter.hall.take(counter.customer(party, "web"), code[1])
    assert view.function == "line.open" and view.question and view.question["kind"] == "prove"


async def test_a_code_by_sms_proves_who_writes(english: Phone) -> None:
    (asked,) = await english.say("GS")
    assert asked == "We send a code to your phone.\nReply OK and we send it to the phone that we have."
    (sent,) = await english.say("ok")
    assert sent.startswith("We sent a code to 186****0002")
    await english.counter.settle()
    text = (await english.counter.world.sms.messages(english.number))[-1].text
    wrong = await english.say("000000" if "000000" not in text else "111111")
    assert wrong[0].startswith("That code is not right")
    assert "Reply Y for yes or N for no." in "\n".join(await english.say(text[:6]))
    assert await english.counter.one("SELECT status FROM product WHERE number = $1", english.number) == "active"
    await english.say("Y")
    assert await english.counter.one("SELECT status FROM product WHERE number = $1", english.number) == "suspended"


async def test_a_no_changes_nothing(english: Phone) -> None:
    await english.counter.settle()
    await english.say("YY")
    assert (await english.say("7"))[0].startswith("Please choose one of the options.\nWhich language?\n1. English\n2. 中文")
    assert await english.counter.one("SELECT doc->>'language' FROM party WHERE phone = $1", english.number) in ("en", None)
    await english.say("DG pack-data-2")
    await _prove(english)
    assert await english.say("N") == ["All right, nothing was changed."]
    assert await english.counter.one("SELECT count(*) FROM product_order") == 0


async def _prove(phone: Phone) -> list[str]:
    await phone.say("OK")
    await phone.counter.settle()
    return await phone.say((await phone.counter.world.sms.messages(phone.number))[-1].text[:6])


WORDS = ("HELP", "0000", "CXZF", "CXJY", "CXTC", "CXZD", "CXLL", "YYT", "XH", "CXDD", "KH", "BG", "LH 18600010003")


async def test_every_reply_fits_one_segment(english: Phone, chinese: Phone) -> None:
    for phone in (english, chinese):
        for word in WORDS:
            replies = await phone.say(word)
            assert replies and all(segments.fits(reply) for reply in replies), (word, replies)
            assert not any("{" in reply for reply in replies), (word, replies)
