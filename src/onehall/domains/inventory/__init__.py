"""Inventory: what the operator has and what its customers have of it.

A *number* is free, held (under a lease), sold or resting; nice ones stand in a *tier* that costs a prepayment, a minimum
spend and a lock. A *SIM* is a card or an eSIM profile in somebody's stock. A *line* is one subscription with its number; a
*pack* is sold on top of a line; both are Products (SID), as is what else a party was sold.
"""

from onehall.domains.inventory import actions, queries, rules
from onehall.domains.inventory.actions.asking import ask_line
from onehall.domains.inventory.events import (
    LineActivated,
    LineCreated,
    LineReceived,
    LineRestored,
    LineSuspended,
    LineTerminated,
    NumberChanged,
    NumberNotChanged,
    NumberReleased,
    NumberSold,
    OfferingChanged,
    OfferingChangePlanned,
    OwnerChanged,
    PackAdded,
    PackDropped,
    SimReplaced,
    SimReplacementAsked,
    SimReplacementFailed,
)
from onehall.domains.inventory.model import Change, Line, Number, NumberOffer, Pack, Replacement, Sim, SimRow, StockNumber, Terms

__all__ = [
    "Change", "Line", "LineActivated", "LineCreated", "LineReceived", "LineRestored", "LineSuspended", "LineTerminated", "Number",
    "NumberChanged", "NumberNotChanged", "NumberOffer", "NumberReleased", "NumberSold", "OfferingChangePlanned", "OfferingChanged",
    "OwnerChanged", "Pack", "PackAdded", "PackDropped", "Replacement", "Sim", "SimReplaced", "SimReplacementAsked", "SimReplacementFailed",
    "SimRow", "StockNumber", "Terms", "actions", "ask_line", "queries", "rules",
]  # fmt: skip
