"""Tariffs: what use costs, in words and figures, by the versions of each offering."""

from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.console.billing.words import asked, exact_price, leaves, quantity, service
from onehall.channels.console.room import PAGE, about, place
from onehall.domains import catalogue
from onehall.domains.catalogue import Case, Offering, Tariff
from onehall.kernel.i18n import Text, Words, _, show
from onehall.kernel.money import Money
from onehall.kernel.refusals import missing
from onehall.pages import Visit

KINDS: dict[str, Text] = {"plan": _("Plan"), "pack": _("Pack"), "service": _("Service"), "device": _("Device")}
NAME_MAX = 120


@get("/tariffs")
async def tariffs(visit: NamedDependency[Visit], page: FromQuery[int] = 1) -> Response[str]:
    """This will list the offerings that price use."""
    at = place(page)
    async with visit.store.edge(0) as tx:
        found = await catalogue.queries.tariffs.rated(tx)
    rows = [_row(one, visit.lang) for one in found[(at - 1) * PAGE : at * PAGE]]
    return visit.page(
        "billing/tariffs.html", rows=rows, count=len(found), **leaves("/console/tariffs", at, len(found) > at * PAGE), **await about(visit)
    )


@get("/tariffs/{offering:str}")
async def one_tariff(visit: NamedDependency[Visit], offering: FromPath[str]) -> Response[str]:
    """This will show an offering's tariffs in one of its versions: the one in force unless another is asked for."""
    async with visit.store.edge(0) as tx:
        versions = await catalogue.queries.tariffs.versions(tx, offering)
        now = tx.now
    if not versions:
        raise missing(_("offering"))
    wanted = asked(visit, "terms", NAME_MAX)
    shown = next((each for each in versions if each[2].price_id == wanted), None) or _in_force(versions, now)
    face, lang = shown[2], visit.lang
    services = sorted({*face.tariffs, *face.rates}, key=lambda one: ([*catalogue.SERVICES, one].index(one), one))
    parts = [{"service": show(service(one), lang), "cases": _cases(face, one, lang)} for one in services]
    return visit.page(
        "billing/tariff.html", one=_row(face, lang), since=shown[0], until=shown[1], parts=parts, facts=_facts(face, lang),
        versions=[_version(each, shown, now, lang) for each in versions[:PAGE]], **await about(visit),
    )  # fmt: skip


def _in_force(versions: list[Any], now: datetime) -> Any:
    return next((each for each in versions if each[0] <= now and (each[1] is None or now < each[1])), versions[0])


def _version(each: Any, shown: Any, now: datetime, lang: str) -> dict[str, Any]:
    since, until, face = each
    stands = since <= now and (until is None or now < until)
    return {
        "since": since, "until": until, "terms": face.price_id, "fee": show(face.fee, lang), "shown": each is shown, "stands": stands,
        "coming": now < since, "always": since.year <= 2000, "services": ", ".join(_rates(face, lang)),
    }  # fmt: skip


def _row(one: Offering, lang: str) -> dict[str, Any]:
    return {
        "id": one.id, "name": show(one.name, lang) or one.id, "kind": show(KINDS.get(one.kind, one.kind), lang), "status": one.status,
        "fee": show(one.fee if one.monthly else one.once, lang) if one.fee or one.once else "–",
        "monthly": one.monthly and bool(one.fee),
        "allowances": [show(quantity(kind, count), lang) for kind, count in one.allowances.items()],
        "rates": _rates(one, lang),
    }  # fmt: skip


def _rates(one: Offering, lang: str) -> list[str]:
    """Each service with its first price, and how many cases there are."""
    found = []
    for kind in [*one.rates, *(name for name in one.tariffs if name not in one.rates)]:
        tariff = one.tariff(kind)
        if tariff is not None and tariff.cases:
            tier = tariff.cases[0].tiers[0]
            price = _("{price} for {amount}", price=exact_price(tier.amount, _currency(one, kind)), amount=quantity(kind, tier.per))
            cases = _("{price} ({count} cases)", price=price, count=len(tariff.cases)) if len(tariff.cases) > 1 else price
            found.append(show(cases, lang))
    return found


def _facts(face: Offering, lang: str) -> list[dict[str, str]]:
    charged = _("only for a month with use") if face.fee_when == "used" else _("always")
    facts: list[tuple[Words, Any]] = [
        (_("Monthly fee"), face.fee), (_("The fee is owed"), charged),
        (_("First month"), catalogue.queries.showing.first_month(face.first_month)),
    ] if face.monthly else [(_("Once"), face.once)]  # fmt: skip
    facts += [(_("Included, {service}", service=service(kind)), quantity(kind, count)) for kind, count in face.allowances.items()]
    facts += [(_("What is left stays"), _("{count} months", count=face.rollover_months))] if face.rollover_months else []
    facts += [(_("Contract"), catalogue.queries.showing.contract(face))]
    return [{"label": show(label, lang), "value": show(value, lang), "kind": ""} for label, value in facts]


def _currency(face: Offering, kind: str) -> str:
    plain = face.rates.get(kind)
    return plain.amount.currency if plain else face.fee.currency


def _cases(face: Offering, kind: str, lang: str) -> list[dict[str, Any]]:
    tariff = face.tariff(kind) or Tariff(kind, ())
    found = []
    otherwise: list[Words] = [_("whenever no case above fits")] if len(tariff.cases) > 1 else []
    for number, case in enumerate(tariff.cases, 1):
        found.append({
            "number": number, "key": case.key, "name": case_name(case, lang),
            "applies": [show(one, lang) for one in _applies(case) or otherwise],
            "counts": [show(one, lang) for one in _counts(case, kind)], "tiers": _tiers(case, kind, _currency(face, kind), lang),
        })  # fmt: skip
    return found


def case_name(case: Case, lang: str) -> str:
    """This will name a case of a tariff; the one without a name is for all use that no other fits."""
    return show(case.name, lang) or case.key or show(_("All use"), lang)


def _applies(case: Case) -> list[Words]:
    found: list[Words] = []
    if case.prefixes:
        found.append(_("to numbers that begin with {prefixes}", prefixes=", ".join(case.prefixes)))
    if case.zones:
        zones = [zone for zone in case.zones if zone]
        home = [_("at home")] if "" in case.zones else []
        found += [*home, *([_("in {zones}", zones=", ".join(zones))] if zones else [])]
    found += [{"workday": _("on workdays"), "restday": _("on days of rest")}[day] for day in case.days]
    if case.hours:
        found.append(_("from {start} to {end}", start=_hour(case.hours[0]), end=_hour(case.hours[1])))
    return found


def _counts(case: Case, kind: str) -> list[Words]:
    found: list[Words] = [_("allowances first") if case.covered else _("allowances are not drawn on")]
    found.append(_("each record rounded up to whole {amount}", amount=quantity(kind, case.step)) if case.step else _("counted exactly"))
    if case.least:
        found.append(_("at least {amount} a record", amount=quantity(kind, case.least)))
    if case.free:
        found.append(_("the first {amount} of a record are free", amount=quantity(kind, case.free)))
    found.append(_("priced by the total of the month") if case.basis == "month" else _("priced record by record"))
    if len(case.tiers) > 1:
        by_total = case.model == "volume"
        found.append(
            _("all units at the price of the tier that the total lies in") if by_total else _("each unit at the price of its own tier")
        )
    return found


def _tiers(case: Case, kind: str, currency: str, lang: str) -> list[tuple[str, str]]:
    found, above = [], None
    for tier in case.tiers:
        if tier.up_to is not None:
            reach: Words = _("up to {amount}", amount=quantity(kind, tier.up_to))
        else:
            reach = _("over {amount}", amount=quantity(kind, above)) if above is not None else _("all")
        price = exact_price(tier.amount, currency)
        free = isinstance(price, Money) and not price
        words = _("free of charge") if free else _("{price} for each {amount} begun", price=price, amount=quantity(kind, tier.per))
        found.append((show(reach, lang), show(words, lang)))
        above = tier.up_to
    return found


def _hour(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


ROUTES = [tariffs, one_tariff]
