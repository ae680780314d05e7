"""Reaching out: what leads people from the street to the hall. Words: *code* (a QR of a store, a clerk, a shelf item or a campaign,
with its *owner*, which may change), *touch* (a scan, with the owner of that moment), *credit* (whose order it is, by the published
rule), *ticket* (a place in a store's queue for one day)."""

from onehall.domains.outreach import actions, queries, rules
from onehall.domains.outreach.events import (
    CodeEnded,
    CodePassedOn,
    CodeScanned,
    CodesMade,
    OrderCredited,
    TicketMoved,
    TicketTaken,
)
from onehall.domains.outreach.model import KINDS, Batch, Code, Credit, Owner, Share, Stock, Tenure, Ticket, Touch, Weighed

__all__ = [
    "KINDS", "Batch", "Code", "CodeEnded", "CodePassedOn", "CodeScanned", "CodesMade", "Credit", "OrderCredited", "Owner", "Share", "Stock",
    "Tenure", "Ticket", "TicketMoved", "TicketTaken", "Touch", "Weighed", "actions", "queries", "rules",
]  # fmt: skip
