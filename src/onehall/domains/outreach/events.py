"""What reaching out tells."""

from datetime import datetime

from onehall.kernel import timeline
from onehall.kernel.events import Fact
from onehall.kernel.i18n import _


class CodesMade(Fact, frozen=True, tag="outreach.codes_made"):
    """Codes were made, one or many at once."""

    batch: str
    kind: str
    count: int


class CodePassedOn(Fact, frozen=True, tag="outreach.code_passed_on"):
    """A code has another owner; orders placed before keep theirs."""

    code: str
    unit: str | None = None
    staff: str | None = None
    campaign: str | None = None


class CodeEnded(Fact, frozen=True, tag="outreach.code_ended"):
    """A code leads nowhere any more."""

    code: str


class CodeScanned(Fact, frozen=True, tag="outreach.code_scanned"):
    """Somebody scanned a code; `carrier` is who, as far as we know them ("visitor:...", "party:...")."""

    carrier: str
    code: str
    kind: str
    at: datetime
    unit: str | None = None
    staff: str | None = None
    campaign: str | None = None
    offering: str | None = None


class OrderCredited(Fact, frozen=True, tag="outreach.order_credited"):
    """An order was credited to store, clerk and campaign by the published rule, or to none."""

    order: str
    access: str
    code: str | None = None
    unit: str | None = None
    staff: str | None = None
    campaign: str | None = None


class TicketTaken(Fact, frozen=True, tag="queue.ticket_taken"):
    """Somebody stands in the queue of a store."""

    ticket: str
    unit: str
    number: int


class TicketMoved(Fact, frozen=True, tag="queue.ticket_moved"):
    """A ticket was called, served, missed or left; `seconds` is how long its holder has waited."""

    ticket: str
    unit: str
    number: int
    state: str
    seconds: int = 0


timeline.WORDS |= {
    "outreach.codes_made": _("Codes made: {count}"),
    "outreach.code_passed_on": _("Code {code} has another owner"),
    "outreach.code_ended": _("Code {code} ended"),
    "outreach.code_scanned": _("Code {code} scanned"),
    "outreach.order_credited": _("Order credited by code {code} ({access})"),
    "queue.ticket_taken": _("Queue number {number} taken"),
    "queue.ticket_moved": _("Queue number {number}: {state}"),
}
