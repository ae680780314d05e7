"""What is done for work in the street: one function, one use case."""

import secrets
from datetime import datetime
from typing import Any

from onehall.domains import inventory
from onehall.domains.sweep import events, queries, rules, store
from onehall.domains.sweep.model import Capture, Carried
from onehall.kernel.events import Origin
from onehall.kernel.ids import home_of
from onehall.kernel.store import Store, Tx

TOKEN_BYTES = 16
SEARCHED = 24


async def hand_numbers(store_: Store, staff: str, asked: int, origin: Origin) -> list[Carried]:
    """This will lend ordinary numbers to a kit until it has as many as it asks for; gives all that it then has.

    The lease is written first, so that whatever is held is known; a number that is gone meanwhile is left out.
    """
    have = await queries.carried(store_, staff)
    want = rules.numbers_to_hand(len(have), asked)
    if not want:
        return have
    async with store_.edge(0) as tx:
        offers = [one.number for one in await inventory.queries.search_numbers(tx, "", SEARCHED) if not one.tier][:want]
        until = rules.lease_until(tx.now)
    fresh = [Carried(number, f"kit:{secrets.token_hex(TOKEN_BYTES)}", until) for number in offers]

    async def carry(tx: Tx) -> None:
        await store.carry(tx, staff, fresh)
        tx.tell(events.NumbersHanded(staff, offers, until))

    if fresh:
        await store_.run(home_of(staff), carry, origin)
    return have + [one for one in fresh if await inventory.actions.lend_number(store_, one.number, one.token, one.until)]


async def give_back_numbers(store_: Store, staff: str, origin: Origin) -> int:
    """This will let all numbers go that a kit has; gives how many. One that a journey took from it stays the journey's."""
    have = await queries.carried(store_, staff)
    for one in have:
        await inventory.actions.give_back_number(store_, one.number, one.token)
        await store_.run(home_of(staff), _dropping(staff, one.number), origin)
    return len(have)


async def receive(tx: Tx, staff: str, capture: Capture) -> bool:
    """This will write that something taken down in the street came in; False when it had come before. `tx` stands in the staff's home."""
    id_ = queries.capture_id(staff, capture.name)
    fresh = await store.keep_capture(tx, id_, staff, capture)
    if fresh:
        tx.tell(events.CaptureReceived(id_, capture.journey, capture.at, capture.off_seconds))
    return fresh


async def add_place(tx: Tx, id_: str, staff: str, name: str, address: str) -> None:
    """This will put a place on a route, once. `tx` stands in the staff's home."""
    if await store.add_place(tx, id_, staff, rules.check_place(name), address):
        tx.tell(events.PlaceAdded(id_))


async def note_visit(tx: Tx, id_: str, staff: str, place: str, result: str, note: str, at: datetime) -> None:
    """This will write a visit, once. `tx` stands in the staff's home."""
    if await store.add_visit(tx, id_, staff, place, rules.check_result(result), rules.check_note(note), at):
        tx.tell(events.PlaceVisited(place, result))


def _dropping(staff: str, number: str) -> Any:
    return lambda tx: store.drop(tx, staff, number)
