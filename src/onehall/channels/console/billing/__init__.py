"""The console's pages of billing: tariffs, allowances, what use was rated to, bill runs, reconciliation, revenue."""

from onehall.channels.console.billing import allowances, reconciliation, revenue, runs, tariffs, usage, waiting

PARTS = (tariffs, allowances, usage, waiting, runs, reconciliation, revenue)
ROUTES = [route for part in PARTS for route in part.ROUTES]

__all__ = ["ROUTES"]
