"""Channel fit: what is offered where and to whom, a cell at a time; what a contact costs; and who changed what."""

from decimal import Decimal
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from onehall.channels.console.billing.words import check_whole
from onehall.channels.console.room import about
from onehall.hall import bands, fit, fitting, rules
from onehall.hall.functions import FAMILY_NAMES
from onehall.kernel import timeline
from onehall.kernel.events import Origin
from onehall.kernel.functions import FAMILIES, FUNCTIONS, Function
from onehall.kernel.i18n import Words, _, show
from onehall.kernel.identity.scope import is_root
from onehall.kernel.journeys import CHANNELS, Channel
from onehall.kernel.money import CURRENCY, Money, exponent, money
from onehall.kernel.refusals import Refusal
from onehall.kernel.timeline import Sought
from onehall.pages import Visit, forms, replies, told
from onehall.pages.visit import names_of

CHANGES_SHOWN: Final = 20
WORD_MAX: Final = 40


@get("/fit")
async def matrix(visit: NamedDependency[Visit], band: FromQuery[str] = "", family: FromQuery[str] = "") -> Response[str]:
    """This will show the matrix for all customers or a band of them, a family of functions or all, with the latest changes."""
    band, family = band if band in rules.BANDS else "", family if family in FAMILIES else ""
    now = await fit.learn(visit.store)
    channels = _channels(visit.lang)
    known = sorted(FUNCTIONS.values(), key=lambda one: (FAMILIES.index(one.family), one.name))
    shown = [one for one in known if family in ("", one.family)]
    groups = [
        (FAMILY_NAMES[name].render(visit.lang), [_row(one, channels, now, band, visit.lang) for one in some])
        for name, some in groupby(shown, key=lambda one: one.family)
    ]
    costs = [_cost(channel, title, now, visit.lang) for channel, title in channels]
    said_by = await names_of(visit.store, {one["staff"] for one in costs if one["staff"]})
    return visit.page(
        "fit.html", groups=groups, channels=[title for _channel, title in channels], band=band, family=family, may=_may(visit),
        bands=[(name, bands.NAMES[name].render(visit.lang)) for name in ("", *rules.BANDS)],
        families=[(name, FAMILY_NAMES[name].render(visit.lang)) for name in FAMILIES], closed=len(now.closed),
        costs=[one | {"by": said_by.get(one["staff"], "")} for one in costs], changes=await _changes(visit),
        examples=sum(one["example"] for one in costs),
        currency=CURRENCY, **await about(visit),
    )  # fmt: skip


@post("/fit", status_code=200)
async def flip(visit: NamedDependency[Visit]) -> Response[str]:
    """This will open or close the cell whose button was pressed; it holds at once, everywhere."""
    check_whole(visit)
    form = await visit.request.form()
    function, channel, wish = (*forms.text(form, "flip").split("|"), "", "", "")[:3]
    band, family = forms.text(form, "band")[:WORD_MAX], forms.text(form, "family")[:WORD_MAX]
    await fitting.set_cell(visit.store, (function, channel, band), offered=wish == "open", origin=_origin(visit))
    asked = urlencode({name: value for name, value in (("band", band), ("family", family)) if value})
    return replies.go(f"/console/fit?{asked}#{function}")


@post("/fit/cost", status_code=200)
async def cost(visit: NamedDependency[Visit]) -> Response[str]:
    """This will say what a contact in a channel costs from now on."""
    check_whole(visit)
    form = await visit.request.form()
    try:
        minor = money(forms.text(form, "amount").strip()[:WORD_MAX] or "?").minor
    except ValueError:
        raise Refusal("cost.invalid", _("A contact costs between 0 and 10,000."), 422) from None
    human, told_of = forms.text(form, "human") == "yes", forms.text(form, "told") == "yes"
    await fitting.set_cost(visit.store, forms.text(form, "channel"), minor, human=human, told=told_of, origin=_origin(visit))
    return replies.go("/console/fit#costs")


def _may(visit: Visit) -> bool:
    return visit.who.is_a("operations", "admin") and is_root(visit.who.unit)


def _origin(visit: Visit) -> Origin:
    return Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit)


def _channels(lang: str) -> list[tuple[Channel, str]]:
    return [(channel, show(channel.title, lang)) for channel in CHANNELS.values()]


def _row(one: Function, channels: list[tuple[Channel, str]], now: fit.Sheet, band: str, lang: str) -> dict[str, Any]:
    cells = [_cell(one, channel, title, now, band) for channel, title in channels]
    return {"name": one.name, "title": one.title.render(lang), "cells": cells}


def _cell(one: Function, channel: Channel, title: str, now: fit.Sheet, band: str) -> dict[str, Any]:
    """`state`: no (never offered), open, closed, all (closed for all customers, so for this band too)."""
    if not channel.fits(one):
        return {"state": "no", "title": title}
    for_all = (one.name, channel.name, "") in now.closed
    mine = (one.name, channel.name, band) in now.closed
    state = "all" if band and for_all else "closed" if mine else "open"
    some = [name for name in rules.BANDS if not band and (one.name, channel.name, name) in now.closed]
    wish = "close" if state == "open" else "open"
    return {
        "state": state, "title": title, "some": bool(some) and state == "open", "flip": f"{one.name}|{channel.name}|{wish}",
        "hands": not channel.finishes(one),
    }  # fmt: skip


def _cost(channel: Channel, title: str, now: fit.Sheet, lang: str) -> dict[str, Any]:
    known = now.costs.get(channel.name)
    amount = known.amount if known else None
    return {
        "channel": channel.name, "title": title, "amount": _plain(amount) if amount else "", "shown": show(amount, lang) if amount else "–",
        "human": known.human if known else channel.assisted, "told": known.told if known else False,
        "example": known is None or known.example, "at": known.at if known else None, "staff": known.staff if known else None,
    }  # fmt: skip


def _plain(amount: Money) -> str:
    return str(amount.decimal().quantize(Decimal(1).scaleb(-exponent(amount.currency))))


async def _changes(visit: Visit) -> list[dict[str, Any]]:
    """The latest changes, with who made them: only the whole operator's keepers see them, as the matrix is the whole operator's."""
    if not is_root(visit.who.unit):
        return []
    async with visit.store.edge(0) as tx:
        found = await timeline.log(tx, visit.who.unit or "", Sought(type="fit"), CHANGES_SHOWN)
    names = await names_of(visit.store, told.staff_in(found))
    return [{"at": one.at, "who": names.get(one.staff or "", ""), "text": show(_said(one, visit.lang), visit.lang)} for one in found]


def _said(one: timeline.Told, lang: str) -> Words:
    body = one.body
    where = told.channel_name(str(body.get("where")), lang)
    if one.type == "fit.changed":
        band = bands.NAMES.get(str(body.get("band")), bands.NAMES[""])
        title = told.function_name(str(body.get("what")), lang)
        if body.get("offered"):
            return _("{title} is offered again: {channel}, {band}", title=title, channel=where, band=band)
        return _("{title} is closed: {channel}, {band}", title=title, channel=where, band=band)
    if one.type == "fit.cost_changed":
        return _cost_said(body, where)
    return _("Suggestions: {state}, withheld from {share} %, from a saving of {least} on", share=body.get("held_out"),
             state=_("on") if body.get("active") else _("off"), least=Money(int(body.get("least_minor") or 0)))  # fmt: skip


def _cost_said(body: dict[str, Any], where: str) -> Words:
    minor, before, currency = int(body["minor"]), body.get("before"), str(body["currency"])
    if before == minor:
        ways = {
            "human": _("a person serves") if body.get("human") else _("no person serves"),
            "told": _("may be suggested") if body.get("told") else _("is not suggested"),
        }
        return _("{amount} a contact, {human}, {told}: {channel}", amount=Money(minor, currency), channel=where, **ways)
    if before is None:
        return _("A contact costs {amount}: {channel}", amount=Money(minor, currency), channel=where)
    return _("A contact costs {amount}, before {before}: {channel}", amount=Money(minor, currency), before=Money(int(before), currency),
             channel=where)  # fmt: skip


ROUTES = [matrix, flip, cost]
