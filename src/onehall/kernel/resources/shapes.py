"""Shapes that TM Forum bodies share. A domain's body is a `Body` of its own; attributes it does not name are kept as sent.

    class Offering(Body):
        name: str
        is_bundle: bool | None = None
        valid_for: TimePeriod | None = None
"""

from datetime import datetime
from typing import Any

import msgspec


class Body(msgspec.Struct, kw_only=True, rename="camel"):
    """A TM Forum object: attributes in camelCase, each optional unless it has no default."""

    id: str | None = None
    href: str | None = None
    type_: str | None = msgspec.field(default=None, name="@type")
    base_type: str | None = msgspec.field(default=None, name="@baseType")
    schema_location: str | None = msgspec.field(default=None, name="@schemaLocation")


class TimePeriod(msgspec.Struct, kw_only=True, rename="camel"):
    """A period; the end is open when it is not said."""

    start_date_time: datetime | None = None
    end_date_time: datetime | None = None


class Ref(Body):
    """A reference to something by its id, or by its href or name where the id is not known."""

    name: str | None = None
    version: str | None = None
    referred_type: str | None = msgspec.field(default=None, name="@referredType")


class RelatedParty(Ref):
    """Someone who has to do with the thing, and as what."""

    role: str | None = None


class MoneyAmount(msgspec.Struct, kw_only=True, rename="camel"):
    """An amount of money in major units."""

    unit: str | None = None
    value: float | int | None = None


class Quantity(msgspec.Struct, kw_only=True, rename="camel"):
    """An amount of something in its units."""

    amount: float | int | None = None
    units: str | None = None


class Note(Body):
    """Words that someone left."""

    author: str | None = None
    date: datetime | None = None
    text: str | None = None


class Characteristic(Body):
    """A named value."""

    name: str
    value: Any = None
    value_type: str | None = None
