"""Sweep: work in streets and buildings. Words: *kit* (a member of staff's phone, which works without a net), *route* (the places that
they go round), *visit* (having been at one, and how it ended), *carried number* (lent to a kit for a day, offered to nobody else),
*capture* (what a kit took down without a net, under a name of its own).
"""

from onehall.domains.sweep import actions, functions, queries, reactions, rules
from onehall.domains.sweep.model import RESULTS, Call, Capture, Carried, Place, Round

__all__ = ["RESULTS", "Call", "Capture", "Carried", "Place", "Round", "actions", "functions", "queries", "reactions", "rules"]
