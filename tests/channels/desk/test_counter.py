"""The counter over real HTTP: a stranger's journey is taken by its code and finished; who may see whom; who did what."""

import re

import httpx
import pytest

from onehall.kernel.ids import home_of
from tests.channels.desk.staff import App, Clerk, token, words
from tests.ground.house import House

NEW = {"value__name": "张小雨", "value__document_type": "resident_id", "value__face_compared": "yes"}
LI = "18600010001"


async def _open_a_line(clerk: Clerk, document: str) -> str:
    await clerk.answer(**NEW, value__document_number=document)
    await clerk.wait()
    await clerk.answer(value="plastic")
    await clerk.answer(value="yes")
    await clerk.answer(value__method="cash")
    return await clerk.wait()


async def test_a_strangers_journey_is_taken_by_its_code_and_finished_at_the_counter(house: House) -> None:
    async with App(house.url) as stranger, Clerk(house, "clerk-gz") as clerk:
        code = await stranger.held_at()
        number = stranger.view["trail"][1]["value"]
        said = await clerk.post("/desk/take", code=code)
        assert clerk.at.url.path.startswith("/desk/journeys/")
        assert "The face is that of the document" in said and "Picture of your face" not in said
        assert (await clerk.browser.get(f"{clerk.at.url.path}/receipt")).status_code == 404  # nothing is done yet
        said = await _open_a_line(clerk, "440106199501010028")
        spoken = f"{number[:3]} {number[3:7]} {number[7:]}"
        assert f"Your line {spoken} is active." in said
        assert "Handed over: App → Counter" in said and "¥" in said
        assert "was paid (cash)" in said and "Counter · Chen Yu" in said
        journey = clerk.at.url.path.rpartition("/")[2]
        receipt = await clerk.see(f"/desk/journeys/{journey}/receipt")
        assert "Served by Chen Yu" in receipt and "Tianhe store, Guangzhou" in receipt
    who = await house.value("SELECT staff FROM product_order WHERE home = $1 AND journey = $2", home_of(journey), journey)
    name = await house.value("SELECT name FROM staff WHERE home = $1 AND id = $2", home_of(str(who)), who)
    assert name == "Chen Yu"
    async with App(house.url) as old:
        gone = (await old.web.get(f"/api/journeys/{stranger.view['id']}")).status_code
    assert gone in (200, 404)


async def test_a_second_clerk_with_the_same_code_is_told_so_and_nothing_moves(house: House) -> None:
    async with App(house.url) as stranger, Clerk(house, "clerk-gz") as first, Clerk(house, "clerk-sz") as second:
        code = await stranger.held_at()
        await first.post("/desk/take", code=code)
        said = await second.post("/desk/take", code=code)
        assert second.at.status_code == 409 and "This code has been used already." in said
        journey = first.at.url.path.rpartition("/")[2]
        await second.see(f"/desk/journeys/{journey}")
        assert second.at.status_code == 404
        await first.see(f"/desk/journeys/{journey}")
        assert first.at.status_code == 200


async def test_a_wrong_code_is_refused_in_words(house: House) -> None:
    async with Clerk(house, "clerk-gz", "zh-CN") as clerk:
        said = await clerk.post("/desk/take", code="12 34 5")
        assert clerk.at.status_code == 404 and "客户接续码" in said


@pytest.mark.parametrize("sought", [LI, f"+86 {LI}", "李一", "110101199003070134"])
async def test_a_customer_is_found_by_phone_name_and_document(house: House, sought: str) -> None:
    async with Clerk(house, "clerk-gz") as clerk:
        await clerk.see("/desk")
        clerk.at = await clerk.browser.get("/desk/find", params={"q": sought})
        assert clerk.at.url.path.startswith("/desk/customers/"), words(clerk.at.text)
        said = words(clerk.at.text)
        assert "李一鸣" in said and "186 0001 0001" in said and "¥86.50" in said and "Hall 59" in said
        assert "110101199003070134" not in clerk.at.text


async def test_a_clerk_of_another_province_finds_and_sees_nobody(house: House) -> None:
    async with Clerk(house, "clerk-gz") as ours, Clerk(house, "clerk-hz") as other:
        ours.at = await ours.browser.get("/desk/find", params={"q": LI})
        customer = ours.at.url.path
        other.at = await other.browser.get("/desk/find", params={"q": LI})
        assert "Nobody here is found by that." in words(other.at.text)
        await other.see(customer)
        assert other.at.status_code == 404 and "李一鸣" not in other.at.text
        await other.post(f"{customer}/serve/balance.check")
        assert other.at.status_code == 404


async def test_a_function_is_served_for_the_customer_and_both_stand_in_the_log(house: House) -> None:
    async with Clerk(house, "clerk-gz") as clerk:
        clerk.at = await clerk.browser.get("/desk/find", params={"q": LI})
        customer = clerk.at.url.path
        said = await clerk.post(f"{customer}/serve/consent.stop")
        assert "Send the customer a code, or take their document." in said
        assert "Which phone" not in said
        said = await clerk.answer(value__document_number="110101199003070134")
        journey = clerk.at.url.path.rpartition("/")[2]
        for _step in range(3):
            if 'name="key"' not in clerk.at.text:
                break
            said = await clerk.answer(value="yes")
        assert "This is what we tell the customer" in said
        story = await clerk.see(customer)
        assert "No longer allows: marketing messages" in story and "Chen Yu" in story
    party = customer.rpartition("/")[2]
    told = await house.value(
        "SELECT count(*) FROM event WHERE home = $1 AND party = $2 AND journey = $3 AND staff IS NOT NULL AND channel = 'desk' "
        "AND type = 'party.consent_withdrawn'",
        home_of(party), party, journey,
    )  # fmt: skip
    assert told == 1
    looked = "SELECT count(*) FROM event WHERE home = $1 AND party = $2 AND type = 'desk.customer_seen'"
    seen = await house.value(looked, home_of(party), party)
    assert seen >= 2


async def test_a_document_that_is_not_theirs_proves_nothing(house: House) -> None:
    async with Clerk(house, "clerk-gz") as clerk:
        clerk.at = await clerk.browser.get("/desk/find", params={"q": LI})
        await clerk.post(f"{clerk.at.url.path}/serve/consent.stop")
        said = await clerk.answer(value__document_number="110101198504120211")
        assert clerk.at.status_code == 422 and 'role="alert"' in clerk.at.text
        assert "Send the customer a code, or take their document." in said


async def test_nobody_gets_in_without_a_login_and_a_form_of_another_site_changes_nothing(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url, timeout=30, headers={"accept": "text/html"}) as stranger:
        answer = await stranger.get("/desk/customers/x")
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/login?to=/desk/customers/x")
        page = await stranger.get("/desk/login?to=//evil.example/x")
        assert 'name="to" value="/desk/work"' in page.text
        refused = await stranger.post("/desk/take", data={"csrf": token(page.text), "code": "123456"})
        assert refused.status_code == 401
    async with Clerk(house, "clerk-gz") as clerk:
        forged = await clerk.browser.post("/desk/take", data={"code": "123456"})
        assert forged.status_code == 403
        foreign = await clerk.browser.post(
            "/desk/take", data={"csrf": token(clerk.at.text), "code": "123456"}, headers={"sec-fetch-site": "cross-site"}
        )
        assert foreign.status_code == 403


async def test_a_wrong_password_says_the_same_as_a_wrong_name(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url, timeout=30, headers={"accept": "text/html"}) as stranger:
        page = await stranger.get("/desk/login")
        said = []
        for name in ("nobody", "admin"):
            form = {"csrf": token(page.text), "username": name, "password": "wrong", "code": "000000"}
            answer = await stranger.post("/desk/login", data=form)
            assert answer.status_code == 401
            said.append(re.search(r'role="alert">.*?<p>(.*?)</p>', answer.text, re.S)[1])  # type: ignore[index]
        assert said[0] == said[1]
