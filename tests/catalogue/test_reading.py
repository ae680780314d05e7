"""TMF620 bodies as they come: what is read out of them, and what is left out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from onehall.domains.catalogue.model import Rate, read_offering, read_price
from onehall.kernel.money import Money
from tests.catalogue.bodies import price

NOW = datetime(2025, 6, 15, tzinfo=UTC)


def read(doc: dict[str, Any], *prices: dict[str, Any], spec: dict[str, Any] | None = None) -> Any:
    """Reads an offering with its prices."""
    named = {f"p{place}": one for place, one in enumerate(prices)}
    return read_offering("x", {"name": "X", "isSellable": True} | doc, named, NOW, spec, {})


def traits(**values: Any) -> list[dict[str, Any]]:
    """Characteristics in the shape of prodSpecCharValueUse."""
    return [{"name": name, "productSpecCharacteristicValue": [{"value": value}]} for name, value in values.items()]


@pytest.mark.parametrize(
    ("doc", "kind", "amount"),
    [
        (price(59), "fee", Money(5900)), (price(59.9), "fee", Money(5990)), (price("59.90"), "fee", Money(5990)),
        (price(0.1), "fee", Money(10)),
        (price(0), "fee", Money(0)), (price(5, "oneTime"), "once", Money(500)), (price(5, "One-time"), "once", Money(500)),
        (price(9, price={"unit": "JPY", "value": 9}), "fee", Money(9, "JPY")),
        (price(9, price={"taxIncludedAmount": {"unit": "sgd", "value": 9}}), "fee", Money(900, "SGD")),
        (price(9, price={"value": 9}), "fee", Money(900)),
        (price(9, recurringChargePeriodType="year"), "", None), (price(9, recurringChargePeriodLength=3), "", None),
        (price(0.001), "", None), (price(-1), "", None), (price("NaN"), "", None), (price(1e300), "", None), (price(True), "", None),
        (price(9, price={"unit": "yuan!", "value": 9}), "", None), ({"priceType": "recurring"}, "", None),
        ({"price": {"value": 1}}, "", None),
        (price(9, price="9"), "", None), (price(9, priceType=7), "", None),
    ],
)  # fmt: skip
def test_prices(doc: dict[str, Any], kind: str, amount: Money | None) -> None:
    found = read_price("p", doc)
    assert (found.kind, found.amount) == (kind, amount)


@pytest.mark.parametrize(
    ("unit", "service", "rate"),
    [
        ({"amount": 1, "units": "GB"}, "data_mb", Rate(Money(500), 1024)),
        ({"amount": 100, "units": "MB"}, "data_mb", Rate(Money(500), 100)),
        ({"units": "minutes"}, "voice_min", Rate(Money(500))), ({"amount": 1, "units": "SMS"}, "sms", Rate(Money(500))),
        ({"amount": 0, "units": "SMS"}, "", None), ({"amount": 1, "units": "cows"}, "", None), (None, "", None),
    ],
)  # fmt: skip
def test_rates(unit: Any, service: str, rate: Rate | None) -> None:
    found = read_price("p", price(5, "usage", unitOfMeasure=unit))
    assert (found.service, found.rate) == (service, rate)


@pytest.mark.parametrize(
    ("doc", "allowances"),
    [
        ({"prodSpecCharValueUse": traits(data_mb=1024, voice_min="100", sms=50)}, {"data_mb": 1024, "voice_min": 100, "sms": 50}),
        ({"prodSpecCharValueUse": traits(data_gb=1.5)}, {"data_mb": 1536}),
        ({"productOfferingCharacteristic": [{"name": "Data", "value": 2, "unitOfMeasure": "GB"}]}, {"data_mb": 2048}),
        ({"productCharacteristic": [{"name": "sms", "value": "many"}]}, {}),
        ({"prodSpecCharValueUse": traits(data_mb=-5, voice_min=None, sms=0)}, {}),
        ({"prodSpecCharValueUse": "odd"}, {}), ({"prodSpecCharValueUse": [7, {"name": 7}, {"productSpecCharacteristicValue": 7}]}, {}),
        ({"prodSpecCharValueUse": [{"name": "sms", "productSpecCharacteristicValue": [{"value": 1}, {"value": 2, "isDefault": True}]}]},
        {"sms": 2}),
    ],
)  # fmt: skip
def test_allowances(doc: dict[str, Any], allowances: dict[str, int]) -> None:
    assert read(doc).allowances == allowances


def test_the_specification_stands_below_the_offering() -> None:
    spec = {
        "productSpecCharacteristic": [{"name": "data_mb", "productSpecCharacteristicValue": [{"value": 5}]}, {"name": "sms", "value": 9}]
    }
    assert read({"prodSpecCharValueUse": traits(data_mb=7)}, spec=spec).allowances == {"data_mb": 7, "sms": 9}


@pytest.mark.parametrize(
    ("doc", "prices", "kind"),
    [
        ({"prodSpecCharValueUse": traits(kind="Pack")}, [price(1)], "pack"), ({"category": [{"name": "Mobile plans"}]}, [], "plan"),
        ({"category": [{"name": "流量包"}]}, [], "pack"), ({"category": [{"id": "add-ons"}]}, [price(1)], "pack"),
        ({"category": [{"name": "增值服务"}]}, [], "service"), ({"category": [{"name": "Handsets"}]}, [], "device"),
        ({"productOfferingRelationship": [{"id": "p", "relationshipType": "requires"}]}, [price(1)], "pack"),
        ({"prodSpecCharValueUse": traits(data_mb=1)}, [price(1)], "plan"),
        ({"prodSpecCharValueUse": traits(data_mb=1)}, [price(1, "oneTime")], "pack"),
        ({}, [price(1)], "plan"), ({"isSellable": None}, [price(1)], ""), ({}, [price(1, "oneTime")], ""), ({}, [], ""),
    ],
)  # fmt: skip
def test_kind(doc: dict[str, Any], prices: list[dict[str, Any]], kind: str) -> None:
    assert read(doc, *prices).kind == kind


@pytest.mark.parametrize(
    ("term", "months"),
    [
        ({"amount": 24, "units": "months"}, 24),
        ({"amount": 2, "units": "year"}, 24),
        ({"amount": "1"}, 1),
        ({"amount": -3, "units": "month"}, 0),
        (7, 0),
    ],
)
def test_contract(term: Any, months: int) -> None:
    assert read({"productOfferingTerm": [{"duration": term}]}).contract_months == months
