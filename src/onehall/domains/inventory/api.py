"""TMF637 Product; TMF639 Resource: numbers (logical), SIMs (physical), and both together."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from onehall.domains.inventory import actions
from onehall.domains.inventory.store import tables
from onehall.kernel.resources import Body, Characteristic, Note, Ref, RelatedParty, know


class ProductBody(Body):
    """TMF637 Product; attributes it does not name are kept as sent."""

    name: str | None = None
    description: str | None = None
    status: str | None = None
    is_bundle: bool | None = None
    is_customer_visible: bool | None = None
    product_serial_number: str | None = None
    order_date: datetime | None = None
    start_date: datetime | None = None
    termination_date: datetime | None = None
    product_offering: Ref | None = None
    product_specification: Ref | None = None
    billing_account: Ref | None = None
    related_party: list[RelatedParty] | None = None
    product_characteristic: list[Characteristic] | None = None
    product_price: list[dict[str, Any]] | None = None
    product_relationship: list[dict[str, Any]] | None = None
    realizing_resource: list[Ref] | None = None


class ResourceBody(Body):
    """TMF639 Resource, as far as it can be changed here."""

    description: str | None = None
    administrative_state: str | None = None
    note: list[Note] | None = None
    place: dict[str, Any] | None = None


PRODUCT = replace(
    tables.PRODUCT, attributes=ProductBody, create=actions.record_product, patch=actions.amend_product, delete=actions.delete_product,
    about="What a party has: its lines, the packs on them, and what else it was sold.",
)  # fmt: skip
LOGICAL = replace(
    tables.LOGICAL, attributes=ResourceBody, patch=actions.amend_number,
    about="Numbers in stock: free, held, resting or sold. One that is locked is not for sale.",
)  # fmt: skip
PHYSICAL = replace(
    tables.PHYSICAL, attributes=ResourceBody, patch=actions.amend_sim, about="SIM cards and eSIM profiles, from stock to retirement."
)
RESOURCE = replace(tables.RESOURCE, about="Numbers and SIMs together, to read.")
RESOURCES = (PRODUCT, LOGICAL, PHYSICAL, RESOURCE)
know(RESOURCES)
