"""J4: a street agent opens lines in a market without a net, and brings them in later: once each, five a person, no number twice."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from onehall.domains import party as parties
from onehall.domains.sweep.rules import KIT_LEASE
from onehall.hall import Caller
from onehall.kernel.identity import Who
from onehall.kernel.journeys.signatures import signature
from tests.ground.counter import Counter
from tests.scenarios.kits import PIXEL, Kit, document, kit_of

REFUSED = "One person can have at most {count} lines, and this one has them."
UNBALANCED = "SELECT count(*) FROM (SELECT entry FROM posting GROUP BY entry, currency HAVING sum(minor) <> 0) AS unbalanced"
Place = tuple[Counter, httpx.AsyncClient]


async def state_of(counter: Counter, number: str) -> str:
    """How a number stands in stock."""
    return str(await counter.one("SELECT state FROM number WHERE number = $1", number))


async def test_what_was_taken_down_without_a_net_is_opened_once(place: Place) -> None:
    counter, client = place
    kit = await kit_of(counter, client, "mei")
    number = (await kit.takes_along())[0]
    item = kit.opens(number, document(1))
    await kit.comes_back(timedelta(hours=3))
    first, again = await asyncio.gather(kit.sends(item), kit.sends(item))
    assert first["journey"] == again["journey"]
    stands = await kit.brings(item)
    assert stands["state"] in ("waiting", "done"), (stands["why"], stands["view"]["question"])
    await counter.settle()
    stands = await kit.sends(item)
    assert (stands["state"], stands["why"]) == ("done", "")
    assert stands["view"]["said"]["text"] == f"Your line {number} is active."
    assert await kit.sends(item) == stands
    assert await counter.one("SELECT count(*) FROM product WHERE number = $1 AND status = 'active'", number) == 1
    assert await counter.one("SELECT count(*) FROM payment WHERE status = 'done' AND party = $1", stands["view"]["party"]) == 1
    assert await counter.one("SELECT count(*) FROM kit_capture") == 1
    assert await counter.one("SELECT count(*) FROM event WHERE type = 'sweep.capture_received'") == 1
    assert await state_of(counter, number) == "sold"
    written = "SELECT s.state FROM sim s JOIN product p ON p.id = s.line WHERE p.number = $1 AND s.kind = 'esim'"
    assert await counter.one(written, number) == "active"
    assert await counter.one(UNBALANCED) == 0


async def test_what_they_signed_is_kept_beside_what_they_agreed_to(place: Place) -> None:
    counter, client = place
    kit = await kit_of(counter, client, "mei")
    number = (await kit.takes_along())[0]
    stands = await kit.brings(kit.opens(number, document(2), shown_all=True))
    row = await counter.hall.engine.see(stands["journey"])
    agreed, signed = row.has("answer", "agree"), row.has("answer", "agree.signed")
    assert agreed and signed and row.entries.index(signed) == row.entries.index(agreed) + 1
    assert [line["value"] for line in agreed.value["lines"]][1] == number
    async with counter.store.edge(stands["journey"]) as tx:
        kept = await signature(tx, signed.value)
    assert kept and (kept.name, kept.type, kept.data) == ("李雷", "image/png", PIXEL)


async def test_a_number_in_a_kit_is_nobody_elses(place: Place) -> None:
    counter, client = place
    kit, other = await kit_of(counter, client, "mei"), await kit_of(counter, client, "tao")
    mine, theirs = await kit.takes_along(4), await other.takes_along(4)
    assert len(mine) == len(theirs) == 4 and not set(mine) & set(theirs)
    guest = Caller("web", Who(visitor="a guest", address="127.0.0.1"))
    view = await counter.hall.start(guest, "line.open", {"offer": "hall-59", "number": mine[0]})
    assert view.question and view.question["key"] == "number"
    assert await state_of(counter, mine[0]) == "held"
    stranger = await other.sends(other.takes_down("line.open", {"offer": "hall-59", "number": mine[0]}))
    assert stranger["view"]["question"]["key"] == "number", "another kit cannot use it either"
    item = kit.opens(mine[0], document(3))
    await kit.comes_back(KIT_LEASE - timedelta(minutes=1))
    assert (await kit.brings(item))["state"] == "done" or await _opened(counter, mine[0])
    counter.store.clock.move(timedelta(minutes=2))
    view = await counter.hall.start(guest, "line.open", {"offer": "hall-59", "number": mine[1]})
    assert view.question and view.question["key"] == "prove", "what the kit did not use is anybody's after its lease"


async def test_a_number_that_was_lost_meanwhile_is_asked_again(place: Place) -> None:
    counter, client = place
    kit = await kit_of(counter, client, "mei")
    number = (await kit.takes_along())[0]
    item = kit.opens(number, document(4))
    await kit.comes_back(KIT_LEASE + timedelta(minutes=1))
    guest = Caller("web", Who(visitor="a guest", address="127.0.0.1"))
    await counter.hall.start(guest, "line.open", {"offer": "hall-59", "number": number})
    stands = await kit.sends(item)
    assert (stands["state"], stands["stopped"], stands["view"]["question"]["key"]) == ("asking", True, "number")
    assert await counter.one("SELECT count(*) FROM product WHERE number = $1", number) == 0


@pytest.mark.parametrize("minutes", [-5, 5])
async def test_a_clock_five_minutes_off_is_no_matter(place: Place, minutes: int) -> None:
    counter, client = place
    kit = await kit_of(counter, client, "mei")
    number = (await kit.takes_along())[0]
    kit.off = timedelta(minutes=minutes, seconds=-1 if minutes > 0 else 1)
    item, now = kit.opens(number, document(5)), counter.store.clock.now()
    await kit.comes_back(timedelta(hours=2))
    stands = await kit.brings(item)
    assert stands["stopped"] is False, stands
    await counter.settle()
    assert (await kit.sends(item))["state"] == "done"
    at = await counter.one("SELECT captured_at FROM kit_capture")
    assert abs(at - now) < timedelta(seconds=5), "when it was is told by our clock"


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_clock_further_off_is_set_first(place: Place, minutes: int) -> None:
    counter, client = place
    kit = await kit_of(counter, client, "mei")
    number = (await kit.takes_along())[0]
    item = kit.opens(number, document(6))
    kit.off = timedelta(minutes=minutes)
    assert (await kit.sends(item, 422))["code"] == "kit.clock"
    assert await counter.one("SELECT count(*) FROM journey WHERE function = 'line.open'") == 0
    assert await state_of(counter, number) == "held"
    kit.off = timedelta(0)
    assert (await kit.brings(item))["stopped"] is False


async def test_six_openings_for_one_person_over_six_kits_make_five_lines(place: Place) -> None:
    counter, client = place
    kits = [await kit_of(counter, client, f"agent{serial}") for serial in range(6)]
    items = [(kit, kit.opens((await kit.takes_along(1))[0], document(7))) for kit in kits]
    await asyncio.gather(*(both(kit, item) for kit, item in items))
    for _round in range(6):
        await counter.settle()
        stands = await asyncio.gather(*(kit.sends(item) for kit, item in items))
    states = sorted(one["state"] for one in stands)
    assert states == ["done"] * 5 + ["refused"], stands
    refused = next(one for one in stands if one["state"] == "refused")
    row = await counter.hall.engine.see(refused["journey"])
    assert row.said and row.said["text"]["id"] == REFUSED
    await counter.settle()
    hashed = parties.queries.document_hash("resident_id", document(7))
    assert await counter.one("SELECT count(*) FROM line_slot WHERE document_hash = $1 AND line IS NOT NULL", hashed) == 5
    numbers = [item["given"]["number"] for _kit, item in items]
    assert sorted([await state_of(counter, number) for number in numbers]) == ["free"] + ["sold"] * 5
    assert await counter.one("SELECT count(*) FROM payment WHERE status = 'done' AND method = 'cash'") >= 5
    assert await counter.one(UNBALANCED) == 0


async def both(kit: Kit, item: dict[str, Any]) -> None:
    """A kit that is not sure sends everything twice at once."""
    await asyncio.gather(kit.sends(item), kit.sends(item))


async def test_another_price_is_not_what_was_agreed_to(place: Place) -> None:
    counter, client = place
    kit = await kit_of(counter, client, "mei")
    number = (await kit.takes_along())[0]
    item = kit.opens(number, document(8), shown_all=True)
    item["answers"][1]["shown"][-1] = "Everything is free"
    stands = await kit.brings(item)
    assert (stands["state"], stands["stopped"]) == ("asking", True)
    assert stands["why"] == "What has to be agreed to is not what was shown."
    assert await counter.one("SELECT count(*) FROM product_order WHERE journey = $1", stands["journey"]) == 0


async def _opened(counter: Counter, number: str) -> bool:
    await counter.settle()
    return bool(await counter.one("SELECT count(*) FROM product WHERE number = $1 AND status = 'active'", number))
