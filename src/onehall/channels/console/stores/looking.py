"""The list of stores, and the page of one."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from litestar.params import FromPath, FromQuery

from onehall.channels.console.room import PAGE, about, check_unit
from onehall.domains import catalogue, estore
from onehall.domains.estore import EStore, Member, Reported, Request, Shelved
from onehall.kernel.i18n import ZONE, Named, Text, _, show, thaw
from onehall.kernel.identity.http import who_of
from onehall.kernel.identity.scope import check_role
from onehall.kernel.money import Money
from onehall.kernel.refusals import missing
from onehall.kernel.settings import current
from onehall.pages import Visit, estores
from onehall.pages.states import Chip

KINDS: dict[str, Text] = {"enterprise": _("One enterprise"), "building": _("One building"), "campus": _("One campus")}
COLOURS: dict[str, Text] = {
    "green": _("Green"), "blue": _("Blue"), "red": _("Red"), "violet": _("Violet"), "amber": _("Amber"), "slate": _("Slate"),
}  # fmt: skip
PROOFS: dict[str, Text] = {"mail": _("Company mail"), "roster": _("Staff list"), "student": _("Student number")}
STATES: dict[str, Chip] = {"open": Chip(_("Open for sale"), "good"), "closed": Chip(_("Closed"), "warn")}
NUMBERS: dict[str, Text] = {"free": _("free"), "held": _("held"), "sold": _("sold"), "resting": _("resting")}
TONES = {"asked": "warn", "prepared": "warn", "active": "good", "declined": "bad"}


def account_managers_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """This will let in account managers, operations and admins.

    :raises Refusal: 401 nobody is logged in; 403 another is.
    """
    check_role(who_of(connection), "account_manager", "operations")


@get("/")
async def stores(visit: NamedDependency[Visit]) -> Response[str]:
    """This will list the stores of the reader's unit, and offer to make another."""
    async with visit.store.glance(0) as tx:
        found = await estore.queries.stores(tx, visit.who.unit or "", PAGE)
    return visit.page("stores/stores.html", **listed(visit, found), **await about(visit))


@get("/{store_id:str}")
async def store(visit: NamedDependency[Visit], store_id: FromPath[str]) -> Response[str]:
    """This will show a store: its look, terms, shelf, numbers, people, requests and bill."""
    return await page(visit, store_id)


@get("/{store_id:str}/bill.pdf")
async def bill(visit: NamedDependency[Visit], store_id: FromPath[str], month: FromQuery[str] = "") -> Response[bytes]:
    """This will send the split bill of a month as a PDF."""
    found = await own(visit, store_id)
    async with visit.store.edge(found.id) as tx:
        today = tx.now.astimezone(ZONE).date()
        wanted = estores.month_of(month, today)
        lines, bills = await estore.queries.split_bill(tx, found, wanted), await estore.queries.company_bills(tx, found, wanted)
    paper = estores.paper(found, wanted, lines, bills, visit.lang, today)
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{found.slug}-{paper.month}.pdf"'}
    return Response(await asyncio.to_thread(estores.document, paper), media_type="application/pdf", headers=headers)


async def own(visit: Visit, store_id: str) -> EStore:
    """This will give a store of the reader's unit.

    :raises Refusal: 404.
    """
    async with visit.store.edge(0) as tx:
        found = await estore.queries.by_id(tx, store_id)
    if found is None:
        raise missing(_("store"))
    check_unit(visit, found.unit, "store")
    return found


async def page(visit: Visit, store_id: str, status: int = 200, **given: Any) -> Response[str]:
    """This will show the page of a store, with what was just done to it."""
    found = await own(visit, store_id)
    async with visit.store.edge(found.id) as tx:
        members = await estore.queries.members(tx, found.id)
        requests = await estore.queries.requests(tx, found.id, "asked", "prepared", "approved", "ordered", "declined")
        today = tx.now.astimezone(ZONE).date()
        month = estores.month_of(visit.request.query_params.get("month", ""), today)
        stands, bills = await estore.queries.split_bill(tx, found, month), await estore.queries.company_bills(tx, found, month)
        plans = [one for one in [*await catalogue.queries.plans(tx), *await catalogue.queries.packs(tx)] if one.monthly]
        sheets = await estore.queries.batches(tx, found.id)
        names = {one.key: one.name for one in members} | await estore.queries.names(tx, found.id, (one.key for one in requests))
        numbers, people = await estore.queries.numbers(tx, found.id), await estore.queries.listed_many(tx, found.id)
    return visit.page(
        "stores/store.html", status, one=shown(found, visit.lang), shelf=[_shelved(one, visit.lang) for one in found.shelf],
        plans=[(one.id, f"{show(one.name, visit.lang)} · {show(one.fee, visit.lang)}") for one in plans],
        numbers=[(show(words, visit.lang), numbers.get(state, 0)) for state, words in NUMBERS.items()], pool=sum(numbers.values()),
        members=[_member(one) for one in members], people=people, colours=_named(COLOURS, visit.lang), proofs=_named(PROOFS, visit.lang),
        requests=[_request(one, names, visit.lang) for one in requests], bill=estores.paper(found, month, stands, bills, visit.lang, today),
        sheets=sheets, batch_max=estore.rules.BATCH_MAX, path=f"/console/stores/{found.id}", **given, **await about(visit),
    )  # fmt: skip


def listed(visit: Visit, found: list[EStore]) -> dict[str, Any]:
    """This will give what the list of stores shows."""
    return {"rows": [shown(one, visit.lang) for one in found], "kinds": _named(KINDS, visit.lang)}


def shown(one: EStore, lang: str) -> dict[str, Any]:
    """This will give a store as the pages show it."""
    terms = one.terms
    return {
        "id": one.id, "name": one.name, "slug": one.slug, "url": f"{current().url}/s/{one.slug}", "kind": show(KINDS[one.kind], lang),
        "state": STATES[one.status], "open": one.status == "open", "look": one.look, "created": one.created, "plans": len(one.shelf),
        "proofs": terms.proofs, "domains": ", ".join(terms.domains), "frames": " ".join(terms.frames),
        "discount": terms.discount, "percent": terms.company_percent,
        "most": _yuan(terms.company_most), "each": _yuan(terms.member_budget), "every": _yuan(terms.store_budget),
    }  # fmt: skip


def reports(done: list[Reported], lang: str) -> list[dict[str, Any]]:
    """This will give what became of each line of a list."""
    return [{"place": one.place, "what": one.reference, "done": one.done, "words": show(thaw(one.words), lang)} for one in done]


def _shelved(one: Shelved, lang: str) -> dict[str, Any]:
    return {
        "id": one.offering, "name": show(Named(one.name), lang), "fee": show(one.fee, lang), "company": show(one.company, lang),
        "member": show(one.member, lang),
    }  # fmt: skip


def _member(one: Member) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name, "key": one.key, "department": one.department, "approver": one.role == "approver",
        "proof": PROOFS[one.proof], "until": one.until, "active": one.status == "active",
    }  # fmt: skip


def _request(one: Request, names: dict[str, str], lang: str) -> dict[str, Any]:
    return {
        "who": names.get(one.key, one.key), "key": one.key if one.key in names else "",
        "name": show(Named(one.name), lang), "number": one.number or "",
        "fee": show(one.price, lang), "company": show(one.company, lang), "member": show(one.price - one.company, lang),
        "state": Chip(estore.rules.state_words(one.state), TONES.get(one.state, "")), "at": one.asked,
    }  # fmt: skip


def _named(words: dict[str, Text], lang: str) -> list[tuple[str, str]]:
    return [(name, show(text, lang)) for name, text in words.items()]


def _yuan(minor: int) -> str:
    return f"{Money(minor).decimal().normalize():f}"


ROUTES = [stores, store, bill]
