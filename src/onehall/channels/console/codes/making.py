"""Codes: the list, making them one by one or many at once, and their sheets."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.console.codes import words
from onehall.channels.console.room import PAGE, about, pages, place
from onehall.domains import outreach
from onehall.domains.outreach import Batch, Code, Owner
from onehall.kernel import ids
from onehall.kernel.events import Origin
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.pages import Visit, forms, replies
from onehall.pages.codes.sheet import sheet
from onehall.pages.qr import drawn

COPIES_MAX = 500
LABEL_MAX = 60
DRAWN_MAX = 60


@get("/codes")
async def codes(visit: NamedDependency[Visit], page: FromQuery[int] = 1, kind: FromQuery[str] = "") -> Response[str]:
    """This will list the codes of the reader's part of the operator, with a form to make more."""
    return await _listed(visit, page, kind)


@post("/codes", status_code=200)
async def make(visit: NamedDependency[Visit]) -> Response[str]:
    """This will make codes as the form says and lead to their sheet."""
    form = await visit.request.form()
    try:
        wishes = await _wishes(visit, form)
        unit = wishes[0].owner.unit if len({one.owner.unit for one in wishes}) == 1 else visit.who.unit

        async def act(tx: Tx) -> Batch:
            return await outreach.actions.make_codes(tx, unit, wishes)

        origin = Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit)
        batch = await visit.store.run(ids.random_home(), act, origin)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return await _listed(visit, 1, "", refusal.status, error=visit.words(refusal), typed=forms.typed(dict(form)))
    return replies.go(f"/console/codes/sheets/{batch.id}")


@get("/codes/sheets/{batch:str}")
async def one_sheet(visit: NamedDependency[Visit], batch: FromPath[str]) -> Response[str]:
    """This will show what was made together, ready to be printed."""
    found = await _batch(visit, batch)
    said = await words.names(visit)
    rows = [words.row(one, said) | {"qr": drawn(words.address(one.code))} for one in found.codes[:DRAWN_MAX]]
    return visit.page("codes/sheet.html", batch=found.id, count=len(found.codes), made=found.made, rows=rows, **await about(visit))


@get("/codes/sheets/{batch:str}/pdf")
async def pdf(visit: NamedDependency[Visit], batch: FromPath[str]) -> Response[bytes]:
    """This will give the sheet as a PDF, twelve cards on a page."""
    found = await _batch(visit, batch)
    said = await words.names(visit)
    body = sheet([words.card(one, said) for one in found.codes], visit.lang, f"Onehall {found.id}")
    name = {"Content-Disposition": f'inline; filename="codes-{found.id}.pdf"'}
    return Response(body, media_type="application/pdf", headers=replies.SAFE | name)


async def _listed(visit: Visit, page: int, kind: str, status: int = 200, **given: Any) -> Response[str]:
    at, kind = place(page), kind if kind in words.KINDS else ""
    async with visit.store.edge(0) as tx:
        found = await outreach.queries.codes_of(tx, visit.who.unit or "", kind or None, at * PAGE + 1)
        shown = found[(at - 1) * PAGE : at * PAGE]
        used = await outreach.queries.used(tx, [one.code for one in shown])
    said = await words.names(visit)
    return visit.page(
        "codes/codes.html", status, rows=[words.row(one, said, used) for one in shown], kind=kind,
        kinds=[(name, text.render(visit.lang)) for name, text in words.KINDS.items()], stores=await words.stores(visit),
        clerks=[(one.id, one.name, said.unit(one.unit)) for one in said.clerks if one.unit.count(".") >= 3],
        offerings=sorted(said.offerings.items(), key=lambda one: one[1]), copies_max=COPIES_MAX,
        **pages("/console/codes", at, len(found) > at * PAGE, kind=kind), **await about(visit), **given,
    )  # fmt: skip


async def _wishes(visit: Visit, form: FormMultiDict) -> list[Code]:
    """The codes that a form asks for, within the reader's part of the operator; no store chosen means all of them."""
    kind, copies = forms.text(form, "kind"), forms.text(form, "copies") or "1"
    mine = [path for path, _name in await words.stores(visit)]
    units = [path for path in form.getall("store", []) if path in mine] or (mine if kind in ("store", "shelf") else [])
    said = await words.names(visit)
    clerks = [Owner(one.unit, one.id) for one in said.clerks if one.id in form.getall("clerk", [])]
    offerings = [one for one in form.getall("offering", []) if one in said.offerings]
    if kind == "campaign" and not units and (own := words.own_unit(visit)):
        units = [own]
    asked = outreach.rules.wished(
        kind, units, clerks, offerings, forms.text(form, "campaign").strip(), int(copies) if copies.isdecimal() and len(copies) < 6 else 0
    )
    outreach.rules.check_count(len(asked))
    now, label = visit.store.clock.now(), forms.text(form, "label").strip()[:LABEL_MAX]
    return [Code("", kind, owner, now, offering, label) for owner, offering in asked]


async def _batch(visit: Visit, id_: str) -> Batch:
    if not ids.is_id(id_):
        raise missing(_("sheet"))
    async with visit.store.edge(id_) as tx:
        found = await outreach.queries.batch(tx, id_)
    words.check_within(visit, found.unit)
    return found


ROUTES = [codes, make, one_sheet, pdf]
