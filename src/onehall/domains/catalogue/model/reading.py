"""How a TMF ProductOffering, its prices and its specification become an Offering. Lenient: what is missing stays blank."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from onehall.domains.catalogue.model.nouns import ALWAYS, KINDS, SERVICES, Offering, Rate
from onehall.domains.catalogue.model.prices import Doc, Price, is_in_force, number, period_of, read_price, unit_of, whole
from onehall.domains.catalogue.model.tariffs import Tariff
from onehall.kernel.i18n import DEFAULT_LANGUAGE, Named
from onehall.kernel.money import ZERO, Money, exponent

ALLOWANCES = {"data": "data_mb", "datamb": "data_mb", "data_mb": "data_mb", "voice": "voice_min", "voice_min": "voice_min",
              "voicemin": "voice_min", "talktime": "voice_min", "minutes": "voice_min", "sms": "sms", "messages": "sms"}  # fmt: skip
KIND_WORDS = (
    ("pack", ("pack", "addon", "add-on", "add on", "加油包", "流量包", "叠加")),
    ("plan", ("plan", "tariff", "套餐")),
    ("service", ("service", "增值", "服务")),
    ("device", ("device", "handset", "phone", "终端", "手机")),
)  # fmt: skip
EXIT_PERCENT = 90
PAY_BACK = ("none", "part", "all")
ALTERNATIVE = ("alternative", "unbundled")
REQUIRES = ("requires", "reliesOn", "for")


def read_offering(
    id_: str, doc: Doc, prices: Mapping[str, Doc], at: datetime, specification: Doc | None, groups: Mapping[str, Doc]
) -> Offering:
    """This will read an offering as it stands at a time.

    `prices`: the referenced prices by id; `groups`: the categories by id, each with its body.
    """
    said = _characteristics(doc, specification)
    found = in_force(prices, at)
    fee, once = found.get("fee"), found.get("once")
    allowances = _allowances(said)
    group = _group(doc, groups)
    start, end = period_of(doc)
    for_plans = _names(said.get("for_plans")) + _related(doc, REQUIRES)
    anchor = fee or once
    return Offering(
        id=id_, kind=_kind(doc, said, groups, allowances, fee, once, for_plans), name=_named(doc, "name", "names"),
        note=_named(doc, "description", "descriptions"), fee=_of(fee, once),
        once=_of(once, fee), allowances=allowances, contract_months=_contract(doc, said),
        rates=_rates(prices, at), tariffs=_tariffs(prices, at),
        group=_named(group, "name", "names"), family=str(group.get("id") or ""), rank=whole(group.get("rank")),
        sold_in=_channels(doc), for_plans=for_plans, alternatives=_related(doc, ALTERNATIVE), start=start or ALWAYS, end=end,
        price_id=anchor.id if anchor else "", status=str(doc.get("lifecycleStatus") or ""), sellable=doc.get("isSellable") is not False,
        is_bundle=doc.get("isBundle") is True or bool(_parts(doc)), parts=_parts(doc),
        first_month=str(said.get("first_month") or "whole"), fee_when="used" if said.get("fee_when") == "used" else "always",
        valid_days=whole(said.get("valid_days")), rollover_months=whole(said.get("rollover_months")),
        min_spend=_least(said, _of(fee, once)), exit_percent=_percent(said), pay_back=_pay_back(said), terms=_texts(doc.get("terms")),
        features=_texts(doc.get("features")),
        badge=Named(_languages(doc.get("badges"))), priced=anchor is not None,
    )  # fmt: skip


def _of(price: Price | None, beside: Price | None) -> Money:
    """Nothing is nothing of the currency of what stands beside it."""
    if price and price.amount is not None:
        return price.amount
    return Money(0, beside.amount.currency) if beside and beside.amount is not None else ZERO


def _least(said: dict[str, Any], beside: Money) -> Money:
    """A contract's minimum spend a month is written in whole currency, of that of the fee."""
    exact = number(said.get("min_spend"))
    minor = exact.scaleb(exponent(beside.currency)) if exact is not None else None
    return Money(whole(minor), beside.currency)


def _percent(said: dict[str, Any]) -> int:
    exact = number(said.get("exit_percent"))
    return EXIT_PERCENT if exact is None else min(whole(exact), 100)


def _pay_back(said: dict[str, Any]) -> str:
    wanted = str(said.get("pay_back") or "none").strip().lower()
    return wanted if wanted in PAY_BACK else "none"


def in_force(prices: Mapping[str, Doc], at: datetime) -> dict[str, Price]:
    """This will give the readable fee and one-off price in force at a time; of several the one that began last."""
    found: dict[str, Price] = {}
    for id_, doc in sorted(prices.items(), key=lambda one: (str(period_of(one[1])[0] or ""), one[0])):
        price = read_price(id_, doc)
        if price.kind in ("fee", "once") and is_in_force(doc, at):
            found[price.kind] = price
    return found


def price_refs(doc: Doc) -> list[str]:
    """This will name the prices that an offering refers to."""
    return [item["id"] for item in _items(doc, "productOfferingPrice") if isinstance(item.get("id"), str)]


def category_refs(doc: Doc) -> list[str]:
    """This will name the categories that an offering refers to."""
    return [item["id"] for item in _items(doc, "category") if isinstance(item.get("id"), str)]


def specification_ref(doc: Doc) -> str | None:
    """This will name the specification that an offering refers to, or give None."""
    spec = doc.get("productSpecification")
    id_ = spec.get("id") if isinstance(spec, dict) else None
    return id_ if isinstance(id_, str) and id_ else None


def _characteristics(doc: Doc, specification: Doc | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    sources = (
        *_items(specification or {}, "productSpecCharacteristic"), *_items(doc, "prodSpecCharValueUse"),
        *_items(doc, "productOfferingCharacteristic"), *_items(doc, "productCharacteristic"), *_items(doc, "characteristic"),
    )  # fmt: skip
    for item in sources:
        name, value = str(item.get("name") or "").strip().lower(), _value(item)
        if name and value is not None:
            found[name] = value
    return found


def _value(item: Doc) -> Any:
    if item.get("value") is not None:
        return _in_units(item["value"], item)
    values = _items(item, "productSpecCharacteristicValue") or _items(item, "productSpecificationCharacteristicValue") \
        or _items(item, "characteristicValueSpecification")  # fmt: skip
    chosen = next((value for value in values if value.get("isDefault") is True), values[0] if values else {})
    return None if chosen.get("value") is None else _in_units(chosen["value"], chosen)


def _in_units(value: Any, item: Doc) -> Any:
    service, size = unit_of(str(item.get("unitOfMeasure") or ""))
    exact = number(value) if service and size > 1 else None
    return value if exact is None else exact * size


def _allowances(said: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, service in ALLOWANCES.items():
        if amount := whole(said.get(name)):
            found[service] = amount
    if gigabytes := number(said.get("data_gb")):
        found["data_mb"] = whole(gigabytes * 1024)
    return {service: found[service] for service in SERVICES if found.get(service)}


def _rates(prices: Mapping[str, Doc], at: datetime) -> dict[str, Rate]:
    read = [read_price(id_, doc) for id_, doc in prices.items() if is_in_force(doc, at)]
    return {price.service: price.rate for price in read if price.kind == "usage" and price.rate}


def _tariffs(prices: Mapping[str, Doc], at: datetime) -> dict[str, Tariff]:
    read = [read_price(id_, doc) for id_, doc in prices.items() if is_in_force(doc, at)]
    return {price.service: price.tariff for price in read if price.tariff}


def _kind(
    doc: Doc, said: dict[str, Any], groups: Mapping[str, Doc], allowances: dict[str, int], fee: Price | None, once: Price | None,
    for_plans: tuple[str, ...],
) -> str:  # fmt: skip
    wanted = str(said.get("kind") or doc.get("kind") or "").strip().lower()
    if wanted in KINDS:
        return wanted
    for category in _items(doc, "category"):
        known = groups.get(str(category.get("id")), {})
        words = " ".join(str(part) for part in (category.get("id"), category.get("name"), known.get("name")))
        for kind, signs in KIND_WORDS:
            if any(sign in words.lower() for sign in signs):
                return kind
    if for_plans or (once and not fee and allowances):
        return "pack"
    return "plan" if fee and (allowances or doc.get("isSellable") is True) else ""


def _contract(doc: Doc, said: dict[str, Any]) -> int:
    months = whole(said.get("contract_months"))
    for term in _items(doc, "productOfferingTerm"):
        span = term.get("duration")
        if not months and isinstance(span, dict):
            years = str(span.get("units") or "month").lower().startswith("y")
            months = whole(span.get("amount")) * (12 if years else 1)
    return months


def _group(doc: Doc, groups: Mapping[str, Doc]) -> Doc:
    for item in _items(doc, "category"):
        id_ = str(item.get("id") or "")
        if id_ in groups:
            return {**groups[id_], "id": id_}
    return next(iter(_items(doc, "category")), {})


def _channels(doc: Doc) -> tuple[str, ...]:
    return tuple(str(item.get("id") or item.get("name")).lower() for item in _items(doc, "channel") if item.get("id") or item.get("name"))


def _parts(doc: Doc) -> tuple[str, ...]:
    return tuple(str(item["id"]) for item in _items(doc, "bundledProductOffering") if item.get("id"))


def _related(doc: Doc, kinds: Iterable[str]) -> tuple[str, ...]:
    wanted = {kind.lower() for kind in kinds}
    items = _items(doc, "productOfferingRelationship")
    return tuple(str(item["id"]) for item in items if item.get("id") and str(item.get("relationshipType") or "").lower() in wanted)


def _named(doc: Doc, plain: str, by_language: str) -> Named:
    names = _languages(doc.get(by_language))
    text = doc.get(plain)
    return Named({DEFAULT_LANGUAGE: text, **names} if isinstance(text, str) and text.strip() else names)


def _languages(value: Any) -> dict[str, str]:
    return {str(name): text for name, text in value.items() if isinstance(text, str) and text} if isinstance(value, dict) else {}


def _texts(value: Any) -> tuple[Named, ...]:
    each = value if isinstance(value, list) else []
    names = [_languages(one) if isinstance(one, dict) else {DEFAULT_LANGUAGE: one} for one in each if isinstance(one, dict | str)]
    return tuple(Named(name) for name in names if name)


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    return tuple(str(part).strip() for part in value if str(part).strip()) if isinstance(value, list) else ()


def _items(doc: Doc, name: str) -> list[Doc]:
    items = doc.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
