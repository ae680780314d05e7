"""Private shops, as an account manager makes and keeps them: one page for each."""

from onehall.channels.console.stores.changing import ROUTES as CHANGING
from onehall.channels.console.stores.looking import ROUTES as LOOKING
from onehall.channels.console.stores.looking import account_managers_only
from onehall.channels.console.stores.sheets import ROUTES as SHEETS

ROUTES = [*LOOKING, *CHANGING, *SHEETS]

__all__ = ["ROUTES", "account_managers_only"]
