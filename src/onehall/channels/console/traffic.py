"""Traffic to order: where people came from, how far they went, who stayed; and how each journey was for them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from onehall.channels.console.room import about
from onehall.insight import indices, rules
from onehall.insight import traffic as counted
from onehall.insight.traffic import BY, Traffic
from onehall.kernel.i18n import ZONE, Text, _, show
from onehall.pages import Visit, told
from onehall.pages.visit import names_of, unit_names

SPANS: Final = (1, 7, 30, 90)
NAMES: Final[dict[str, Text]] = {
    "channel": _("Channel"), "source": _("Source"), "unit": _("Store"), "staff": _("Clerk"), "campaign": _("Campaign"),
}  # fmt: skip
MINUTE: Final = 60
HOUR: Final = 3600


@get("/traffic")
async def traffic(visit: NamedDependency[Visit], by: FromQuery[str] = "channel", days: FromQuery[int] = 30) -> Response[str]:
    """This will show the traffic of the reader's unit by a dimension, with the sums, and the three indices of each journey."""
    by, days, unit = by if by in BY else "channel", days if days in SPANS else 30, visit.who.unit or ""
    async with visit.store.glance(0) as tx:
        since = span(tx.now, days)
        rows = await counted.traffic(tx, unit, by, since, tx.now)
        sums = await counted.traffic(tx, unit, "", since, tx.now)
        found = await indices.indices(tx, unit, since, tx.now)
    names, rest = await _names(visit, by, rows), counted.rest(rows, sums[0]) if sums else None
    shown = [_row(one, names.get(one.name, one.name) or "–", visit.lang) for one in rows]
    return visit.page(
        "traffic.html", by=by, days=days, spans=SPANS, ways=[(name, NAMES[name].render(visit.lang)) for name in BY], since=since,
        way=NAMES[by].render(visit.lang), rows=[*shown, *([_row(rest, _("all others").render(visit.lang), visit.lang)] if rest else [])],
        total=_row(sums[0], "", visit.lang) if sums else None, indices=[_index(one, visit.lang) for one in found],
        sql=counted.SQL, **await about(visit),
    )  # fmt: skip


def span(now: datetime, days: int) -> datetime:
    """This will give the first moment of so many days up to today, in the operator's zone."""
    first = now.astimezone(ZONE) - timedelta(days=days - 1)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)


async def _names(visit: Visit, by: str, rows: list[Traffic]) -> dict[str, str]:
    if by == "channel":
        return {one.name: told.channel_name(one.name, visit.lang) for one in rows}
    if by == "staff":
        return await names_of(visit.store, {one.name for one in rows if one.name})
    return await unit_names(visit.store, visit.lang) if by in ("unit", "source") else {}


def _row(one: Traffic, name: str, lang: str) -> dict[str, Any]:
    kept = rules.share(one.stayed, one.due)
    return {
        "name": name, "scans": show(one.scans, lang), "visits": show(one.visits, lang), "steps": show(one.steps, lang),
        "orders": show(one.orders, lang), "activations": show(one.activations, lang),
        "stayed": f"{show(one.stayed, lang)} / {show(one.due, lang)}" if one.due else "–", "kept": kept,
    }  # fmt: skip


def _index(one: indices.Index, lang: str) -> dict[str, Any]:
    return {
        "title": told.function_name(one.function, lang), "name": one.function, "begun": show(one.begun, lang), "done": show(one.done, lang),
        "steps": _plain(rules.average(one.steps, one.done)), "channels": _plain(rules.average(one.channels, one.done)),
        "decide": duration(one.decide_seconds, one.done, lang), "obtain": duration(one.obtain_seconds, one.done, lang),
        "resolve": duration(one.resolve_seconds, one.resolved, lang), "stars": _plain(rules.average(one.stars, one.rated)),
        "rated": show(one.rated, lang),
    }  # fmt: skip


def _plain(value: Decimal | None) -> str:
    return "–" if value is None else str(value)


def duration(total: int, count: int, lang: str) -> str:
    """This will write the average of times (seconds) as people say it: 40 s, 3.5 min, 2.1 h."""
    each = rules.average(total, count)
    if each is None:
        return "–"
    if each < MINUTE:
        return show(_("{count} s", count=str(each)), lang)
    if each < HOUR:
        return show(_("{count} min", count=str(rules.average(total, count * MINUTE))), lang)
    return show(_("{count} h", count=str(rules.average(total, count * HOUR))), lang)


ROUTES = [traffic]
