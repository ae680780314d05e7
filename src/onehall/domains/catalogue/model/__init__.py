"""The nouns of the catalogue, and how they are read out of TMF620 bodies."""

from onehall.domains.catalogue.model.nouns import KINDS, NAMELESS, SERVICES, Offering, Rate, Terms
from onehall.domains.catalogue.model.prices import Doc, Price, is_in_force, period_of, read_price
from onehall.domains.catalogue.model.reading import category_refs, in_force, price_refs, read_offering, specification_ref
from onehall.domains.catalogue.model.tariffs import Case, Tariff, Tier

__all__ = [
    "KINDS", "NAMELESS", "SERVICES", "Case", "Doc", "Offering", "Price", "Rate", "Tariff",
    "Terms", "Tier", "category_refs", "in_force", "is_in_force",
    "period_of", "price_refs", "read_offering", "read_price", "specification_ref",
]  # fmt: skip
