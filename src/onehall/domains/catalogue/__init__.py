"""Catalogue: what is on sale, when, where and at what price.

Words: *offering* (a plan, pack, service or device, read from a TMF620 ProductOffering), *terms* (what an offering gives and costs
over a period; a subscriber holds them by `price_id` for ever), *gap* (why an offering cannot be on sale), *shelf* (all terms,
kept in each process by version), *unbundled* (what sells the parts of a bundle one by one).
"""

from onehall.domains.catalogue import actions, functions, queries, rules
from onehall.domains.catalogue.api import RESOURCES
from onehall.domains.catalogue.events import OfferingPublished, OfferingWithdrawn, TermsChanged
from onehall.domains.catalogue.model import KINDS, SERVICES, Case, Offering, Rate, Tariff, Tier
from onehall.domains.catalogue.queries.showing import option

__all__ = [
    "KINDS", "RESOURCES", "SERVICES", "Case", "Offering", "OfferingPublished", "OfferingWithdrawn", "Rate", "Tariff", "TermsChanged",
    "Tier", "actions", "functions", "option", "queries", "rules",
]  # fmt: skip
