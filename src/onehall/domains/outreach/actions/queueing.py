"""Queues: a place is taken like anything scarce, in the home of the store; clerks call."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from msgspec.structs import replace

from onehall.domains.outreach import rules
from onehall.domains.outreach.events import TicketMoved, TicketTaken
from onehall.domains.outreach.lifecycle import TICKET
from onehall.domains.outreach.model import Ticket
from onehall.domains.outreach.queries import today
from onehall.domains.outreach.store import queue
from onehall.kernel.events import Origin
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.journeys import Held
from onehall.kernel.refusals import missing
from onehall.kernel.store import Store, Tx


class QueuePlace:
    """Scarce kind "queue_place": what = {"unit", "carrier", "channel", "source"}; a place is good until the day ends."""

    async def take(self, store: Store, token: str, what: dict[str, Any]) -> Held:
        """This will put somebody into a store's queue; who stands there already keeps their place.

        :raises Refusal: `queue.full`, 409.
        """
        unit = str(what["unit"])

        async def work(tx: Tx) -> Held:
            ticket = await _standing(tx, unit, token, str(what["carrier"])) or await _added(tx, unit, token, what)
            return Held("queue_place", ticket.id, tx.home, token, _day_ends(tx.now))

        origin = Origin(channel=str(what["channel"]), source=what.get("source"), unit=unit)
        return await store.run(queue.home(unit), work, origin)

    async def extend(self, store: Store, held: Held, until: datetime) -> Held:
        """This will leave it as it is: a place lasts for the day."""
        return held

    async def release(self, tx: Tx, held: Held) -> None:
        """This will leave the queue, if nobody has called yet."""
        await queue.leave(tx, held.home, held.token)


async def call_next(tx: Tx, unit: str, staff: str) -> Ticket | None:
    """This will call whoever is next to this clerk, and end the one before as served; None when nobody waits.

    `tx` stands in the queue's home.
    """
    line = await queue.line(tx, unit, today(tx.now), 2 * rules.WAITING_MAX)
    for before in line:
        if before.state == "called" and before.staff == staff:
            await _move(tx, before, "served")
    while (found := rules.next_in_line(line)) is not None:
        now = await queue.one(tx, unit, found.id, lock=True)
        if now is not None and now.state == "waiting":
            return await _move(tx, replace(now, called=tx.now, staff=staff, calls=now.calls + 1), "called", before=now.state)
        line.remove(found)  # another clerk was quicker
    return None


async def end_call(tx: Tx, unit: str, ticket: str, came: bool) -> Ticket:
    """This will write whether the one who was called came; who did not may be called once more. `tx` is in the queue's home.

    :raises Refusal: `not.found`, 404; `lifecycle.step`, 409, they were not called.
    """
    found = await queue.one(tx, unit, ticket, lock=True)
    if found is None or found.unit != unit:
        raise missing(_("ticket"))
    return await _move(tx, found, rules.to_end_with(found, came))


async def _move(tx: Tx, ticket: Ticket, state: str, before: str | None = None) -> Ticket:
    moved = replace(ticket, state=TICKET.check(before or ticket.state, state))
    await queue.move(tx, moved)
    waited = round(((ticket.called or tx.now) - ticket.taken).total_seconds())
    tx.tell(TicketMoved(ticket.id, ticket.unit, ticket.number, state, max(0, waited)))
    return moved


async def _standing(tx: Tx, unit: str, token: str, carrier: str) -> Ticket | None:
    before = await queue.of_token(tx, unit, token)
    return before or (await queue.of_carrier(tx, unit, today(tx.now), carrier) if carrier else None)


async def _added(tx: Tx, unit: str, token: str, what: dict[str, Any]) -> Ticket:
    day = today(tx.now)
    rules.check_room(len(await queue.line(tx, unit, day, 2 * rules.WAITING_MAX)))
    number = await queue.draw(tx, unit, day)
    ticket = Ticket(tx.new_id(), unit, day, number, TICKET.first, str(what["channel"]), tx.now)
    await queue.insert(tx, ticket, token, str(what["carrier"]) or f"ticket:{token}", what.get("source"))
    tx.tell(TicketTaken(ticket.id, unit, number))
    return ticket


def _day_ends(at: datetime) -> datetime:
    tomorrow = today(at) + timedelta(days=1)
    return datetime.combine(tomorrow, time(0), ZONE).astimezone(UTC)
