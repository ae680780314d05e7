"""What is done for work in the street: one function, one use case."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from onehall.domains import inventory
from onehall.domains.sweep import events, queries, rules, store
from onehall.domains.sweep.model import Capture, Carried, Place
from onehall.kernel.events import Origin
from onehall.kernel.ids import home_for, home_of, keyed_id
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH

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
        await end_leases(tx, staff)
        await store.carry(tx, staff, fresh)
        tx.later("sweep.end_leases", {"staff": staff}, due=until, once=f"{staff}:{until.isoformat()}")
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


async def end_leases(tx: Tx, staff: str) -> int:
    """This will end what was lent to a kit and not given back in time; gives how many. `tx` stands in the staff's home. Safe twice."""
    ended = await store.end_leases(tx, staff)
    for number, token in ended:
        tx.later("sweep.let_go", {"number": number, "token": token}, works_in=home_for(number))
    return len(ended)


async def receive(tx: Tx, staff: str, capture: Capture) -> bool:
    """This will write that something taken down in the street came in; False when it had come before. `tx` stands in the staff's home."""
    id_ = queries.capture_id(staff, capture.name)
    fresh = await store.keep_capture(tx, id_, staff, capture)
    if fresh:
        tx.tell(events.CaptureReceived(id_, capture.journey, capture.at, capture.off_seconds))
    return fresh


async def add_place(tx: Tx, id_: str, staff: str, name: str, address: str, last: str = "", seen: datetime | None = None) -> None:
    """This will put a place on a route, once; `last` is how others found it, at `seen`. `tx` stands in the staff's home."""
    if await store.add_place(tx, staff, Place(id_, rules.check_place(name), address, last, seen)):
        tx.tell(events.PlaceAdded(id_))


async def add_places(tx: Tx, staff: str, text: str) -> int:
    """This will put a list of places on a route, one a line; one that is there stays once. `tx` stands in the staff's home.

    :raises Refusal: `place.*`, 422; `route.full`, 409.
    """
    places = rules.places_in(text)
    have = {place.id for place in await queries.route(tx, staff)}
    fresh = {_place_id(staff, name, address): (name, address) for name, address in places}
    rules.check_route(len(have), len(fresh.keys() - have))
    for id_, (name, address) in fresh.items():
        await add_place(tx, id_, staff, name, address)
    return len(fresh.keys() - have)


async def assign_places(store_: Store, staff: str, places: Sequence[str], to: str, origin: Origin) -> int:
    """This will hand places over from one member of staff's route to another's; gives how many. What is gone meanwhile is left out.

    :raises Refusal: `route.full`, 409.
    """
    async with store_.edge(to) as tx:
        rules.check_route(len(await queries.route(tx, to)), len(places))

    async def hand(tx: Tx) -> int:
        ended = await store.end_places(tx, staff, places)
        for one in ended:
            body = {"id": _place_id(to, one.name, one.address), "staff": to, "name": one.name, "address": one.address, "last": one.last,
                    "seen": one.seen.isoformat() if one.seen else None}  # fmt: skip
            tx.later("sweep.add_place", body, works_in=home_of(to), once=f"{one.id}:{to}:{tx.now.isoformat()}")
            tx.tell(events.PlaceAssigned(one.id, staff, to))
        return len(ended)

    return await store_.run(home_of(staff), hand, origin) if staff != to else 0


async def note_visit(tx: Tx, id_: str, staff: str, place: str, result: str, note: str, at: datetime) -> None:
    """This will write a visit, once. `tx` stands in the staff's home."""
    if await store.add_visit(tx, id_, staff, place, rules.check_result(result), rules.check_note(note), at):
        tx.tell(events.PlaceVisited(place, result))


def _place_id(staff: str, name: str, address: str) -> str:
    return keyed_id(home_of(staff), EPOCH, "place", staff, name, address)


def _dropping(staff: str, number: str) -> Any:
    return lambda tx: store.drop(tx, staff, number)
