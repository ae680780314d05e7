"""A store inside the company's own pages, over real HTTP: who may show it, which cookies count there, and what is refused."""

import re
from datetime import timedelta

import httpx
import pytest

from onehall.kernel.identity import frames
from tests.channels.desk.staff import Clerk, token, words
from tests.estore.fronts import PAGES, TERMS, joins, logs_in, made, shown_in, way_in
from tests.ground.house import House

OA = "https://oa.acme.example"
FRAME = {"sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site"}
INSIDE = FRAME | {"sec-fetch-site": "same-origin"}
TOP = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "sec-fetch-site": "none"}
ONLY = f"frame-ancestors 'self' {OA}"


def browser(house: House) -> httpx.AsyncClient:
    """A browser that sends by hand what it keeps: Python's own jar knows nothing of partitions, and sends no Secure cookie over http."""
    return httpx.AsyncClient(base_url=house.url, timeout=30, headers=PAGES)


def kept(answer: httpx.Response, *before: str) -> str:
    """The cookies that a browser sends after an answer."""
    found = dict(pair.split("=", 1) for one in before for pair in one.split("; ") if pair)
    for one in answer.headers.get_list("set-cookie"):
        name, value = one.split(";")[0].split("=", 1)
        found[name] = value
        if "Max-Age=0" in one:
            del found[name]
    return "; ".join(f"{name}={value}" for name, value in found.items())


def policy(answer: httpx.Response) -> str:
    """Who may show an answer."""
    assert "x-frame-options" not in answer.headers
    return answer.headers["content-security-policy"].rpartition("; ")[2]


async def shop(house: House, slug: str, phone: str, oa: str = OA) -> str:
    """A store that the company's pages may show, with one member; gives its secret."""
    async with Clerk(house, "accounts") as manager:
        secret = await shown_in(manager, slug, oa)
    await (await joins(house, slug, phone)).aclose()
    return secret


async def test_the_account_manager_says_which_pages_may_show_a_store(house: House) -> None:
    async with Clerk(house, "accounts") as manager:
        path = await made(manager, "framed-one")
        await manager.post(f"{path}/terms", **TERMS, frames=f"{OA}/, https://two.example")
        assert manager.at.status_code == 422 and "“https://oa.acme.example/” cannot show a store." in words(manager.at.text)
        await manager.post(f"{path}/terms", **TERMS, frames=" ".join(f"https://oa{place}.acme.example" for place in range(6)))
        assert manager.at.status_code == 422 and "At most 5 addresses may show a store." in words(manager.at.text)
        assert "oa.acme.example" not in (await manager.browser.get(path)).text.replace('placeholder="https://oa.acme.example"', "")
        await manager.post(f"{path}/terms", **TERMS, frames="HTTPS://OA.acme.example, https://two.example:8443 https://two.example:8443")
        assert manager.at.status_code == 200
        assert 'name="frames" value="https://oa.acme.example https://two.example:8443"' in manager.at.text


async def test_a_store_opens_in_the_pages_it_names_with_cookies_of_its_own(house: House) -> None:
    secret = await shop(house, "framed-two", "13900000311")
    async with browser(house) as office:
        entered = await office.get(way_in(house, secret, "framed-two"), headers=FRAME)
        assert (entered.status_code, entered.headers["location"], policy(entered)) == (303, "/s/framed-two", ONLY), entered.text
        said = {one.split("=")[0]: one for one in entered.headers.get_list("set-cookie")}
        assert set(said) == {"__Host-framed-hall_session", "__Host-framed-hall_visitor", "__Host-hall_frame"}
        for one in said.values():
            assert one.endswith("; Secure; SameSite=None; Partitioned") and "HttpOnly" in one and "; Path=/" in one
            assert "domain" not in one.lower() and one.lower().count("samesite") == 1
        assert "; Max-Age=3600;" in said["__Host-hall_frame"] and "Max-Age" not in said["__Host-framed-hall_session"]
        jar = kept(entered)
        page = await office.get("/s/framed-two", headers=FRAME | {"cookie": jar})
        assert policy(page) == ONLY and "Hello, Lan Wei" in page.text and page.headers["cross-origin-opener-policy"] == "same-origin"
        assert page.headers.get_list("set-cookie") == []
        assert 'class="brand"' not in page.text and 'href="/me"' not in page.text and 'href="/lang/zh-CN' in page.text
        # a look of the page itself, as htmx takes it
        piece = await office.get("/s/framed-two", headers={"sec-fetch-dest": "empty", "x-framed": "1", "cookie": jar})
        assert "Hello, Lan Wei" in piece.text
        for outside in (TOP, {}, {"sec-fetch-dest": "empty"}, {"sec-fetch-dest": "object"}):  # what is in the frame stays in the frame
            page = await office.get("/s/framed-two", headers=outside | {"cookie": jar})
            assert policy(page) == "frame-ancestors 'none'" and "Hello" not in page.text
            assert all("SameSite=lax" in one and "Partitioned" not in one for one in page.headers.get_list("set-cookie"))


async def test_cookies_that_come_later_are_kept_apart_too(house: House) -> None:
    secret = await shop(house, "framed-three", "13900000312")
    async with browser(house) as office:
        jar = kept(await office.get(way_in(house, secret, "framed-three"), headers=FRAME))
        chosen = await office.get("/lang/zh-CN?to=/s/framed-three", headers=INSIDE | {"cookie": jar})
        large = await office.get("/type/large?to=/s/framed-three", headers=INSIDE | {"cookie": jar})
        for answer, name in ((chosen, "hall_language"), (large, "hall_type")):
            (one,) = answer.headers.get_list("set-cookie")
            assert one.startswith(f"__Host-framed-{name}=") and one.endswith("; Secure; SameSite=None; Partitioned")
        jar = kept(chosen, jar)
        page = await office.get("/s/framed-three", headers=INSIDE | {"cookie": jar})
        assert 'lang="zh-CN"' in page.text and "Lan Wei" in page.text
        left = await office.post("/logout", headers=INSIDE | {"cookie": jar}, data={"csrf": token(page.text)})
        assert (left.status_code, left.headers["location"]) == (303, "/s/framed-three")
        (one,) = left.headers.get_list("set-cookie")
        assert one.startswith('__Host-framed-hall_session=""') and "Max-Age=0" in one and one.endswith("; SameSite=None; Partitioned")
        page = await office.get("/s/framed-three", headers=INSIDE | {"cookie": jar})  # also the session that was kept is over
        assert "Lan Wei" not in page.text and 'target="_blank" rel="noopener"' in page.text
        assert "__Host-framed-hall_session" in "".join(page.headers.get_list("set-cookie"))


async def test_a_page_of_another_site_changes_nothing_though_the_cookies_are_sent(house: House) -> None:
    secret = await shop(house, "framed-four", "13900000313")
    async with browser(house) as office:
        jar = kept(await office.get(way_in(house, secret, "framed-four"), headers=FRAME))
        page = await office.get("/s/framed-four", headers=FRAME | {"cookie": jar})
        form = {"csrf": token(page.text), "given.store": "framed-four", "given.offer": "hall-59"}
        begun = "SELECT count(*) FROM journey WHERE function = 'estore.buy'"
        for site in ("cross-site", "same-site"):
            forged = await office.post("/f/estore.buy", headers=INSIDE | {"cookie": jar, "sec-fetch-site": site}, data=form)
            assert forged.status_code == 403 and "This page has grown old" in forged.text
        bare = await office.post("/f/estore.buy", headers=INSIDE | {"cookie": jar}, data=form | {"csrf": "0" * 40})
        assert bare.status_code == 403 and await house.value(begun) == 0
        own = await office.post("/f/estore.buy", headers=INSIDE | {"cookie": jar}, data=form)
        assert own.status_code in (200, 303), words(own.text)
        assert own.status_code == 200 or await house.value(begun) == 1


async def test_a_frame_shows_its_store_and_nothing_else(house: House) -> None:
    secret = await shop(house, "framed-five", "13900000314")
    await shop(house, "framed-six", "13900000315", "https://six.example")
    async with browser(house) as office:
        jar = kept(await office.get(way_in(house, secret, "framed-five"), headers=FRAME))
        inside = INSIDE | {"cookie": jar}
        for path in ("/s/framed-six", "/", "/me", "/login", "/plans", "/f/line.open", "/f/balance.check", "/c", "/desk/login", "/nowhere"):
            answer = await office.get(path, headers=inside)
            told = answer.headers.get("content-security-policy", "frame-ancestors 'none'")
            assert "frame-ancestors 'none'" in told and OA not in told, path
        assert policy(await office.get("/f/estore.mine", headers=inside)) == ONLY
        assert (await office.get("/me", headers=inside)).headers["location"].startswith("/login")  # in a frame there is no other login


async def test_staff_are_never_inside_a_frame(house: House) -> None:
    secret = await shop(house, "framed-seven", "13900000316")
    async with Clerk(house, "accounts") as manager:
        staff = manager.browser.cookies["hall_staff"]
        page = await manager.browser.get("/console/stores", headers=FRAME)
        assert policy(page) == "frame-ancestors 'none'"
        jar = kept(await manager.browser.get(way_in(house, secret, "framed-seven"), headers=FRAME))
        assert "hall_staff" not in jar
        for cookies in (f"{jar}; __Host-framed-hall_staff={staff}", jar):
            answer = await httpx.AsyncClient(base_url=house.url, headers=PAGES).get("/console/stores", headers=INSIDE | {"cookie": cookies})
            assert answer.status_code in (303, 401) and "Acme" not in answer.text


async def test_a_bad_way_in_is_refused_in_words_inside_the_frame_and_leaves_nothing(house: House) -> None:
    secret = await shop(house, "framed-eight", "13900000317")
    good = way_in(house, secret, "framed-eight")
    async with browser(house) as office, browser(house) as thief:
        jar = kept(await office.get(good, headers=FRAME))
        for cookies in ("", jar):
            again = await thief.get(good, headers=FRAME | {"cookie": cookies})
            assert (again.status_code, policy(again)) == (401, ONLY)
            assert "<h1>Open the store again</h1>" in again.text and "Please log in first." not in again.text
            assert "was used already. Please open it again from your company&#39;s page." in again.text and "/login" not in again.text
            assert not re.search("hall_session|hall_frame", str(again.headers.get_list("set-cookie")))
        forged = await thief.get(good[:-3] + "abc", headers=FRAME)  # nobody's: then nobody learns who may show the store
        assert (forged.status_code, policy(forged)) == (401, "frame-ancestors 'none'")
        house.clock.move(timedelta(seconds=130))
        fresh = await office.get("/s/framed-eight", headers=FRAME | {"cookie": jar})
        assert "Hello, Lan Wei" in fresh.text
        changed = jar.replace("__Host-hall_frame=", "__Host-hall_frame=0")
        page = await office.get("/s/framed-eight", headers=FRAME | {"cookie": changed})
        assert policy(page) == "frame-ancestors 'none'" and "Hello" not in page.text


async def test_a_store_that_names_no_page_opens_in_none_and_uses_nothing_up(house: House) -> None:
    secret = await shop(house, "framed-nine", "13900000318", "")
    good = way_in(house, secret, "framed-nine")
    async with browser(house) as office:
        answer = await office.get(good, headers=FRAME)
        assert (answer.status_code, policy(answer)) == (403, "frame-ancestors 'none'")
        assert "This store does not open inside another page." in answer.text
        assert "hall_session" not in str(answer.headers.get_list("set-cookie"))
        entered = await office.get(good, headers=TOP)
        assert entered.status_code == 303 and policy(entered) == "frame-ancestors 'none'"
        said = [one for one in entered.headers.get_list("set-cookie") if one.startswith("hall_session=")]
        assert len(said) == 1 and "SameSite=lax" in said[0] and "Partitioned" not in said[0]


async def test_an_origin_that_is_taken_away_shows_the_store_for_an_hour_at_most(house: House) -> None:
    secret = await shop(house, "framed-ten", "13900000319")
    async with browser(house) as office, Clerk(house, "accounts") as manager:
        jar = kept(await office.get(way_in(house, secret, "framed-ten"), headers=FRAME))
        house.clock.move(timedelta(minutes=31))  # asked again, and still so
        page = await office.get("/s/framed-ten", headers=INSIDE | {"cookie": jar})
        assert policy(page) == ONLY and "__Host-hall_frame" in kept(page)
        old, jar = jar, kept(page, jar)
        await manager.see("/console/stores")
        found = re.findall(r'href="(/console/stores/\w+)"', manager.at.text)
        (path,) = [one for one in dict.fromkeys(found) if await shows(manager, one)]
        await manager.post(f"{path}/terms", **TERMS, frames="https://new.example")
        assert manager.at.status_code == 200, words(manager.at.text)
        assert policy(await office.get("/s/framed-ten", headers=INSIDE | {"cookie": jar})) == ONLY
        house.clock.move(timedelta(minutes=31))
        assert policy(await office.get("/s/framed-ten", headers=INSIDE | {"cookie": old})) == "frame-ancestors 'none'"
        page = await office.get("/s/framed-ten", headers=INSIDE | {"cookie": jar})
        assert policy(page) == "frame-ancestors 'self' https://new.example"
        await manager.post(f"{path}/terms", **TERMS, frames="")
        house.clock.move(timedelta(minutes=31))
        page = await office.get("/s/framed-ten", headers=INSIDE | {"cookie": kept(page, jar)})
        assert policy(page) == "frame-ancestors 'none'" and "__Host-hall_frame=; " in str(page.headers.get_list("set-cookie"))


async def shows(manager: Clerk, path: str) -> bool:
    """Whether a page of the console is that of the store."""
    return "/s/framed-ten" in (await manager.browser.get(path)).text


async def test_who_has_not_joined_is_nobody_in_the_frame_and_whoever_was_there_before_is_gone(house: House) -> None:
    secret = await shop(house, "framed-eleven", "13900000320")
    async with browser(house) as office:
        jar = kept(await office.get(way_in(house, secret, "framed-eleven"), headers=FRAME))
        entered = await office.get(way_in(house, secret, "framed-eleven", "1002"), headers=FRAME | {"cookie": jar})
        assert (entered.status_code, entered.headers["location"]) == (303, "/s/framed-eleven")
        now = kept(entered, jar)
        assert "hall_session" not in now and re.findall(r"visitor=(\w+)", now) != re.findall(r"visitor=(\w+)", jar)
        page = await office.get("/s/framed-eleven", headers=FRAME | {"cookie": now})
        assert policy(page) == ONLY and "Lan Wei" not in page.text
        assert 'href="/s/framed-eleven" target="_blank" rel="noopener"' in page.text and "/login" not in page.text
        old = await office.get("/s/framed-eleven", headers=FRAME | {"cookie": jar})
        assert "Lan Wei" not in old.text  # the session of before is over, not only forgotten


async def test_a_login_outside_is_not_touched_by_a_frame(house: House) -> None:
    """On one site with the house, a browser sends both kinds of cookies to both."""
    secret = await shop(house, "framed-twelve", "13900000321")
    outside = await logs_in(house, "13900000322")
    plain = "; ".join(f"{name}={value}" for name, value in outside.cookies.items())
    async with browser(house) as office:
        entered = await office.get(way_in(house, secret, "framed-twelve"), headers=FRAME | {"cookie": plain, "sec-fetch-site": "same-site"})
        both = f"{plain}; {kept(entered)}"
        page = await office.get("/s/framed-twelve", headers=FRAME | {"cookie": both})
        assert "Hello, Lan Wei" in page.text
        page = await office.get("/s/framed-twelve", headers=TOP | {"cookie": both})
        assert "Hello" not in page.text and 'href="/me"' in page.text
    await outside.aclose()


@pytest.mark.parametrize("cookie", [None, "", "x", "0" * 64, "0" * 64 + "7b7d", "é" * 70, "0" * 5_000])
def test_a_frame_that_we_did_not_write_is_none(cookie: str | None, house: House) -> None:
    assert frames.read(cookie, house.clock.now()) is None
    frame = frames.Frame("acme", (OA,), int(house.clock.now().timestamp()) + 2)
    assert frames.read(frames.write(frame), house.clock.now()) == frame
    assert frames.read(frames.write(frame), house.clock.now() + timedelta(seconds=2)) is None
