"""`onehall load plans`: puts the plans of a comparison list, and the add-ons that go with them, on sale.

Each plan of several services names the tariff by use as what sells them one by one, for no bundle is on sale without.
"""

import asyncio
import hashlib
import os
import re
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from onehall.domains import catalogue
from onehall.kernel.settings import read
from onehall.kernel.store import Store
from onehall.launch import database
from onehall.launch.say import say as say_aloud
from onehall.loaders.rows import Bad, Report, Say, json_rows, number, word, words

CURRENCY: Final = "SGD"
SPECIFICATION: Final = {"id": "sg-mobile", "name": "Mobile service", "@referredType": "ProductSpecification"}
GIGABYTE: Final = 1024
SINGLE: Final = "sg-by-use"
BY_USE: Final = {"data_mb": ("0.01", 1), "voice_min": ("0.15", 1), "sms": ("0.05", 1)}
"""The list names no tariff of single services; these are the house's own figures (unverified)."""
SAY_EVERY: Final = 20
Doc = dict[str, Any]
Row = tuple[int, Doc]


async def load_plans(store: Store, plans_path: Path, addons_path: Path | None, say: Say = say_aloud) -> Report:
    """This will put plans and add-ons on sale; what is so already is left alone, a new price is for new customers.

    :raises Trouble: a file cannot be read at all.
    """
    report, began = Report(), time.monotonic()
    plans = _rows(plans_path, report, say, ("telco", "planName"))
    addons = _rows(addons_path, report, say, ("appliesToTelco", "addonName")) if addons_path else []
    ids = {(row["telco"], row["planName"]): id_ for id_, _line, row in plans}
    await _put(store, SINGLE, _single(), None)
    files = [(plans_path, plans, lambda id_, row: _plan(row)), (addons_path, addons, lambda id_, row: _addon(row, ids))]
    for path, rows, make in files:
        for id_, line, row in rows:
            report.read += 1
            try:
                doc, shelf = make(id_, row)
            except Bad as bad:
                report.refuse(say, line, str(bad), path.name if path else "")
                continue
            _count(report, await _put(store, id_, doc, shelf))
            if report.read % SAY_EVERY == 0:
                say(f"{report.read} rows, {report.added} new on sale")
    report.seconds = time.monotonic() - began
    return report


def load(file: Path, /, *, addons: Path | None = None) -> None:
    """Put plans and add-ons on sale; safe to run twice.

    Parameters
    ----------
    file
        A list of plans (JSON: telco, planName, planType, data in GB, talktime in minutes, sms, price).
    addons
        A list of add-ons for them (JSON: appliesToTelco, appliesToPlans, addonName, data, talktime, sms, price).
    """
    settings = database.at_home(read(), dict(os.environ))

    async def work() -> Report:
        async with database.opened(settings, say_aloud) as store:
            return await load_plans(store, file, addons)

    report = asyncio.run(work())
    say_aloud(
        f"{report.added} put on sale, {report.changed} changed, {report.known} were there already, {len(report.refused)} rows refused, "
        f"in {report.seconds:.1f} s"
    )


def _rows(path: Path, report: Report, say: Say, names: tuple[str, str]) -> list[tuple[str, int, Doc]]:
    """The readable rows, each with an id that is the same whenever the same thing is loaded."""
    found: list[Row] = []
    for line, row in json_rows(path):
        try:
            if isinstance(row, str):
                raise Bad(row)
            for name in names:
                row[name] = word(row, name)
            found.append((line, row))
        except Bad as bad:
            report.read += 1
            report.refuse(say, line, str(bad), path.name)
    slugs = Counter(_slug(row, names) for _line, row in found)
    made: dict[str, tuple[str, int, Doc]] = {}
    for line, row in found:
        slug = _slug(row, names)
        id_ = slug if slugs[slug] == 1 else f"{slug}-{_print(row)}"
        if id_ in made:
            report.read += 1
            report.refuse(say, line, f"the same {names[1]} stands in line {made[id_][1]}", path.name)
        else:
            made[id_] = (id_, line, row)
    return list(made.values())


def _slug(row: Doc, names: tuple[str, str]) -> str:
    parts = [re.sub(r"[^a-z0-9]+", "-", row[name].lower().replace("+", " plus ")).strip("-") or "x" for name in names]
    return "-".join(["sg", *(["addon"] if names[1] == "addonName" else []), *parts])[:90]


def _print(row: Doc) -> str:
    """What tells things of one name apart, but for the price, which may change."""
    told = [row.get("telco"), row.get("planName"), row.get("addonName"), row.get("planType"), row.get("appliesToPlans")]
    told += [str(row.get(name)) for name in ("data", "talktime", "sms")]
    return hashlib.blake2b(repr(told).encode(), digest_size=4).hexdigest()


def _plan(row: Doc) -> tuple[Doc, Doc]:
    contract = re.fullmatch(r"(\d{1,2}) month contract", word(row, "planType"))
    if not contract and row["planType"].strip() != "No contract":
        raise Bad(f"planType is {row['planType'][:40]!r}, not a contract that we know")
    doc = _offering(row, row["planName"], "plan", _allowances(row))
    doc["prodSpecCharValueUse"].append(_trait("contract_months", int(contract[1]) if contract else 0))
    if isinstance(row.get("specialOption"), str):
        doc["terms"] = [row["specialOption"], *doc["terms"]]
    if isinstance(row.get("link"), str):
        doc["attachment"] = [{"url": row["link"], "name": "source"}]
    return doc, _shelf(row["telco"], "")


def _addon(row: Doc, plans: dict[tuple[str, str], str]) -> tuple[Doc, Doc]:
    telco, wanted = row["appliesToTelco"], row.get("appliesToPlans")
    mine = {name: id_ for (owner, name), id_ in plans.items() if owner == telco}
    if wanted != "All" and not isinstance(wanted, list):
        raise Bad("appliesToPlans is neither All nor a list of plans")
    named = sorted(mine.values()) if wanted == "All" else [mine[name] for name in wanted if isinstance(name, str) and name in mine]
    if not named:
        raise Bad(f"it goes with no plan of {telco} that we have")
    times = row.get("multiplier") is True
    doc = _offering(row, row["addonName"], "pack", {} if times else _allowances(row))
    if times:
        doc["features"] = [f"The data of the plan times {number(row, 'data')}", *doc["features"]]
    doc["terms"] += ["Not together with other add-ons of its kind"] if row.get("mutuallyExclusive") is True else []
    doc["productOfferingRelationship"] += [{"id": id_, "relationshipType": "requires"} for id_ in named]
    return doc, _shelf(telco, " add-ons")


def _allowances(row: Doc) -> dict[str, int]:
    data = round(number(row, "data") * GIGABYTE)
    found = {"data_mb": data, "voice_min": int(number(row, "talktime", whole=True)), "sms": int(number(row, "sms", whole=True))}
    return {service: count for service, count in found.items() if count}


def _offering(row: Doc, name: str, kind: str, allowances: dict[str, int]) -> Doc:
    bundle = {"isBundle": True} if len(allowances) > 1 else {}
    alone = [{"id": SINGLE, "relationshipType": "alternative"}] if bundle else []
    traits = [_trait("kind", kind), *(_trait(service, count) for service, count in allowances.items())]
    return {
        "name": name, "lifecycleStatus": "Launched", "isSellable": True, "prodSpecCharValueUse": traits, **bundle,
        "productOfferingPrice": [_fee(number(row, "price", places=2))], "productOfferingRelationship": alone,
        "features": words(row, "pros"), "terms": words(row, "notes", "cons"),
    }  # fmt: skip


def _single() -> Doc:
    use = [
        {
            "name": service,
            "priceType": "usage",
            "price": {"unit": CURRENCY, "value": float(value)},
            "unitOfMeasure": {"amount": per, "units": service},
        }
        for service, (value, per) in BY_USE.items()
    ]
    return {
        "name": "By use", "names": {"zh-CN": "按量计费"}, "lifecycleStatus": "Launched", "isSellable": True,
        "prodSpecCharValueUse": [_trait("kind", "service")], "productOfferingPrice": [_fee(Decimal(0)), *use],
    }  # fmt: skip


def _fee(value: Decimal) -> Doc:
    amount = int(value) if value == value.to_integral_value() else float(value)
    month = {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1}
    return {"name": "monthly fee", "priceType": "recurring", "price": {"unit": CURRENCY, "value": amount}, **month}


def _trait(name: str, value: Any) -> Doc:
    return {"name": name, "productSpecCharacteristicValue": [{"value": value, "isDefault": True}]}


def _shelf(telco: str, more: str) -> Doc:
    return {"id": "sg-" + re.sub(r"[^a-z0-9]+", "-", (telco + more).lower()).strip("-"), "name": telco + more}


async def _put(store: Store, id_: str, doc: Doc, shelf: Doc | None) -> bool | None:
    """True: new; None: changed; False: as it was."""
    async with store.edge(0) as tx:
        if shelf:
            await catalogue.actions.put_category(tx, shelf["id"], {"name": shelf["name"]})
            doc = {**doc, "category": [shelf]}
        await catalogue.actions.put_specification(tx, SPECIFICATION["id"], {"name": SPECIFICATION["name"]})
        doc = {**doc, "productSpecification": SPECIFICATION}
        known = await catalogue.queries.stored(tx, id_)
        done = await catalogue.actions.put(tx, id_, doc)
        return None if done and known else done


def _count(report: Report, done: bool | None) -> None:
    if done is None:
        report.changed += 1
    elif done:
        report.added += 1
    else:
        report.known += 1
