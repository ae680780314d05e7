"""Bodies as a partner would post them."""

from typing import Any


def price(value: float | str, kind: str = "recurring", **more: Any) -> dict[str, Any]:
    """A price in yuan; a recurring one is monthly."""
    monthly = {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1} if kind == "recurring" else {}
    return {"name": kind, "priceType": kind, "price": {"unit": "CNY", "value": value}, **monthly, **more}


def plan(name: str = "Fifty-nine", *prices: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A plan in plain TMF620 shape: 20 GB, 300 minutes, 59 yuan unless other prices are given."""
    return {
        "name": name, "lifecycleStatus": "Active", "isSellable": True,
        "productOfferingPrice": list(prices) or [price(59)],
        "prodSpecCharValueUse": [
            {"name": "data_mb", "productSpecCharacteristicValue": [{"value": 20480}]},
            {"name": "voice_min", "productSpecCharacteristicValue": [{"value": 300}]},
        ],
    } | more  # fmt: skip


def single(name: str, service: str, count: int, value: float) -> dict[str, Any]:
    """A pack that holds one service."""
    return {
        "name": name, "lifecycleStatus": "Launched", "category": [{"id": "packs", "name": "Packs"}],
        "productOfferingPrice": [price(value, "oneTime")],
        "prodSpecCharValueUse": [{"name": service, "productSpecCharacteristicValue": [{"value": count}]}],
    }  # fmt: skip
