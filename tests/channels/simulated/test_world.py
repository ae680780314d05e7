"""The simulated world over real HTTP: phones that talk to the hall, switches, a clock; and no way in from other sites."""

import re

import httpx

from tests.channels.desk.staff import token
from tests.ground.house import House

LI = "18600010001"


def _browser(house: House, language: str = "en") -> httpx.AsyncClient:
    headers = {"accept": "text/html", "accept-language": language}
    return httpx.AsyncClient(base_url=house.url, follow_redirects=True, timeout=30, headers=headers)


async def test_a_phone_sends_a_message_to_the_hall_and_shows_the_reply(house: House) -> None:
    async with _browser(house) as browser:
        page = await browser.get(f"/sim/phones/{LI}")
        before = (await browser.get(f"/sim/phones/{LI}/messages")).json()
        page = await browser.post(f"/sim/phones/{LI}", data={"csrf": token(page.text), "text": "CXYE"})
        assert page.status_code == 200 and "86.50" in page.text
        after = (await browser.get(f"/sim/phones/{LI}/messages")).json()[len(before) :]
        assert [one["way"] for one in after][:2] == ["from", "to"]
        assert after[0]["text"] == "CXYE" and "86.50" in after[1]["text"]
        assert set(after[0]) == {"id", "text", "way", "at"}
        listed = await browser.get("/sim/phones")
        assert f"/sim/phones/{LI}" in listed.text.replace("+86", "")


async def test_a_switch_is_turned_by_json_and_by_form(house: House) -> None:
    async with _browser(house) as browser:
        answer = await browser.post("/sim/network/switches", json={"name": "fail", "value": 2})
        assert answer.json() == {"adapter": "network", "switches": {"fail": 2}}
        page = await browser.get("/sim/network")
        assert "Say no: to so many = 2" in page.text
        page = await browser.post("/sim/network/switches", data={"csrf": token(page.text), "name": "fail", "value": ""})
        assert page.status_code == 200 and "so many = 2" not in page.text
        for adapter in ("sms", "sim_writer", "identity_check", "payment"):
            assert (await browser.post(f"/sim/{adapter}/switches", json={"name": "later", "value": None})).json()["switches"] == {}
        for wrong in ({"name": "x y", "value": 1}, {"name": "fail", "value": -1}, {"name": "fail", "value": [1]}, {"value": 1}):
            assert (await browser.post("/sim/sms/switches", json=wrong)).status_code == 422
        assert (await browser.post("/sim/sms/switches", content=b"[", headers={"content-type": "application/json"})).status_code == 400


async def test_the_clock_moves_forward_only(house: House) -> None:
    async with _browser(house) as browser:
        before = house.clock.now()
        answer = await browser.post("/sim/clock", json={"seconds": 3600})
        assert answer.status_code == 200 and 3600 <= (house.clock.now() - before).total_seconds() < 3660
        for wrong in (-1, 1.5, True, "60", None, 10**12):
            assert (await browser.post("/sim/clock", json={"seconds": wrong})).status_code == 422
        page = await browser.get("/sim/clock")
        moved = await browser.post("/sim/clock", data={"csrf": token(page.text), "seconds": "60"})
        assert moved.status_code == 200 and 3660 <= (house.clock.now() - before).total_seconds() < 3720


async def test_another_site_can_change_nothing(house: House) -> None:
    forms = {"/sim/clock": {"seconds": "86400"}, "/sim/sms/switches": {"name": "fail", "value": "9"}, f"/sim/phones/{LI}": {"text": "GS"}}
    raw, both = b'{"seconds": 86400, "name": "fail", "value": 9}', {"seconds": 86400, "name": "fail", "value": 9}
    async with httpx.AsyncClient(base_url=house.url, timeout=30) as browser:
        before = house.clock.now()
        for path, form in forms.items():
            assert (await browser.post(path, data=form)).status_code == 403
            assert (await browser.post(path, content=raw, headers={"content-type": "text/plain"})).status_code == 403
            assert (await browser.post(path, json=both, headers={"sec-fetch-site": "cross-site"})).status_code == 403
        assert (house.clock.now() - before).total_seconds() < 60
        assert await house.value("SELECT count(*) FROM sim_switch WHERE adapter = 'sms'") == 0


async def test_every_page_of_the_world_is_there(house: House) -> None:
    async with _browser(house, "zh-CN") as browser:
        links = re.findall(r'href="(/sim[^"]*)"', (await browser.get("/sim")).text)
        assert len(set(links)) > 7
        for link in sorted(set(links)):
            assert (await browser.get(link)).status_code == 200, link
