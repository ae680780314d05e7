"""Campaigns: written, begun, paused and stopped; what came of each, with its reasons, beside what the log says; and the call list."""

from onehall.channels.console.campaigns import calls, one, writing

ROUTES = [*writing.ROUTES, *one.ROUTES, *calls.ROUTES]

__all__ = ["ROUTES"]
