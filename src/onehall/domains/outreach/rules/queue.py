"""Who is next in a store's queue."""

from collections.abc import Sequence

from onehall.domains.outreach.model import Ticket
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

WAITING_MAX = 200
CALLS_MAX = 2
_LETTER = "A"


def ticket_number(number: int) -> str:
    """A place in the queue is called by a letter and three digits, beginning anew each day: A001."""
    return f"{_LETTER}{number:03}"


def check_number(text: str) -> str:
    """A place in the queue is looked up by what stands on the ticket: A001, or 1."""
    digits = text.strip().upper().removeprefix(_LETTER)
    if not digits.isascii() or not digits.isdigit() or not 1 <= int(digits[:6]) <= 9_999:
        raise Refusal("ticket.form", _("A number in the queue looks like A001."), 422)
    return ticket_number(int(digits[:6]))


def check_room(waiting: int) -> None:
    """A queue takes 200 people at most; who comes then is told so and not left standing."""
    if waiting >= WAITING_MAX:
        raise Refusal("queue.full", _("The queue of this store is full. Please come back later."), 409)


def next_in_line(tickets: Sequence[Ticket]) -> Ticket | None:
    """Who took their number first is called first; one who was called in vain once more after all who have not been called yet."""
    waiting = [one for one in tickets if one.state == "waiting"]
    return min(waiting, key=lambda one: (one.calls, one.number), default=None)


def ahead(ticket: Ticket, waiting: Sequence[Ticket]) -> int:
    """Before a place in the queue stand all who wait and would be called sooner."""
    return sum(1 for one in waiting if one.state == "waiting" and (one.calls, one.number) < (ticket.calls, ticket.number))


def to_end_with(ticket: Ticket, came: bool) -> str:
    """One who was called and did not come may wait once more; after the second call in vain the place is gone."""
    if came:
        return "served"
    return "waiting" if ticket.calls < CALLS_MAX else "no_show"
