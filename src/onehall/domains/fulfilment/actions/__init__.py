"""Verbs of fulfilment: the plan and its steps, room by room."""

from onehall.domains.fulfilment.actions import centre, delivery, line, money, network, sim
from onehall.domains.fulfilment.actions.plan import advance, begin, done, failed, undo, undone

__all__ = ["advance", "begin", "centre", "delivery", "done", "failed", "line", "money", "network", "sim", "undo", "undone"]
