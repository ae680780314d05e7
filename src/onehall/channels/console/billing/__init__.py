"""The console's pages of billing: tariffs, allowances, what use was rated to, bill runs, invoices, reconciliation, revenue."""

from onehall.channels.console.billing import allowances, invoices, reconciliation, revenue, runs, tariffs, usage, waiting

PARTS = (tariffs, allowances, usage, waiting, runs, invoices, reconciliation, revenue)
ROUTES = [route for part in PARTS for route in part.ROUTES]

__all__ = ["ROUTES"]
