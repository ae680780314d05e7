"""The console's pages of billing: tariffs, allowances, what use was rated to, bill runs, reconciliation, revenue."""

from onehall.channels.console.billing import allowances, reconciliation, revenue, runs, tariffs, usage, waiting

ROUTES = [*tariffs.ROUTES, *allowances.ROUTES, *usage.ROUTES, *waiting.ROUTES, *runs.ROUTES, *reconciliation.ROUTES, *revenue.ROUTES]

__all__ = ["ROUTES"]
