"""Routing: where customers were told of a better channel and why, what a contact costs, and what it saves against those not told."""

from decimal import Decimal
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from onehall.channels.console.billing.words import check_whole
from onehall.channels.console.room import about
from onehall.channels.console.traffic import SPANS, span
from onehall.hall import bands, fit, fitting
from onehall.insight import routing as measured
from onehall.insight import rules
from onehall.kernel.events import Origin
from onehall.kernel.i18n import Text, _, show
from onehall.kernel.money import CURRENCY, Money, exponent, money
from onehall.kernel.refusals import Refusal
from onehall.pages import Visit, forms, replies, told

WAYS: Final[dict[str, Text]] = {
    "cheaper": _("Simple things: to a cheaper channel"), "human": _("High value, not simple: to a person"),
}  # fmt: skip
REASONS: Final[dict[str, Text]] = {
    "cheaper": _("simple, and cheaper there"), "human": _("high value and not simple: a person serves"),
}  # fmt: skip
VERDICTS: Final[dict[str, Text]] = {
    "few": _("too few customers yet: no winner is named below {count} in each arm", count=rules.CASES_MIN),
    "chance": _("may be chance: the interval holds zero"), "saves": _("a saving, chance is unlikely"),
    "costs": _("costs more, chance is unlikely"),
}  # fmt: skip
WORD_MAX: Final = 12


@get("/routing")
async def routing(visit: NamedDependency[Visit], days: FromQuery[int] = 30) -> Response[str]:
    """This will show what was suggested, to whom and why, and what it saves for each customer, with its interval."""
    check_whole(visit)
    days, now = days if days in SPANS else 30, await fit.learn(visit.store)
    costs = {name: cost.amount.minor for name, cost in now.costs.items()}
    async with visit.store.glance(0) as tx:
        since = span(tx.now, days)
        groups, latest = await measured.groups(tx, since, tx.now), await measured.latest(tx, since, tx.now)
        arms = {way: await measured.arms(tx, way, costs, since, tx.now) for way in WAYS}
    return visit.page(
        "routing.html", days=days, spans=SPANS, active=now.routing, held_out=now.held_out, least=_plain(Money(now.least_minor)),
        currency=CURRENCY, results=[_result(way, *arms[way], visit.lang) for way in WAYS],
        examples=[told.channel_name(name, visit.lang) for name, cost in now.costs.items() if cost.example],
        groups=[_group(one, now, visit.lang) for one in groups], latest=[_latest(one, visit.lang) for one in latest], **await about(visit),
    )  # fmt: skip


@post("/routing", status_code=200)
async def change(visit: NamedDependency[Visit]) -> Response[str]:
    """This will turn suggestions on or off, and say from whom they are withheld and what they must save."""
    check_whole(visit)
    form = await visit.request.form()
    share, origin = forms.text(form, "held_out").strip()[:WORD_MAX], Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit)
    try:
        least = money(forms.text(form, "least").strip()[:WORD_MAX] or "?").minor
        held_out = int(share)
    except ValueError:
        raise Refusal("routing.invalid", _("The share is between 0 and 100 per cent, the saving between 0 and 10,000."), 422) from None
    await fitting.set_routing(visit.store, active=forms.text(form, "active") == "yes", held_out=held_out, least_minor=least, origin=origin)
    return replies.go("/console/routing")


def _result(way: str, treated: measured.Arm, held: measured.Arm, lang: str) -> dict[str, Any]:
    found, verdict = rules.saving(treated.sample, held.sample), rules.verdict(treated.sample, held.sample)
    arms = [(name.render(lang), _arm(arm, lang)) for name, arm in ((_("Told"), treated), (_("Held out"), held))]
    parts = (found.each, found.low, found.high) if found else ()
    return {
        "title": WAYS[way].render(lang), "arms": arms, "saving": [_amount(one, lang) for one in parts],
        "sum": [_amount(one * treated.customers, lang) for one in parts], "told": show(treated.customers, lang),
        "tone": {"saves": "good", "costs": "bad"}.get(verdict, "warn"), "verdict": VERDICTS[verdict].render(lang),
    }  # fmt: skip


def _arm(arm: measured.Arm, lang: str) -> dict[str, str]:
    sample = arm.sample
    return {
        "customers": show(arm.customers, lang), "contacts": show(arm.contacts, lang), "orders": show(arm.orders, lang),
        "each": _amount(rules.mean(sample), lang) if arm.customers else "–",
        "contact": _amount(Decimal(arm.minor) / arm.contacts, lang) if arm.contacts else "–",
        "error": _amount(rules.variance(sample).sqrt(), lang) if arm.customers > 1 else "–",
    }  # fmt: skip


def _group(one: Any, now: fit.Sheet, lang: str) -> dict[str, Any]:
    def cost(channel: str) -> str:
        return show(now.costs[channel].amount, lang) if channel in now.costs else "–"

    return {
        "reason": REASONS[one["way"]].render(lang), "band": bands.NAMES[one["band"]].render(lang),
        "here": told.channel_name(one["here"], lang), "there": told.channel_name(one["there"], lang),
        "here_cost": cost(one["here"]), "there_cost": cost(one["there"]), "suggested": show(one["suggested"], lang),
        "held": show(one["held"], lang),
    }  # fmt: skip


def _latest(one: Any, lang: str) -> dict[str, Any]:
    body = one["body"]
    return {
        "at": one["at"], "function": told.function_name(one["function"], lang), "party": one["party"] or "",
        "band": bands.NAMES[body["band"]].render(lang), "here": told.channel_name(one["channel"], lang),
        "there": told.channel_name(body["to"], lang), "reason": REASONS[body["way"]].render(lang),
        "held": one["type"] == "channel.held_out",
        "went": told.channel_name(one["went"], lang) if one["went"] else "–", "journey": body["journey"],
    }  # fmt: skip


def _amount(minor: Decimal, lang: str) -> str:
    return show(Money(int(minor.to_integral_value())), lang)


def _plain(amount: Money) -> str:
    return str(amount.decimal().quantize(Decimal(1).scaleb(-exponent(amount.currency))))


ROUTES = [routing, change]
