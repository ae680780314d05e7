"""The kiosk's screens in a real browser, at the sizes of cabinets: nothing runs over the edge, keys are big, who goes away is forgotten."""

import asyncio
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, Route

from tests.ground.house import House

SIZES = [(1080, 1920), (1280, 1024)]
TOUCH_MIN = 44  # pixels, the least a finger hits
RUNS_OVER = "document.documentElement.scrollWidth > innerWidth || document.querySelector('main').scrollWidth > innerWidth"
SMALL = f"""[...document.querySelectorAll('button, a.btn, a.tile, input:not([type=hidden])')].filter(e => e.offsetParent)
  .filter(e => e.getBoundingClientRect().height < {TOUCH_MIN}).map(e => e.outerHTML.slice(0, 80))"""
TOPPED_UP = "SELECT coalesce(sum((body->'amount'->>'minor')::int), 0) FROM event WHERE type = 'billing.topped_up'"
PICTURES = os.environ.get("PICTURES", "")


async def looks_right(page: Page, name: str) -> None:
    """Nothing runs over, nothing is too small to touch; a picture is kept where one is asked for."""
    await page.wait_for_load_state()
    if PICTURES:
        size = page.viewport_size or {}
        await page.screenshot(path=str(Path(PICTURES) / f"{name}-{size.get('width')}.png"))
    assert not await page.evaluate(RUNS_OVER), name
    assert await page.evaluate(SMALL) == [], name


async def touch(page: Page, what: str) -> None:
    """A finger on something that leads to another screen."""
    async with page.expect_navigation():
        await page.tap(what)


async def insert(house: House, cabinet: str, note: int) -> None:
    """A hand pushes a note in."""
    async with httpx.AsyncClient(base_url=house.url) as hand:
        answer = await hand.post(f"/sim/cabinet/{cabinet}", json={"do": "insert", "note": note})
        assert answer.json() == {"done": True}, answer.text


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_top_up_with_notes_by_touch(house: House, browser: Browser, size: tuple[int, int], language: str) -> None:
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language, has_touch=True)
    page, name = await context.new_page(), f"s{size[0]}-{language.lower()}"
    tag = f"kiosk-{language}"
    await page.goto(f"{house.url}/kiosk?cabinet={name}")
    before = await house.value(TOPPED_UP)
    await looks_right(page, f"{tag}-home")
    await touch(page, "a[href='/kiosk/do/query']")
    await looks_right(page, f"{tag}-family")
    await page.goto(f"{house.url}/kiosk/do/recharge")
    await touch(page, "form[action='/kiosk/f/topup'] button")
    for digit in "18600010001":
        await page.tap(f".pad button[value='{digit}']")
    await looks_right(page, f"{tag}-enter")
    await touch(page, "main form button.btn")
    for digit in "50":
        await page.tap(f".pad button[value='{digit}']")
    await touch(page, "main form button.btn")
    await looks_right(page, f"{tag}-pay")
    await touch(page, "form[action$='/cash'] button")
    await looks_right(page, f"{tag}-cash")
    await insert(house, name, 10_000)
    await page.wait_for_selector("button[value=keep]")
    await looks_right(page, f"{tag}-cash-in")
    await touch(page, "button[value=keep]")
    await page.wait_for_selector("form[action^='/kiosk/receipts/']")
    await looks_right(page, f"{tag}-done")
    await page.evaluate("document.getElementById('still').hidden = false; document.getElementById('left').textContent = '12'")
    await looks_right(page, f"{tag}-still")
    await page.goto(f"{house.url}/kiosk/away")
    await looks_right(page, f"{tag}-away")
    assert await house.value(TOPPED_UP) == before + 50_00  # the other 50 came out again
    await page.goto(f"{house.url}/kiosk/do/sell")
    await touch(page, "form[action='/kiosk/f/line.open'] button")
    await looks_right(page, f"{tag}-choose")
    await context.close()


async def test_who_goes_away_is_forgotten(house: House, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1080, "height": 1920})
    page = await context.new_page()
    await page.goto(f"{house.url}/kiosk/do/recharge")
    async with page.expect_navigation():
        await page.click("form[action='/kiosk/f/topup'] button")
    journey = page.url
    await page.evaluate("document.body.dataset.idle = '16'")
    await page.wait_for_selector("#still:not([hidden])", timeout=8_000)
    await page.keyboard.press("Enter")
    assert await page.is_hidden("#still"), "a key says that somebody is there"
    asked = []

    async def slowly(route: Route) -> None:
        asked.append(route.request.url)
        await asyncio.sleep(1)
        await route.continue_()

    await page.route("**/kiosk/leave", slowly)
    await page.evaluate("document.body.dataset.idle = '2'")
    await page.wait_for_url(f"{house.url}/kiosk", timeout=15_000)
    assert len(asked) == 1, "who asks again and again breaks off what is under way"
    answer: Any = await page.goto(journey)
    assert answer.status == 404
    await context.close()
