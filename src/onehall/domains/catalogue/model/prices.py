"""How a TMF ProductOfferingPrice is read. What cannot be read is left out and said, never guessed."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from onehall.domains.catalogue.model.nouns import Rate
from onehall.domains.catalogue.model.tariffs import Tariff, flat, read_tariff
from onehall.kernel.money import CURRENCY, Money, exponent

Doc = dict[str, Any]
MINOR_MAX = 10**12
_RECURRING = ("recurring", "monthly", "recurringfee", "subscription")
_ONCE = ("onetime", "once", "nonrecurring", "oneoff")
_MONTHS = {"": 1, "month": 1, "months": 1, "monthly": 1, "m": 1, "mon": 1, "1 month": 1, "p1m": 1}
_UNITS = {
    "mb": ("data_mb", 1), "gb": ("data_mb", 1024), "data_mb": ("data_mb", 1), "min": ("voice_min", 1), "mins": ("voice_min", 1),
    "minute": ("voice_min", 1), "minutes": ("voice_min", 1), "voice_min": ("voice_min", 1), "h": ("voice_min", 60),
    "hour": ("voice_min", 60), "hours": ("voice_min", 60), "sms": ("sms", 1), "message": ("sms", 1), "messages": ("sms", 1),
    "text": ("sms", 1), "texts": ("sms", 1),
}  # fmt: skip


class Price(msgspec.Struct, frozen=True):
    """A price as read: `kind` is fee (a month), once, usage or "" (unreadable); `rate` and `tariff` are set for usage."""

    id: str
    kind: str
    amount: Money | None = None
    service: str = ""
    rate: Rate | None = None
    tariff: Tariff | None = None


def read_price(id_: str, doc: Doc) -> Price:
    """This will read one price."""
    kind, amount = _kind(doc), _amount(doc)
    if amount is None or not kind:
        return Price(id_, "")
    if kind != "usage":
        return Price(id_, kind, amount)
    unit = doc.get("unitOfMeasure")
    unit = unit if isinstance(unit, dict) else {}
    service, size = _UNITS.get(str(unit.get("units", "")).strip().lower(), ("", 0))
    count = whole(unit.get("amount", 1))
    if not service or not count:
        return Price(id_, "")
    fine = flat(service, Decimal(amount.minor), count * size) if "tariff" not in doc else read_tariff(service, doc["tariff"])
    return Price(id_, kind, amount, service, Rate(amount, count * size), fine) if fine else Price(id_, "")


def period_of(doc: Doc) -> tuple[datetime | None, datetime | None]:
    """This will read `validFor`: start and end, None where open."""
    span = doc.get("validFor")
    span = span if isinstance(span, dict) else {}
    return _time(span.get("startDateTime")), _time(span.get("endDateTime"))


def is_in_force(doc: Doc, at: datetime) -> bool:
    """This will tell whether a price's own validity holds a time."""
    start, end = period_of(doc)
    return (start is None or start <= at) and (end is None or at < end)


def whole(value: Any) -> int:
    """This will read a whole number of zero or more out of what a body holds; 0 where there is none."""
    exact = number(value)
    return int(exact) if exact is not None and 0 <= exact <= MINOR_MAX else 0


def number(value: Any) -> Decimal | None:
    """This will read a number exactly, out of a number or a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        exact = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return exact if exact.is_finite() else None


def unit_of(name: str) -> tuple[str, int]:
    """This will give the service that a unit measures and how many of our units it is; ("", 0) for an unknown one."""
    return _UNITS.get(name.strip().lower(), ("", 0))


def _kind(doc: Doc) -> str:
    said = re.sub(r"[^a-z]", "", str(doc.get("priceType") or "").lower())
    if said in _RECURRING:
        every = str(doc.get("recurringChargePeriodType") or doc.get("recurringChargePeriod") or "").strip().lower()
        length = whole(doc.get("recurringChargePeriodLength", 1)) or 1
        return "fee" if _MONTHS.get(every) and length == 1 else ""
    return "once" if said in _ONCE else "usage" if said == "usage" else ""


def _amount(doc: Doc) -> Money | None:
    price = doc.get("price")
    if not isinstance(price, dict):
        return None
    for inner in ("taxIncludedAmount", "dutyFreeAmount"):
        if isinstance(price.get(inner), dict):
            price = price[inner]
            break
    currency = str(price.get("unit") or CURRENCY).strip().upper()
    exact = number(price.get("value"))
    if exact is None or not re.fullmatch(r"[A-Z]{3}", currency):
        return None
    minor = exact.scaleb(exponent(currency))
    if minor != minor.to_integral_value() or not 0 <= minor <= MINOR_MAX:
        return None
    return Money(int(minor), currency)


def _time(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
