"""The fulfilment centre and the courier's round: what waits at each node, one touch for each, one page for each order."""

from onehall.channels.console.centre.looking import ROUTES as LOOKING
from onehall.channels.console.centre.looking import centre_only
from onehall.channels.console.centre.touching import ROUTES as TOUCHING

ROUTES = [*LOOKING, *TOUCHING]

__all__ = ["ROUTES", "centre_only"]
