"""Rated use: the records of a number by the day, each with what it was rated to."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from onehall.channels.console.billing.allowances import seen_accounts
from onehall.channels.console.billing.tariffs import case_name
from onehall.channels.console.billing.words import asked, cash, cut, figure, leaves, quantity, service
from onehall.channels.console.room import PAGE, about, place
from onehall.domains import billing, catalogue
from onehall.domains.catalogue import Offering
from onehall.kernel.i18n import _, show, thaw
from onehall.kernel.identity.scope import is_root
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.pages import Visit


@get("/usage")
async def usage(visit: NamedDependency[Visit], page: FromQuery[int] = 1) -> Response[str]:
    """This will show what a number used on a day, record by record; without a day, on the last one with use."""
    number, day, at = asked(visit, "number"), _day(asked(visit, "day")), place(page)
    days: list[Any] = []
    rows: list[dict[str, Any]] = []
    more = False
    async with visit.store.glance(0) as tx:
        accounts = await seen_accounts(visit, tx, number) if number else []
        for one in accounts:
            days += await billing.queries.overview.days_of_use(tx, one.id, number)
        day = day or max((row["day"] for row in days), default=None)
        for one in accounts:
            if day is None:
                break
            found, longer = cut(await billing.queries.overview.records(tx, one.id, number, day, (at - 1) * PAGE, PAGE + 1))
            more = more or longer
            rows += await _records(tx, one.id, number, found, visit.lang)
    ways = leaves("/console/usage", at, more, number=number, day=day.isoformat() if day else "")
    return visit.page(
        "billing/usage.html", number=number, day=day, days=[_sum(row, visit.lang) for row in days],
        rows=sorted(rows, key=lambda row: row["at"]), found=bool(accounts), whole=_whole(visit), **ways, **await about(visit),
    )  # fmt: skip


def _whole(visit: Visit) -> bool:
    """What waits, and files, belong to no unit."""
    return visit.who.is_a("operations", "admin") and is_root(visit.who.unit)


def _sum(row: Any, lang: str) -> dict[str, Any]:
    return {"day": row["day"], "records": row["records"], "price": cash(row["minor"], row["currency"], lang)}


async def _records(tx: Tx, account: str, number: str, rows: Sequence[Any], lang: str) -> list[dict[str, Any]]:
    names = await billing.queries.overview.bucket_names(tx, account, sorted({id_ for row in rows for id_ in row["drawn"] or {}}))
    terms = await billing.queries.overview.terms_of(tx, account) if rows else []
    faces: dict[str, Offering | None] = {}
    found = []
    for row in rows:
        price_id = _price_id(terms, row, number)
        key = price_id or row["offering"]
        if key not in faces:
            faces[key] = await _face(tx, price_id, row["offering"])
        found.append(_record(row, names, faces[key], lang) | {"terms": price_id or "", "offering": row["offering"]})
    return found


def _price_id(terms: Sequence[Any], row: Any, number: str) -> str | None:
    """The terms that were in force when the record was made; those of the line itself before those of its account."""
    fits = [one for one in terms if one["offering"] == row["offering"] and one["since"] <= row["at"] and not _over(one, row["at"])]
    return next((one["price_id"] for one in sorted(fits, key=lambda one: one["number"] != number)), None)


def _over(one: Any, at: Any) -> bool:
    return one["until"] is not None and one["until"] <= at


async def _face(tx: Tx, price_id: str | None, offering: str) -> Offering | None:
    try:
        return await catalogue.queries.at_price(tx, price_id) if price_id else await catalogue.queries.offering(tx, offering)
    except Refusal:
        return None


def _record(row: Any, names: dict[str, Any], face: Offering | None, lang: str) -> dict[str, Any]:
    kind = row["kind"]
    tariff = face.tariff(kind) if face else None
    case = next((one for one in tariff.cases if one.key == row["key"]), None) if tariff else None
    drawn = [
        {"name": _name(names.get(id_), id_, lang), "amount": show(quantity(kind, Decimal(str(amount))), lang)}
        for id_, amount in (row["drawn"] or {}).items()
    ]  # fmt: skip
    return {
        "at": row["at"], "service": show(service(kind), lang), "amount": show(quantity(kind, row["amount"]), lang),
        "peer": row["peer"] or "", "zone": row["zone"] or "", "case": case_name(case, lang) if case else row["key"],
        "units": show(quantity(kind, row["units"]), lang), "drawn": drawn,
        "left_over": show(quantity(kind, row["left_over"]), lang) if row["left_over"] else "", "source": row["source"],
        "price": cash(row["minor"], row["currency"], lang), "version": figure(row["version"]), "record": row["record"],
        "plan": show(face.name, lang) if face else row["offering"], "withdrawn": row["status"] == "rejected",
    }  # fmt: skip


def _name(bucket: Any, id_: str, lang: str) -> str:
    return show(thaw(bucket["name"]), lang) if bucket else id_[-8:]


def _day(words: str) -> date | None:
    """:raises Refusal: `time.invalid`, 422."""
    if not words:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise Refusal("time.invalid", _("That is no time."), 422) from None


ROUTES = [usage]
