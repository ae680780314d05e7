"""One customer at the counter: who they are, what they have, what happened, what can be done for them."""

from datetime import datetime
from itertools import groupby
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.desk import finding, journeys
from onehall.channels.desk.home import about
from onehall.domains import billing
from onehall.domains.billing import Bill
from onehall.kernel import ids
from onehall.kernel.functions import Function
from onehall.kernel.i18n import Text, _, show
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.pages import Visit, forms, replies, told
from onehall.pages.states import chip
from onehall.pages.visit import names_of

FAMILIES: dict[str, Text] = {
    "sell": _("Sell"), "handle": _("Change something"), "recharge": _("Money"), "query": _("Look up"), "serve": _("Service"),
}  # fmt: skip
SYMBOLS = {"sell": "plus", "handle": "swap", "recharge": "cash", "query": "search", "serve": "user"}


@get("/customers/{party:str}")
async def customer(visit: NamedDependency[Visit], party: FromPath[str], before: FromQuery[str] = "") -> Response[str]:
    """This will show a customer."""
    everything = bool(visit.request.query_params.get("all"))
    return await show_customer(visit, party, before=before if ids.is_id(before) else "", everything=everything)


@post(["/serve/{function:str}", "/customers/{party:str}/serve/{function:str}"], status_code=200)
async def serve(visit: NamedDependency[Visit], function: FromPath[str], party: FromPath[str] = "") -> Response[str]:
    """This will serve a function on the customer's behalf, or for somebody whom we do not know yet."""
    form = await visit.request.form()
    whose = (await finding.customer(visit, party)).id if party else None
    try:
        view = await visit.hall.start(visit.caller(whose), function, forms.given(form))
    except Refusal as refusal:
        if refusal.status >= 500 or whose is None:
            raise
        return await show_customer(visit, whose, refusal.status, error=visit.words(refusal))
    if view.state in ("asking", "waiting"):
        return replies.go(f"/desk/journeys/{view.id}")
    return await journeys.shown(visit, view, kept=bool(view.trail))


async def show_customer(
    visit: Visit, party: str, status: int = 200, before: str = "", everything: bool = False, error: str = ""
) -> Response[str]:
    """This will show a customer, with what went wrong if something did."""
    card = await finding.card(visit, await finding.customer(visit, party), before, not everything)
    kept = card.told if everything else told.quiet(card.told)
    names = await names_of(visit.store, told.staff_in(kept))
    story = told.lines(kept[: finding.STORY_MAX], card.rows, names, visit.lang, "/desk/journeys")
    last = kept[: finding.STORY_MAX][-1].id if len(kept) >= finding.STORY_MAX else ""
    open_journeys = [_journey(view) for view in await visit.hall.mine(visit.caller(party))]
    bills = [_bill(one, visit.lang, visit.store.clock.now()) for one in card.bills]
    return visit.page(
        "customer.html", status, party=card.party, lines=[_line(card, line, visit.lang) for line in card.lines], journeys=open_journeys,
        orders=[_order(one, visit.lang) for one in card.orders[:8]], bills=bills,
        story=story, last=last, everything=everything, error=error,
        families=await families(visit), path=f"/desk/customers/{party}", **await about(visit),
    )  # fmt: skip


async def families(visit: Visit) -> list[tuple[str, str, list[dict[str, str]]]]:
    """This will give what can be done here, by family, with a drawing for each."""
    found = await visit.hall.functions(visit.caller())
    return [
        (FAMILIES[family].render(visit.lang), SYMBOLS[family], [_function(one, visit.lang) for one in some])
        for family, some in groupby(found, key=lambda one: one.family)
    ]


def _function(one: Function, lang: str) -> dict[str, str]:
    return {"name": one.name, "title": one.title.render(lang), "words": " ".join(one.words)}


def _line(card: finding.Card, line: Any, lang: str) -> dict[str, Any]:
    account = card.accounts.get(line.id)
    return {
        "id": line.id, "number": line.number, "plan": show(line.name, lang), "fee": show(line.fee, lang), "state": chip(line.status),
        "why": ", ".join(sorted(show(told.CODES.get(why, why), lang) for why in line.suspended_why)), "since": line.activated,
        "until": line.contract_until, "balance": show(account.balance, lang) if account else "",
        "owes": account is not None and account.balance_minor < 0, "deposit": _some(account.deposit, lang) if account else "",
        "left": card.left.get(line.number, []), "iccid": line.iccid,
    }  # fmt: skip


def _some(amount: Money, lang: str) -> str:
    return show(amount, lang) if amount else ""


def _order(one: Any, lang: str) -> dict[str, Any]:
    kind = show(told.CODES.get(one.wanted.kind, one.wanted.kind), lang)
    return {
        "id": one.id, "kind": kind, "name": show(one.wanted.name, lang) if one.wanted.name else one.wanted.offering,
        "state": chip(one.state), "at": one.ordered, "total": _some(one.wanted.total, lang), "journey": one.journey,
    }  # fmt: skip


def _bill(one: Bill, lang: str, now: datetime) -> dict[str, Any]:
    explaining = billing.rules.explaining
    return {
        "id": one.id, "month": show(explaining.month_name(one.cycle), lang), "number": one.number or "", "no": one.no,
        "total": show(one.amount, lang), "state": show(explaining.bill_state(one, now), lang), "owes": bool(one.open),
    }  # fmt: skip


def _journey(view: Any) -> dict[str, Any]:
    return {
        "id": view.id, "title": view.title, "state": chip(view.state), "elsewhere": view.moved_to or "",
        "now": view.question["text"] if view.question else "",
    }  # fmt: skip


ROUTES = [customer, serve]
