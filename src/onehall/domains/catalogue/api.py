"""TMF620 Product Catalog Management, version 4, over the same rows and verbs as the channels."""

from msgspec.structs import replace

from onehall.domains.catalogue.actions import offerings, parts, prices
from onehall.domains.catalogue.store import tables
from onehall.kernel.resources import know

OFFERING = replace(
    tables.OFFERING, create=offerings.publish, patch=offerings.amend, delete=offerings.remove,
    about="What is on sale: plans, packs, services. Complete ones are on sale in every channel at once.",
)  # fmt: skip
PRICE = replace(
    tables.PRICE, create=prices.add_price, patch=prices.change_price, delete=prices.remove_price,
    about="Prices; who holds an offering at an old price keeps it.",
)  # fmt: skip
SPECIFICATION = replace(
    tables.SPECIFICATION, create=parts.add_specification, patch=parts.change_specification, delete=parts.remove_specification,
    about="What offerings are made to: characteristics and their values.",
)  # fmt: skip
CATEGORY = replace(
    tables.CATEGORY, create=parts.add_category, patch=parts.change_category, delete=parts.remove_category,
    about="Families of offerings.",
)  # fmt: skip
CATALOG = replace(
    tables.CATALOG, create=parts.add_catalog, patch=parts.change_catalog, delete=parts.remove_catalog, about="Collections of categories."
)
RESOURCES = (OFFERING, PRICE, SPECIFICATION, CATEGORY, CATALOG)
know(RESOURCES)
