"""Today in the console: what was served where, how far buyers came, what waits, and the money, for those who may see it."""

import asyncio
import re

from onehall.kernel.today import REST_SECONDS_MIN
from tests.channels.console.test_console import _sold
from tests.channels.desk.staff import Clerk
from tests.ground.house import House


def figure(said: str, after: str) -> int:
    """The figure that stands after some words."""
    found = re.search(rf"{re.escape(after)} (\d+)", said)
    assert found, (after, said)
    return int(found[1])


async def test_a_line_sold_at_the_counter_is_seen_from_its_beginning_to_the_money(house: House) -> None:
    async with Clerk(house, "operations") as keeper:
        before = await keeper.see("/console/day")
        await _sold(house)
        await asyncio.sleep(REST_SECONDS_MIN + 0.1)
        said = await keeper.see("/console/day")
        for step in ("Began to buy", "Showed who they are", "Paid", "Line is active"):
            assert figure(said, step) == figure(before, step) + 1, step
        assert re.search(r"Cash 1 ¥[\d.]+", said), said
        assert "Work that is due" in said and "The oldest work waits" in said
        assert re.search(r"(\d+) Services given", said)[1] == str(int(re.search(r"(\d+) Services given", before)[1]) + 1)  # type: ignore[index]


async def test_the_page_is_sent_only_what_is_new(house: House) -> None:
    async with Clerk(house, "operations") as keeper:
        page = await keeper.browser.get("/console/day")
        again = re.search(r'data-poll="([^"]+)" data-every="1000"', page.text)
        assert again
        part = {"x-part": "main"}
        assert (await keeper.browser.get(again[1], headers=part)).status_code in (200, 204)  # a second later something may be new
        assert (await keeper.browser.get("/console/day?seen=older", headers=part)).status_code == 200
        mark = re.search(r"seen=([\w.]+)", (await keeper.browser.get("/console/day", headers=part)).text)
        assert mark and (await keeper.browser.get(f"/console/day?seen={mark[1]}", headers=part)).status_code == 204


async def test_a_supervisor_sees_services_and_no_money_and_a_clerk_nothing(house: House) -> None:
    async with Clerk(house, "supervisor") as guangdong, Clerk(house, "clerk-gz") as clerk:
        said = await guangdong.see("/console/day")
        assert guangdong.at.status_code == 200 and "Services by channel" in said
        assert "Money" not in said and "Work that is due" not in said
        await clerk.see("/console/day")
        assert clerk.at.status_code == 403


async def test_the_day_is_told_in_chinese(house: House) -> None:
    async with Clerk(house, "operations", "zh-CN") as keeper:
        said = await keeper.see("/console/day")
        assert "今日" in said and "各渠道服务量" in said and "新入网转化" in said and "Services" not in said


async def test_an_earlier_day_is_shown_and_a_word_that_is_no_day_is_refused(house: House) -> None:
    async with Clerk(house, "operations") as keeper:
        said = await keeper.see("/console/day?of=2026-02-28")
        assert "An earlier day 2026-02-28" in said and "0 Services given" in said and "of=2026-02-27" in keeper.at.text
        assert "Money" in said and "Work that is due" not in said  # what is due is due today
        assert 'data-poll="/console/day?of=2026-02-28&amp;seen=' in keeper.at.text  # the page stays with its day
        await keeper.see("/console/day?of=yesterday")
        assert keeper.at.status_code == 422
