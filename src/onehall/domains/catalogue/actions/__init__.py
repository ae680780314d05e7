"""The verbs of the catalogue, shared by the API, the loaders and the demo operator."""

from onehall.domains.catalogue.actions.calendar import mark_days
from onehall.domains.catalogue.actions.offerings import amend, publish, put, remove, withdraw
from onehall.domains.catalogue.actions.parts import put_catalog, put_category, put_specification
from onehall.domains.catalogue.actions.prices import add_price, change_price
from onehall.domains.catalogue.actions.private import agree_terms

__all__ = [
    "add_price", "agree_terms", "amend", "change_price", "mark_days", "publish", "put", "put_catalog", "put_category",
    "put_specification", "remove", "withdraw",
]  # fmt: skip
