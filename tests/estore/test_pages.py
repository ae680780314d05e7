"""Pages of private shops over real HTTP: an account manager makes one, a member comes in from the company's own pages, once."""

import re
import time

import httpx

from onehall.domains.estore.actions import Claims, sign
from onehall.kernel.i18n import DEFAULT_LANGUAGE
from tests.channels.desk.staff import Clerk
from tests.estore.fronts import LIST, PAGES, joins, made, way_in
from tests.ground.house import House


async def test_an_account_manager_makes_a_store_and_keeps_it(house: House) -> None:
    async with Clerk(house, "accounts") as manager:
        path = await made(manager, "acme-one")
        assert "One enterprise" in manager.at.text and "/s/acme-one" in manager.at.text
        said = await manager.post(f"{path}/people", sheet=LIST + "1003,,Sales,member\n1004,Wu Bo,,boss\n")
        assert "A line needs a number or mail address and a name." in said and "A role is member or approver." in said
        assert "2 people" in said
        said = await manager.post(f"{path}/terms", proof="roster", domains="", discount="120", percent="50", most="0", each="0", every="0")
        assert manager.at.status_code == 422 and "Per cents lie between 0 and 100" in said
        said = await manager.post(f"{path}/terms", proof="roster", domains="", discount="10", percent="50", most="0", each="0", every="0")
        assert manager.at.status_code == 200
        await manager.post(f"{path}/look", name="Acme & Sons", colour="violet", logo="AS", motto="For us")
        await manager.post(f"{path}/shelf", plan="hall-99", fee="80.5")
        assert "¥80.50" in manager.at.text and "¥40.25" in manager.at.text
        said = await manager.post(f"{path}/shelf", plan="hall-99", fee="200")
        assert "not above the public one" in said
        said = await manager.post("/console/stores", kind="enterprise", name="Other", slug="acme-one", domains="")
        assert manager.at.status_code == 409 and "Another store has this address." in said


async def test_only_who_keeps_stores_sees_them(house: House) -> None:
    async with Clerk(house, "accounts") as manager, Clerk(house, "clerk-gz") as clerk, Clerk(house, "operations") as keeper:
        path = await made(manager, "acme-two")
        for page in ("/console/stores", path):
            await clerk.see(page)
            assert clerk.at.status_code == 403
        await keeper.see(path)
        assert keeper.at.status_code == 200
        await manager.see("/console/orders")
        assert manager.at.status_code == 403
        for front in ("/console", "/desk/work"):  # where their work is, not at a closed door
            await manager.see(front)
            assert (manager.at.status_code, manager.at.url.path) == (200, "/console/stores")
        assert set(re.findall(r'href="(/console/?[a-z]*)"', manager.at.text)) == {
            "/console",
            "/console/stores",
        }  # the first is the mark, which leads back
        await keeper.see("/console")
        assert (keeper.at.status_code, keeper.at.url.path) == (200, "/console")
        await clerk.see("/desk/work")
        assert clerk.at.url.path == "/desk"


async def test_the_front_shows_strangers_no_price(house: House) -> None:
    async with Clerk(house, "accounts") as manager:
        await made(manager, "acme-three")
    async with httpx.AsyncClient(base_url=house.url, timeout=30, headers=PAGES) as stranger:
        page = await stranger.get("/s/acme-three")
        assert page.status_code == 200 and "For the staff of Acme" in page.text and "Join this store" in page.text
        assert "¥" not in page.text and "estore.buy" not in page.text
        assert (await stranger.get("/s/no-such-store")).status_code == 404
        assert (await stranger.get("/s/..%2f")).status_code in (404, 422)


async def test_a_way_in_counts_once_and_for_minutes(house: House) -> None:
    async with Clerk(house, "accounts") as manager:
        path = await made(manager, "acme-four")
        await manager.post(f"{path}/people", sheet=LIST)
        await manager.post(f"{path}/terms", proof="roster", domains="", discount="10", percent="0", most="0", each="0", every="0")
        said = await manager.post(f"{path}/secret")
    secret = said.split("&#39;s pages ")[1].split()[0]
    now = int(house.clock.now().timestamp())
    good = way_in(house, secret, "acme-four")
    late = sign(secret, Claims("1001", "acme-four", f"jti-{time.time_ns()}", now - 400, now - 200))
    long = sign(secret, Claims("1001", "acme-four", f"jti-{time.time_ns()}", now, now + 86_400))
    other = sign(secret, Claims("1001", "acme-one", f"jti-{time.time_ns()}", now, now + 120))
    forged = sign("another secret of forty characters, not ours", Claims("1001", "acme-four", f"jti-{time.time_ns()}", now, now + 120))
    lan = await joins(house, "acme-four", "13900000301")
    for bad in (late, long, other, forged, "", "x.y.z"):
        answer = await httpx.AsyncClient(base_url=house.url).get(f"/s/acme-four/enter?token={bad}")
        assert answer.status_code in (303, 401) and "/login" in answer.headers.get("location", "/login"), answer.text[:300]
        assert "hall_session" not in answer.headers.get("set-cookie", "")
    async with httpx.AsyncClient(base_url=house.url, timeout=30, headers=PAGES) as office:
        first = await office.get(good)
        assert first.status_code == 303 and first.headers["location"] == "/s/acme-four", first.text
        shown = await office.get("/s/acme-four")
        assert "Hello, Lan Wei" in shown.text and "Plans for you" in shown.text
    async with httpx.AsyncClient(base_url=house.url, timeout=30) as thief:
        again = await thief.get(good)
        assert "hall_session" not in again.headers.get("set-cookie", ""), again.headers
        assert "Plans for you" not in (await thief.get("/s/acme-four")).text
    await lan.aclose()
    assert DEFAULT_LANGUAGE == "en"
