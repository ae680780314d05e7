"""Questions about the catalogue; they change nothing and, but for the first in a second, cost no statement."""

from onehall.domains.catalogue.queries import showing, tariffs
from onehall.domains.catalogue.queries.calendar import days
from onehall.domains.catalogue.queries.offerings import (
    at_price,
    catalog,
    check_on_sale,
    known,
    offering,
    packs,
    plans,
    services,
    stored,
    unbundled,
)

__all__ = [
    "at_price", "catalog", "check_on_sale", "days", "known", "offering", "packs", "plans", "services", "showing", "stored", "tariffs",
    "unbundled",
]  # fmt: skip
