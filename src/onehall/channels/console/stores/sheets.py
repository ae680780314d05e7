"""Sheets of a store: its list, its numbers, and orders for many, whose page follows each line to its end."""

import asyncio
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.console.room import about
from onehall.channels.console.stores.looking import own, page, reports
from onehall.domains import estore
from onehall.domains.estore import Batch, EStore, Request, SheetLine
from onehall.kernel.events import Origin
from onehall.kernel.i18n import Named, Text, _, show
from onehall.kernel.refusals import Refusal
from onehall.pages import Visit, forms, replies
from onehall.pages.states import Chip

STEPS: dict[str, Chip] = {
    "queued": Chip(_("Waits its turn")), "approval": Chip(_("Waits for an approver"), "warn"),
    "proof": Chip(_("Waits for the person"), "warn"), "begun": Chip(_("Taken up"), "warn"), "doing": Chip(_("Being set up"), "warn"),
    "done": Chip(_("Ordered"), "good"), "repeated": Chip(_("Done before")), "refused": Chip(_("Not ordered"), "bad"),
}  # fmt: skip
REFERENCE_SHOWN_MAX = 24
KINDS: dict[str, Text] = {"open": _("New line"), "plan": _("Another plan"), "pack": _("Pack")}


@post("/{store_id:str}/numbers", status_code=200)
async def numbers(visit: NamedDependency[Visit], store_id: FromPath[str]) -> Response[str]:
    """This will set numbers aside for a store, and tell of each whether it is the store's."""
    found = await own(visit, store_id)
    content, _name = await _sent(await visit.request.form())
    try:
        put = await estore.actions.fill_pool(visit.store, visit.who, found.id, _words(content))
    except Refusal as refusal:
        return await page(visit, store_id, refusal.status, error=visit.words(refusal))
    words = {True: _("In the store's pool.").render(visit.lang), False: _("Not to be had.").render(visit.lang)}
    report = [{"place": place, "what": one, "done": ok, "words": words[ok]} for place, (one, ok) in enumerate(put.items(), 1)]
    return await page(visit, store_id, report=report)


@post("/{store_id:str}/people", status_code=200)
async def people(visit: NamedDependency[Visit], store_id: FromPath[str]) -> Response[str]:
    """This will take over the company's list, and tell of each line what became of it."""
    found = await own(visit, store_id)
    content, _name = await _sent(await visit.request.form())
    origin = Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit)
    try:
        rows = await asyncio.to_thread(estore.actions.read_sheet, content, ("key", "name"), estore.rules.ROSTER_MAX)
        done = await visit.store.run(found.id, lambda tx: estore.actions.take_list(tx, found.id, rows), origin)
    except Refusal as refusal:
        return await page(visit, store_id, refusal.status, error=visit.words(refusal))
    return await page(visit, store_id, report=reports(done, visit.lang))


@post("/{store_id:str}/orders", status_code=200)
async def orders(visit: NamedDependency[Visit], store_id: FromPath[str]) -> Response[str]:
    """This will take a sheet of orders over and lead to its page."""
    found = await own(visit, store_id)
    content, name = await _sent(await visit.request.form())
    try:
        made = await estore.actions.take_sheet(visit.store, visit.who, found.id, content, name)
    except Refusal as refusal:
        return await page(visit, store_id, refusal.status, error=visit.words(refusal))
    return replies.go(f"/console/stores/{found.id}/orders/{made.id}")


@get("/{store_id:str}/orders/{batch_id:str}")
async def batch(visit: NamedDependency[Visit], store_id: FromPath[str], batch_id: FromPath[str]) -> Response[str]:
    """This will show a sheet of orders, and how far each of its lines is."""
    return await _batch_page(visit, store_id, batch_id)


@post("/{store_id:str}/orders/{batch_id:str}/remind", status_code=200)
async def remind(visit: NamedDependency[Visit], store_id: FromPath[str], batch_id: FromPath[str]) -> Response[str]:
    """This will send the person of a line their link once more."""
    found = await own(visit, store_id)
    place = forms.text(await visit.request.form(), "place")
    line = int(place) if place.isascii() and place.isdigit() and len(place) < 7 else 0
    try:
        await visit.store.run(
            found.id, lambda tx: estore.actions.remind(tx, found.id, batch_id, line), Origin(channel="console", staff=visit.who.staff)
        )
    except Refusal as refusal:
        return await _batch_page(visit, store_id, batch_id, refusal.status, error=visit.words(refusal))
    return replies.go(f"/console/stores/{found.id}/orders/{batch_id}")


async def _batch_page(visit: Visit, store_id: str, batch_id: str, status: int = 200, **given: Any) -> Response[str]:
    shop = await own(visit, store_id)
    async with visit.store.edge(shop.id) as tx:
        found, lines = await estore.queries.batch(tx, shop.id, batch_id)
        names = await estore.queries.names(tx, shop.id, (line.key for line, _request in lines))
    steps = [estore.rules.outcome(*line) for line in lines]
    counts = [(chip, steps.count(step)) for step, chip in STEPS.items() if step in steps]
    return visit.page(
        "stores/sheet.html", status, shop={"id": shop.id, "name": shop.name}, one=shown(found, visit.lang), counts=counts,
        rows=[_row(shop, names, line, request, visit.lang) for line, request in lines], working=not estore.rules.settled(steps),
        path=f"/console/stores/{shop.id}/orders/{found.id}", **given, **await about(visit),
    )  # fmt: skip


def shown(one: Batch, lang: str) -> dict[str, Any]:
    """This will give a sheet as the pages show it."""
    return {"id": one.id, "name": one.name or show(_("Sheet of orders"), lang), "lines": one.lines, "at": one.at}


def _row(shop: EStore, names: dict[str, str], line: SheetLine, request: Request | None, lang: str) -> dict[str, Any]:
    step, shelved = estore.rules.outcome(line, request), shop.offer(line.offering)
    what = {"kind": show(KINDS[line.kind], lang), "what": show(Named(shelved.name), lang) if shelved else line.offering}
    return what | {
        "place": line.place, "reference": line.reference if len(line.reference) < REFERENCE_SHOWN_MAX else "", "key": line.key,
        "name": names.get(line.key, ""), "number": (request.number if request else line.number) or "",
        "company": show(request.company, lang) if request else "", "state": STEPS[step],
        "words": show(estore.rules.outcome_words(line, request), lang), "told": line.told if step == "proof" else None,
        "remind": step == "proof",
    }  # fmt: skip


async def _sent(form: FormMultiDict) -> tuple[bytes, str]:
    """A sheet comes as a file, or as lines in a box. One byte above the limit is enough to refuse it."""
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        return await file.read(estore.rules.SHEET_BYTES_MAX + 1), file.filename
    words = form.get("sheet")
    return (words if isinstance(words, str) else "").encode(), ""


def _words(content: bytes) -> list[str]:
    return content[: estore.rules.SHEET_BYTES_MAX].decode("utf-8-sig", "replace").replace(",", " ").split()


ROUTES = [numbers, people, orders, batch, remind]
