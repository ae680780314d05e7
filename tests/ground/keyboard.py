"""A person who has a keyboard and no mouse, and who must see where they stand; and one who checks each page by axe."""

import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN = "axe.run().then(r => [r.passes.length, r.violations.map(v => `${v.impact} ${v.id} ${v.nodes[0].html.slice(0, 120)}`)])"
PATIENCE = 40_000.0
STOPS_MAX = 80
WIDE: tuple[dict[str, int], Any] = ({"width": 1280, "height": 900}, "dark")
NARROW: tuple[dict[str, int], Any] = ({"width": 390, "height": 844}, "light")
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return { name: "", seen: false, start: true };
  const face = +getComputedStyle(at).opacity === 0 ? at.closest("label") : at, box = face.getBoundingClientRect();
  const style = getComputedStyle(face);
  const name = at.getAttribute("aria-label") ?? at.labels?.[0]?.innerText ?? at.innerText ?? "";
  const shown = [0.15, 0.5, 0.85].some((part) => {
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height * part);
    return top && (face.contains(top) || top.contains(face));
  });
  const lit = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return { name: name.trim().replace(/\\s+/g, " "), seen: lit && shown, start: at.matches("h1, main, main [autofocus]") };
}"""


class Keyboard:
    """A page that is used by keys alone; `skip` is what the link over the page's head is called."""

    def __init__(self, page: Page, skip: str = "Skip to the content") -> None:
        self.page = page
        self.skip = skip

    async def focus(self) -> dict[str, Any]:
        """This will tell what has the focus, whether that can be seen, and whether it is where a new page begins."""
        found: dict[str, Any] = await self.page.evaluate(FOCUS)
        return found

    async def arrives(self, heading: str | re.Pattern[str], skips: bool = True) -> None:
        """This will wait for a page, see that the focus begins where reading does, and go past the page's head."""
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(heading, timeout=PATIENCE)
        at = await self.focus()
        assert at["start"], f"on {heading} the focus begins at {at['name']}"
        if skips:
            await self.press("Tab", self.skip)
            await self.page.keyboard.press("Enter")

    async def press(self, key: str, name: str | None = None) -> str:
        """This will press a key that moves the focus and give the name of what then has it, which must be seen."""
        await self.page.keyboard.press(key)
        at = await self.focus()
        assert at["seen"], f"the focus is not seen at {at['name'] or 'the page'}: {self.page.url}"
        assert name in (None, at["name"]), at["name"]
        return str(at["name"])

    async def goes_to(self, name: str | re.Pattern[str], key: str = "Tab") -> str:
        """This will press a key until the focus is at what has the name."""
        passed = []
        for _stop in range(STOPS_MAX):
            passed.append(await self.press(key))
            if name == passed[-1] or (isinstance(name, re.Pattern) and name.search(passed[-1])):
                return passed[-1]
        raise AssertionError(f"{name} is not reached, only {passed}")

    async def chooses(self, name: str | re.Pattern[str], key: str = "Enter") -> None:
        """This will go to something and press it."""
        await self.goes_to(name)
        await self.page.keyboard.press(key)

    async def types(self, words: str) -> None:
        """This will type where the focus is, which must be seen."""
        at = await self.focus()
        assert at["seen"], f"the focus is not seen at {at['name']}"
        await self.page.keyboard.type(words)


async def sound(page: Page, *screens: tuple[dict[str, int], Any]) -> None:
    """This will see that axe finds nothing and nothing is too wide, on a wide dark screen and on a narrow light one, or as said."""
    faults: list[str] = []
    await page.evaluate(AXE.read_text())
    for viewport, scheme in screens or (WIDE, NARROW):
        await page.set_viewport_size(viewport)  # type: ignore[arg-type]
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        checked, found = await page.evaluate(RUN)
        assert checked > 5
        wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        faults += [f"{page.url} {scheme}: {fault}" for fault in [*found, *([f"{wider} px too wide"] if wider > 0 else [])]]
    assert faults == []
