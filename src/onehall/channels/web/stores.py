"""A company's own store: its front with its look, what it sells to its members at its prices, and the way in from the company's pages."""

import asyncio
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.web import framed, replies
from onehall.channels.web.visit import Visit
from onehall.domains import catalogue, estore
from onehall.domains.estore import EStore, Member, Request
from onehall.kernel.i18n import ZONE, Named, _, show
from onehall.kernel.identity import Proof
from onehall.kernel.identity.gate import SESSION
from onehall.kernel.identity.http import cookie
from onehall.kernel.ids import home_for
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.pages import estores

SLUG_MAX = 40
TOKEN_MAX = 2_048


@get("/s/{slug:str}", opt={"owner": True, "framed": True})
async def store(visit: NamedDependency[Visit], slug: FromPath[str]) -> Response[str]:
    """This will show a store: to its members what it sells at its own prices, to anybody else only how to join."""
    slug = slug[:SLUG_MAX]
    framed.only_store(visit.request, slug)
    async with visit.hall.store.edge(home_for(slug)) as tx:
        found = await estore.queries.open_store(tx, slug)
        member = await estore.queries.member(tx, found.id, visit.who.party) if visit.who.party else None
        inside = await _inside(tx, found, member, visit.lang) if member and estore.rules.is_member(member, tx.now) else None
    return visit.page("store.html", shop=_shown(found), inside=inside, source=f"estore:{found.slug}")


@get("/s/{slug:str}/enter", opt={"public": True, "framed": "entry"})
async def enter(visit: NamedDependency[Visit], slug: FromPath[str], token: FromQuery[str] = "") -> Response[str]:
    """This will let a member in who comes from the company's own pages, once; who has not joined yet is led to that."""
    way = await estore.actions.recognize(visit.hall.store, slug[:SLUG_MAX], token[: TOKEN_MAX + 1])
    inside = framed.check(visit.request, way.store)
    entered = await estore.actions.enter(visit.hall.store, way)
    if inside:
        return await framed.let_in(visit.request, visit.who, entered.store, entered.member)
    if entered.member is None:
        return replies.go("/f/estore.join?" + urlencode({"store": entered.store.slug, "src": f"estore:{entered.store.slug}"}))
    granted = await visit.request.app.state.doors.gate.log_in(visit.who, entered.member.party, Proof.LINE, channel="web")
    answer = replies.go(f"/s/{entered.store.slug}")
    answer.set_cookie(cookie(SESSION, granted.token))
    return answer


@get("/s/{slug:str}/bill", opt={"owner": True, "framed": True})
async def bill(visit: NamedDependency[Visit], slug: FromPath[str], month: FromQuery[str] = "") -> Response[str]:
    """This will show an approver the one bill of the store for a month, split between the company and its members."""
    found, paper = await _bill(visit, slug, month)
    return visit.page("store_bill.html", shop=_shown(found), bill=paper)


@get("/s/{slug:str}/bill/pdf", opt={"owner": True, "framed": True})
async def bill_pdf(visit: NamedDependency[Visit], slug: FromPath[str], month: FromQuery[str] = "") -> Response[bytes]:
    """This will send an approver the split bill of a month as a PDF."""
    found, paper = await _bill(visit, slug, month)
    headers = replies.SAFE | {
        "Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{found.slug}-{paper.month}.pdf"',
    }  # fmt: skip
    return Response(await asyncio.to_thread(estores.document, paper), media_type="application/pdf", headers=headers)


async def _bill(visit: Visit, slug: str, month: str) -> tuple[EStore, estores.Paper]:
    framed.only_store(visit.request, slug[:SLUG_MAX])
    if visit.who.party is None:
        raise Refusal("unauthorized", _("Please log in first."), 401)
    async with visit.hall.store.edge(home_for(slug[:SLUG_MAX])) as tx:
        found = await estore.queries.open_store(tx, slug[:SLUG_MAX])
        member = estore.rules.check_member(await estore.queries.member(tx, found.id, visit.who.party), tx.now)
        if member.role != "approver":
            raise Refusal("estore.not_approver", _("You do not decide for this store."), 403)
    async with visit.hall.store.edge(found.id) as tx:
        today = tx.now.astimezone(ZONE).date()
        wanted = estores.month_of(month, today)
        lines, bills = await estore.queries.split_bill(tx, found, wanted), await estore.queries.company_bills(tx, found, wanted)
    return found, estores.paper(found, wanted, lines, bills, visit.lang, today)


async def _inside(tx: Tx, found: EStore, member: Member, lang: str) -> dict[str, Any]:
    waiting = await estore.queries.waiting(tx, found.id) if member.role == "approver" else []
    ready = await estore.queries.prepared(tx, found.id, member.key)
    return {
        "name": member.name, "approver": member.role == "approver", "until": member.until,
        "waiting": sum(one.key != member.key and one.party != member.party for one in waiting),
        "ready": {"name": show(Named(ready.name), lang), "number": ready.number or ""} if ready else None,
        "plans": [_plan(found, one, lang) for one in await estore.queries.shelf(tx, found)],
        "mine": [_request(one, lang) for one in await estore.queries.mine(tx, found.id, member.key)],
    }  # fmt: skip


def _shown(found: EStore) -> dict[str, Any]:
    return {
        "slug": found.slug, "name": found.name, "kind": found.kind, "colour": found.look.colour, "logo": found.look.logo,
        "motto": found.look.motto,
    }  # fmt: skip


def _plan(found: EStore, offering: Any, lang: str) -> dict[str, Any]:
    option = estore.functions.buying.plan_option(found, offering)
    contents = catalogue.queries.showing.option(offering).facts
    facts = [{"label": show(one.label, lang), "value": show(one.value, lang), "kind": one.kind} for one in contents]
    shelved = found.offer(offering.id)
    split = _("The company pays {company}, you pay {member}.", company=shelved.company, member=shelved.member) if shelved else ""
    return {
        "value": option.value, "text": show(option.text, lang), "price": show(option.price, lang), "per": show(option.per, lang),
        "facts": facts, "note": show(option.note, lang), "badge": "", "split": show(split, lang) if shelved and shelved.company else "",
    }  # fmt: skip


def _request(one: Request, lang: str) -> dict[str, Any]:
    return {
        "name": show(Named(one.name), lang), "number": one.number or "", "state": show(estore.rules.state_words(one.state), lang),
        "fee": show(one.price, lang), "company": show(one.company, lang), "member": show(one.price - one.company, lang),
    }  # fmt: skip


ROUTES = [store, enter, bill, bill_pdf]
