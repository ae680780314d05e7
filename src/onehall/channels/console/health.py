"""The numbers by which one sees whether the house is well; the functions it offers; the settings it goes by."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from onehall.channels.console.room import about, language
from onehall.kernel import settings, telemetry
from onehall.kernel.functions import FAMILIES, FUNCTIONS, Function, Proof
from onehall.kernel.i18n import Text, _, show
from onehall.kernel.identity.scope import check_role
from onehall.kernel.journeys import CHANNELS
from onehall.kernel.store.work import backlog, waiting
from onehall.pages import Visit

HIDDEN = frozenset({"secret", "database_url", "mail_password"})
ROUTES_SHOWN = 12
PROOFS: dict[Proof, Text] = {
    Proof.NONE: _("nothing"), Proof.LINE: _("their line"), Proof.CODE: _("a code"), Proof.REAL_NAME: _("real name"),
}  # fmt: skip
FAMILY_NAMES: dict[str, Text] = {
    "sell": _("Sell"), "handle": _("Change something"), "recharge": _("Money"), "query": _("Look up"), "serve": _("Service"),
}  # fmt: skip


@get("/")
async def home(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show how the house is."""
    async with visit.store.edge(0) as tx:
        oldest, dead = await backlog(tx)
        kinds = await waiting(tx)
    routes = _routes()
    return visit.page(
        "health.html", waiting=sum(row["count"] for row in kinds), kinds=kinds, dead=dead, routes=routes[:ROUTES_SHOWN],
        oldest=max(0, int((visit.store.clock.now() - oldest).total_seconds())) if oldest else 0, served=sum(row["count"] for row in routes),
        refusals=_counted(telemetry.REFUSALS, "code"), incidents=_counted(telemetry.INCIDENTS, "where"), **await about(visit),
    )  # fmt: skip


@get("/functions")
async def functions(visit: NamedDependency[Visit]) -> Response[str]:
    """This will list every function, with what it asks and which channels finish it or hand it over."""
    found = sorted(FUNCTIONS.values(), key=lambda one: (FAMILIES.index(one.family), one.name))
    return visit.page("functions.html", functions=[_function(one, visit.lang) for one in found], **await about(visit))


@get("/settings")
async def all_settings(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show by what the house goes; secrets are not shown."""
    check_role(visit.who, "operations")
    now, plain = settings.current(), settings.Settings()
    rows = []
    for field in settings.Settings.__struct_fields__:
        value, default = getattr(now, field), getattr(plain, field)
        hidden = field in HIDDEN and bool(value)
        rows.append({"name": settings.variable(field), "value": "***" if hidden else value, "set": value != default, "doc": _doc(field)})
    return visit.page("settings.html", rows=rows, **await about(visit))


def _function(one: Function, lang: str) -> dict[str, Any]:
    names = {name: show(channel.title, lang) for name, channel in CHANNELS.items()}
    fits = [name for name, channel in CHANNELS.items() if channel.fits(one)]
    finishes = [name for name in fits if CHANNELS[name].finishes(one)]
    return {
        "name": one.name, "title": one.title.render(lang), "family": FAMILY_NAMES[one.family].render(lang),
        "proof": PROOFS[one.proof].render(lang), "words": one.words, "asks": sorted(one.asks), "by_hand": show(one.cost_by_hand, lang),
        "finishes": [names[name] for name in finishes], "hands_over": [names[name] for name in fits if name not in finishes],
        "room": one.room, "why": one.why.render(lang) if one.why else "",
    }  # fmt: skip


def _doc(field: str) -> str:
    hint = settings.Settings.__annotations__[field]
    return next((meta.description or "" for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta)), "")


def _routes() -> list[dict[str, Any]]:
    """How often each route was served by this process, and how long it took on average; the busiest first."""
    counts: dict[tuple[str, str], list[float]] = {}
    for metric in telemetry.REQUESTS.collect():
        for sample in metric.samples:
            if sample.name.endswith(("_count", "_sum")):
                key = (sample.labels["method"], sample.labels["route"])
                counts.setdefault(key, [0.0, 0.0])[sample.name.endswith("_sum")] += sample.value
    rows = [
        {"method": method, "route": route, "count": int(count), "ms": round(1000 * total / count, 1) if count else 0}
        for (method, route), (count, total) in counts.items()
    ]
    return sorted(rows, key=lambda row: -int(row["count"]))


def _counted(counter: Any, label: str) -> list[tuple[str, int]]:
    found = [
        (str(sample.labels[label]), int(sample.value)) for metric in counter.collect() for sample in metric.samples
        if sample.name.endswith("_total")
    ]  # fmt: skip
    return sorted(found, key=lambda pair: -pair[1])[:ROUTES_SHOWN]


ROUTES = [home, functions, all_settings, language]
