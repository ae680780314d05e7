"""Large type, and every page at twice the size of letters, on a phone of 360 pixels: nothing is cut off, nothing runs out of the side."""

import pytest
from playwright.async_api import Page, Route

from onehall.channels.web import assets, render
from tests.channels.web.test_looks import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NARROW = {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce"}
CUT = """() => {
  const shown = (e) => e.offsetParent !== null && getComputedStyle(e).visibility === 'visible';
  const rolls = (e) => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX);
  const hides = (e) => /hidden|clip/.test(getComputedStyle(e).overflowX + getComputedStyle(e).overflowY);
  const wide = (e) => e.scrollWidth > e.clientWidth + 1, tall = (e) => e.scrollHeight > e.clientHeight + 1;
  const ARCHED = '.hero, .facts', DRAWN = ['INPUT', 'SELECT', 'SVG', 'PROGRESS'], found = [];
  for (const e of document.querySelectorAll('body *')) {
    if (!shown(e) || DRAWN.includes(e.tagName.toUpperCase()) || e.closest('svg, .vh, .hero .arches')) continue;
    const box = e.getBoundingClientRect(), says = e.textContent.trim();
    const say = (fault) => found.push(`${fault}: ${e.outerHTML.slice(0, 100)}`);
    if (says && (box.right > innerWidth + 1 || box.left < -1) && !e.closest('.chips')) say('out');
    if (says && hides(e) && !e.matches(ARCHED) && (wide(e) || tall(e))) say('cut');
    if (e.matches(ARCHED) && wide(e) && [...e.children].some((c) => !c.matches('.arches') && wide(c))) say('cut');
    if (rolls(e) && !e.matches('.chips')) say('rolls');
  }
  return found;
}"""


def drawn(name: str, lang: str, large: bool) -> str:
    """A page as it is sent to somebody with, or without, large type."""
    template, given = PAGES[name]
    return render.page(template, lang, "/", csrf_token="t", **({"large": large} | given))


@pytest.mark.parametrize("page", [NARROW], indirect=True)
@pytest.mark.parametrize("size", ["large", "twice"])
async def test_nothing_is_cut_off(page: Page, size: str) -> None:
    async def serve(route: Route) -> None:
        path = route.request.url.removeprefix("http://hall.test").partition("?")[0]
        if path.startswith("/static/"):
            found = assets.asset(path.removeprefix("/static/"))
            await route.fulfill(body=found.body if found else b"", content_type=found.kind if found else "text/plain")
            return
        lang, _slash, name = path.strip("/").partition("/")
        body = drawn(name.replace("%20", " "), lang, size == "large")
        await route.fulfill(body=body, content_type="text/html; charset=utf-8")

    await page.route("http://hall.test/**", serve)
    faults: list[str] = []
    for name in PAGES:
        for lang in ("en", "zh-CN"):
            await page.goto(f"http://hall.test/{lang}/{name}")
            if size == "twice":
                await page.evaluate("document.documentElement.style.fontSize = '200%'")
            body = float(await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
            assert body == pytest.approx(17 * (1.5 if size == "large" else 2))
            wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            faults += [f"{name} {lang}: {fault}" for fault in [*await page.evaluate(CUT), *([f"{wider} px too wide"] if wider > 0 else [])]]
    assert not faults, "\n".join(faults)
