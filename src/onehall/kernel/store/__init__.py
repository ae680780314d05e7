"""The store: one edge, one transaction. Only this room opens and commits transactions."""

from onehall.kernel.store.leaving import Again, Lost
from onehall.kernel.store.migrate import migrate, missing_migrations
from onehall.kernel.store.pool import Store
from onehall.kernel.store.statements import counting
from onehall.kernel.store.together import Together
from onehall.kernel.store.transaction import Tx

__all__ = ["Again", "Lost", "Store", "Together", "Tx", "counting", "migrate", "missing_migrations"]
