"""Every page of the hall from plain views: complete in both languages, light enough, and sound by axe."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route

from onehall.channels.web import assets, render, shapes
from onehall.kernel.functions import Ask
from tests.channels.web import views

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
RUN = "axe.run().then(r => [r.passes.length, r.violations.map(v => `${v.impact} ${v.id} ${v.nodes[0].html.slice(0, 120)}`)])"
VENDORED = bool(assets.static("vendor/htmx.min.js"))
FAMILIES = [("Look", views.FUNCTIONS)]
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "home": ("home.html", {"plans": views.PLANS, "numbers": views.NUMBERS, "favourites": views.FUNCTIONS}),
    "mine": ("mine.html", {
        "logged_in": True, "name": "Lin", "favourites": views.FUNCTIONS, "open_journeys": [views.VIEWS["choose"]],
        "lines": [{"id": "1", "number": "18612348888", "plan": "Hall 99", "status": "Active", "active": True,
                   "functions": views.FUNCTIONS, "facts": [views.item("Data left", "37 GB", "data", 62)]}],
    }),
    "plans": ("plans.html", {"groups": ["Mobile", "Home"], "family": None, "shelves": shapes.shelves(views.PLANS)}),
    "plan": ("plan.html", {
        "plan": views.PLANS[1], "sections": shapes.sections([views.item("Fee", "¥99"), views.item("By itself: 10 GB", "¥60.00")]),
    }),
    "numbers": ("numbers.html", {
        "options": views.NUMBERS, "q": "ends 88", "ready": [("Ends 88", "ends 88")],
    }),
    "handover": ("handover.html", {
        "journey": "j1", "code": "482913", "link": "http://hall.test/h/x" + 40 * "7", "until": views.SOON, "clock": "18:40", "qr": "",
        "poll": True,
    }),
    "take": ("take.html", {"error": "This code is not known."}),
    "login": ("login.html", {}),
    "login code": ("login.html", {"sent": True, "phone": "18612340001"}),
    "me": ("me.html", {
        "logged_in": True, "name": "Lin",
        "boxes": [{"title": "Orders", "text": "One", "facts": views.SAID["facts"], "next": views.FUNCTIONS}],
    }),
    "search": ("search.html", {"q": "x", "families": [], "every": FAMILIES}),
    "begin": ("begin.html", {"function": views.FUNCTIONS[0], "given": {"plan": "1"}}),
    "refused": ("refused.html", {"status": 404, "heading": "There is nothing here.", "reason": ""}),
} | {f"journey {name}": ("journey.html", {"view": view}) for name, view in views.VIEWS.items()}  # fmt: skip


def drawn(name: str, lang: str) -> str:
    """A page as it is sent."""
    template, given = PAGES[name]
    return render.page(template, lang, "/", csrf_token="t", **given)


def test_every_kind_of_question_has_its_form() -> None:
    assert {kind.value for kind in Ask} <= {path.stem for path in (render.TEMPLATES / "ask").glob("*.html")}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_carries_script_or_style_of_its_own(name: str) -> None:
    page = drawn(name, "en")
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page)


@pytest.mark.parametrize("name", PAGES)
def test_every_post_carries_the_token(name: str) -> None:
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", drawn(name, "zh-CN"), re.S)
    assert all('name="csrf" value="t"' in form for form in forms)


@pytest.mark.skipif(not VENDORED, reason="the page assets were not fetched")
def test_style_and_script_stay_within_25_kilobytes() -> None:
    found = [assets.asset(name) for name in ("hall.css", "hall.js", "vendor/htmx.min.js")]
    assert sum(len(gzip.compress(each.body, 9)) for each in found if each) <= 25_000


@pytest.mark.skipif(not AXE.exists(), reason="the page assets were not fetched")
@pytest.mark.parametrize("page", [
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "reduced_motion": "reduce"},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark", "reduced_motion": "reduce"},
], indirect=True)  # fmt: skip
async def test_axe_finds_nothing_and_nothing_overflows(page: Page) -> None:
    async def serve(route: Route) -> None:
        path, _mark, _query = route.request.url.removeprefix("http://hall.test").partition("?")
        found = assets.asset(path.removeprefix("/static/"))
        if path.startswith("/static/"):
            await route.fulfill(body=found.body if found else b"", content_type=found.kind if found else "text/plain")
            return
        lang, _slash, name = path.strip("/").partition("/")
        await route.fulfill(body=drawn(name.replace("%20", " "), lang), content_type="text/html; charset=utf-8")

    await page.route("http://hall.test/**", serve)
    faults: list[str] = []
    audited = "en" if (page.viewport_size or {}).get("width") == 390 else "zh-CN"  # each language on one of the screens
    for name in PAGES:
        for lang in ("en", "zh-CN"):
            await page.goto(f"http://hall.test/{lang}/{name}")
            wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            faults += [f"{name} {lang}: {wider} px too wide"] if wider > 0 else []
            if lang == audited:
                await page.evaluate(AXE.read_text())
                checked, found = await page.evaluate(RUN)
                assert checked > 10
                faults += [f"{name} {lang}: {fault}" for fault in found]
    assert faults == []
