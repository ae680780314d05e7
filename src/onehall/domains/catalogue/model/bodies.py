"""The bodies of TMF620: what is checked of them; attributes that are not named here are kept as sent."""

from typing import Any

from onehall.kernel.resources import Body, MoneyAmount, Quantity, Ref, TimePeriod


class OfferingBody(Body):
    """ProductOffering. `names`, `descriptions`, `badges` by language, `terms` and `features` are our own additions."""

    name: str
    description: str | None = None
    version: str | None = None
    lifecycle_status: str | None = None
    is_bundle: bool | None = None
    is_sellable: bool | None = None
    status_reason: str | None = None
    valid_for: TimePeriod | None = None
    product_offering_price: list[dict[str, Any]] | None = None
    product_specification: Ref | None = None
    category: list[dict[str, Any]] | None = None
    channel: list[dict[str, Any]] | None = None
    bundled_product_offering: list[dict[str, Any]] | None = None
    product_offering_relationship: list[dict[str, Any]] | None = None
    product_offering_term: list[dict[str, Any]] | None = None
    prod_spec_char_value_use: list[dict[str, Any]] | None = None
    names: dict[str, str] | None = None
    descriptions: dict[str, str] | None = None


class PriceBody(Body):
    """ProductOfferingPrice."""

    name: str | None = None
    description: str | None = None
    version: str | None = None
    lifecycle_status: str | None = None
    is_bundle: bool | None = None
    price_type: str | None = None
    price: MoneyAmount | None = None
    recurring_charge_period_type: str | None = None
    recurring_charge_period_length: int | None = None
    unit_of_measure: Quantity | None = None
    valid_for: TimePeriod | None = None


class SpecificationBody(Body):
    """ProductSpecification."""

    name: str
    description: str | None = None
    brand: str | None = None
    version: str | None = None
    product_number: str | None = None
    lifecycle_status: str | None = None
    is_bundle: bool | None = None
    valid_for: TimePeriod | None = None
    product_spec_characteristic: list[dict[str, Any]] | None = None


class CategoryBody(Body):
    """Category."""

    name: str
    description: str | None = None
    version: str | None = None
    lifecycle_status: str | None = None
    is_root: bool | None = None
    parent_id: str | None = None
    valid_for: TimePeriod | None = None
    names: dict[str, str] | None = None


class CatalogBody(Body):
    """Catalog."""

    name: str
    description: str | None = None
    catalog_type: str | None = None
    version: str | None = None
    lifecycle_status: str | None = None
    valid_for: TimePeriod | None = None
    category: list[dict[str, Any]] | None = None
