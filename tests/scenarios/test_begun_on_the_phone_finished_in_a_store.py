"""A guest holds a nice number in the app, shows the QR in a store, and a clerk finishes it. Who is credited, and who took how long.

Read it aloud: each line is what somebody does or sees. All goes through the app's and the counter's real doors.
"""

import re
from datetime import datetime
from typing import Any

from onehall.domains import outreach
from onehall.domains.outreach.model import Share
from onehall.domains.party.rules import check_digit
from onehall.kernel.ids import home_of
from onehall.kernel.store import Store
from tests.channels.desk.staff import App, Clerk
from tests.ground.house import House
from tests.scenarios.cast import PATIENCE_SECONDS, log, rows, spaced, until

NICE = "18600018888"
HELD = "SELECT state, token, until FROM number WHERE number = $1"
STEPS = "SELECT channel, type, body ->> 'question' AS question, (body ->> 'seconds')::int AS seconds FROM event WHERE journey = $1"
FIRST = "44010619970203012"
DOCUMENT = FIRST + check_digit(FIRST)
NEW = {"value__name": "孙悦", "value__document_type": "resident_id", "value__document_number": DOCUMENT, "value__face_compared": "yes"}


async def test_a_line_is_begun_on_the_phone_and_finished_by_a_clerk(house: House) -> None:
    async with App(house.url) as guest, Clerk(house, "clerk-gz") as clerk, Clerk(house, "clerk-sz") as second:
        offered = await finds_the_number(guest)
        made = await takes_the_code(guest)
        held = await rows(house, HELD, NICE)
        said = await clerk.post("/desk/take", code=made["url"])  # the counter's scanner reads the QR's link
        journey = clerk.at.url.path.rpartition("/")[2]
        assert "Hall 59" in said and spaced(NICE) in said and "The face is that of the document" in said
        assert await rows(house, HELD, NICE) == held and held[0]["state"] == "held"
        await a_second_clerk_comes_too_late(house, second, made, journey)
        total = await sells_it(clerk, offered)
        await the_clerks_page_dies_and_pays_once(house, clerk, journey, total)
        await one_order_is_credited(house, journey)
        await taps_and_time_are_counted(house, journey)


async def finds_the_number(guest: App) -> dict[str, Any]:
    """Ends in 88, no 4: the nice one shows what it costs before it is taken; then it is held, and nobody is known yet."""
    await guest.begin("line.open")
    await guest.answer("hall-59")
    found = (await guest.web.get(f"/api/journeys/{guest.view['id']}/options", params={"q": "ends 8888, no 4"})).json()
    assert {one["value"][-4:] for one in found} == {"8888"}
    nice: dict[str, Any] = next(one for one in found if one["value"] == NICE)
    assert nice["badge"] and nice["price"].startswith("¥"), "the fee of its tier is shown"
    view = await guest.answer(NICE)
    assert view["question"]["kind"] == "prove" and view["party"] is None
    assert [one["text"] for one in view["holds"]] == [NICE]
    return nice


async def takes_the_code(guest: App) -> dict[str, Any]:
    """A code, a link to scan, and until when: the sooner of the code's end and the number's."""
    made = (await guest.web.post(f"/api/journeys/{guest.view['id']}/handover")).json()
    assert re.fullmatch(r"\d{6}", made["code"]) and made["url"].endswith(f"/h/{made['token']}") and len(made["token"]) == 16
    kept = [datetime.fromisoformat(one["until"]) for one in guest.view["holds"]]
    assert datetime.fromisoformat(made["until"]) == min([datetime.fromisoformat(made["expires"]), *kept])
    return dict(made)


async def a_second_clerk_comes_too_late(house: House, second: Clerk, made: dict[str, Any], journey: str) -> None:
    """By the same link or the same digits: both say that it was used, and nothing moves."""
    before = await rows(house, "SELECT revision, staff, holders FROM journey WHERE id = $1", journey)
    for shown in (made["url"], made["token"], made["code"]):
        said = await second.post("/desk/take", code=shown)
        assert second.at.status_code == 409 and "This code has been used already." in said
    assert await rows(house, "SELECT revision, staff, holders FROM journey WHERE id = $1", journey) == before


async def sells_it(clerk: Clerk, offered: dict[str, Any]) -> str:
    """Document and face, a card, the yes; then what is due holds the number's fee as it was shown on the phone."""
    await clerk.answer(**NEW)
    await clerk.wait()
    said = await clerk.answer(value="plastic")
    assert offered["price"] in said, "the price that was shown on the phone"
    said = await clerk.answer(value="yes")
    due = re.search(r"¥[\d,]+\.\d\d", said)
    assert due and "Cash received" in said
    return due[0]


async def the_clerks_page_dies_and_pays_once(house: House, clerk: Clerk, journey: str, total: str) -> None:
    """Cash received is sent; the page dies, is opened again, and the button was sent once more: the money is taken once."""
    key, turn = (re.search(rf'name="{name}" value="([^"]+)"', clerk.at.text) for name in ("key", "turn"))
    assert key and turn
    body = {"key": key[1], "turn": turn[1], "value.method": "cash"}
    path = clerk.at.url.path
    await clerk.post(path, **body)
    await clerk.see(path)
    said = await clerk.wait()
    assert f"Your line {spaced(NICE)} is active." in said
    assert f"Your line {spaced(NICE)} is active." in await clerk.post(path, **body)
    paid = "SELECT p.method, p.minor, p.status FROM payment p WHERE p.to_journey LIKE $1 || '/%'"
    minor = round(float(total.strip("¥").replace(",", "")) * 100)
    assert [(one["method"], one["minor"]) for one in await rows(house, paid, journey)] == [("cash", minor)]
    assert [fact["type"] for fact in await log(house, journey)].count("payment.received") == 1


async def one_order_is_credited(house: House, journey: str) -> None:
    """One order: it came by itself, a clerk helped, and the published weights say who has how much of it."""
    orders = await rows(house, "SELECT id, channel, staff, state FROM product_order WHERE journey = $1", journey)
    clerk = await house.value("SELECT id FROM staff WHERE username = 'clerk-gz'")
    assert [(one["channel"], one["staff"], one["state"]) for one in orders] == [("desk", clerk, "completed")]
    store = await Store(house.dsn, pool_size=1).open()
    try:

        async def weighed() -> Any:
            async with store.edge(home_of(orders[0]["id"])) as tx:
                return await outreach.queries.credit(tx, orders[0]["id"])

        credit = await until(weighed)
    finally:
        await store.close()
    assert (credit.access, credit.assisted, credit.code) == ("SELF", clerk, None)
    assert outreach.rules.shares(credit) == (Share("access", "SELF", 60), Share("staff", clerk, 40))


async def taps_and_time_are_counted(house: House, journey: str) -> None:
    """The log holds each answer with its channel and the seconds since the step before: two on the phone, four at the counter."""
    steps = await rows(house, STEPS, journey)
    taps = [(one["channel"], one["question"]) for one in steps if one["type"] in ("journey.answered", "journey.proven", "journey.paid")]
    assert sorted(taps) == sorted(
        [("api", "offer"), ("api", "number"), ("desk", "prove"), ("desk", "sim"), ("desk", "agree"), ("desk", "money"), ("desk", "done")]
    )
    spent = sum(one["seconds"] for one in steps if one["seconds"] is not None)
    begun, ended = (await rows(house, "SELECT created, updated FROM journey WHERE id = $1", journey))[0].values()
    assert 0 <= spent <= (ended - begun).total_seconds() + PATIENCE_SECONDS
