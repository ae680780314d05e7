"""Fulfilment: doing what was ordered. Words: *plan* (the steps of an order and what each needs), *step* (one thing done,
by us or by the world), *undo* (what takes a done step back when the order cannot be finished), *node* (a step that a person does: in the
fulfilment centre, where a card that is sent is made, or on the road, where a courier brings it)."""

from onehall.domains.fulfilment import actions, functions, queries, reactions, rules
from onehall.domains.fulfilment.actions.asking import ask_address, follow_card
from onehall.domains.fulfilment.model import Confirmed, Plan, Step

__all__ = ["Confirmed", "Plan", "Step", "actions", "ask_address", "follow_card", "functions", "queries", "reactions", "rules"]
