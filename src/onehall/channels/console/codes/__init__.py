"""The console's pages of codes: made, printed, passed on; and to whom orders are credited."""

from onehall.channels.console.codes import credits, making, owning

ROUTES = [*making.ROUTES, *credits.ROUTES, *owning.ROUTES]

__all__ = ["ROUTES"]
