"""The TMF620 resources as rows: their tables and typed columns. The verbs are put to them in `api`."""

from typing import Any

import msgspec

from onehall.domains.catalogue.model import bodies
from onehall.kernel.resources import Access, Column, Kind, Resource

API = "productCatalogManagement"


def _resource(name: str, table: str, attributes: type[msgspec.Struct], mandatory: tuple[str, ...], status: str, **more: Any) -> Resource:
    columns = {
        "name": Column("name"), "lifecycleStatus": Column("status", live=True), "lastUpdate": Column("updated", Kind.TIME, live=True),
        **more.pop("columns", {}),
    }  # fmt: skip
    return Resource(
        api=API, name=name, table=table, attributes=attributes, mandatory=mandatory, columns=columns, reference=True, party=None, unit=None,
        page=1000, state="lifecycleStatus", fixed=("lastUpdate",), defaults={"lifecycleStatus": status}, may_read=Access.PUBLIC,
        may_write=Access.PARTNER, **more,
    )  # fmt: skip


_SPAN = {"validFor.startDateTime": Column("starts", Kind.TIME), "validFor.endDateTime": Column("ends", Kind.TIME)}
OFFERING = _resource("productOffering", "product_offering", bodies.OfferingBody, ("name",), "In study", columns=_SPAN)
PRICE = _resource(
    "productOfferingPrice",
    "product_offering_price",
    bodies.PriceBody,
    ("name",),
    "Active",
    columns={**_SPAN, "priceType": Column("price_type")},
)
SPECIFICATION = _resource("productSpecification", "product_specification", bodies.SpecificationBody, ("name",), "In study")
CATEGORY = _resource("category", "category", bodies.CategoryBody, ("name",), "Active")
CATALOG = _resource("catalog", "catalog", bodies.CatalogBody, ("name",), "Active")
