"""Fulfilment: doing what was ordered. Words: *plan* (the steps of an order and what each needs), *step* (one thing done,
by us or by the world), *undo* (what takes a done step back when the order cannot be finished)."""

from onehall.domains.fulfilment import actions, queries, reactions
from onehall.domains.fulfilment.model import Plan, Step

__all__ = ["Plan", "Step", "actions", "queries", "reactions"]
