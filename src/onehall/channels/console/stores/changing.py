"""What an account manager does: makes a store, and changes its look, terms, shelf and people."""

from decimal import Decimal
from typing import Any

from litestar import Response, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.console.room import PAGE, about
from onehall.channels.console.stores.looking import listed, own, page
from onehall.domains import estore
from onehall.domains.estore import Look, Terms
from onehall.kernel.events import Origin
from onehall.kernel.i18n import _
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal
from onehall.pages import Visit, forms, replies

Form = FormMultiDict


@post("/", status_code=200)
async def make(visit: NamedDependency[Visit]) -> Response[str]:
    """This will make a store from its template and lead to its page."""
    form = await visit.request.form()
    said = {name: forms.text(form, name) for name in ("kind", "name", "slug", "domains")}
    domains = tuple(said["domains"].replace(",", " ").split())
    try:
        made = await estore.actions.open_store(visit.store, visit.who, said["kind"], said["name"], said["slug"], domains)
    except Refusal as refusal:
        async with visit.store.glance(0) as tx:
            found = await estore.queries.stores(tx, visit.who.unit or "", PAGE)
        wrong = {"error": visit.words(refusal), "said": said, "path": "/console/stores"}
        return visit.page("stores/stores.html", refusal.status, **listed(visit, found), **wrong, **await about(visit))
    return replies.go(f"/console/stores/{made.id}")


@post("/{store_id:str}/look", status_code=200)
async def look(visit: NamedDependency[Visit], store_id: FromPath[str]) -> Response[str]:
    """This will change how a store looks."""
    form = await visit.request.form()
    wanted = Look(forms.text(form, "colour"), forms.text(form, "logo").strip(), forms.text(form, "motto").strip())
    return await _do(visit, store_id, lambda tx, id_: estore.actions.change_look(tx, id_, wanted, forms.text(form, "name")))


@post("/{store_id:str}/terms", status_code=200)
async def terms(visit: NamedDependency[Visit], store_id: FromPath[str]) -> Response[str]:
    """This will change a store's terms: how people show that they belong, discount, the company's part, budgets, who may show it."""
    form = await visit.request.form()
    proofs = tuple(str(one) for one in form.getall("proof", []) if str(one) in estore.PROOFS)
    domains, frames = (tuple(estore.rules.plain_key(one) for one in _several(form, name)) for name in ("domains", "frames"))

    async def act(tx: Any, id_: str) -> Any:
        most, each, every = (_fen(form, name) for name in ("most", "each", "every"))
        discount, percent = (_whole(form, name) for name in ("discount", "percent"))
        wanted = Terms(proofs, domains, discount, percent, most, each, every, frames)
        return await estore.actions.change_terms(tx, id_, wanted)

    return await _do(visit, store_id, act)


@post("/{store_id:str}/shelf", status_code=200)
async def shelf(visit: NamedDependency[Visit], store_id: FromPath[str]) -> Response[str]:
    """This will put a plan on the shelf, at a fee of its own or at the store's discount; or take one off it."""
    form = await visit.request.form()
    plan, off = forms.text(form, "plan"), forms.text(form, "off")

    async def act(tx: Any, id_: str) -> Any:
        if off:
            return await estore.actions.take_off_shelf(tx, id_, off)
        return await estore.actions.put_on_shelf(tx, id_, plan, _fen(form, "fee") if forms.text(form, "fee").strip() else None)

    return await _do(visit, store_id, act)


@post("/{store_id:str}/state", status_code=200)
async def state(visit: NamedDependency[Visit], store_id: FromPath[str]) -> Response[str]:
    """This will close a store, or open it again."""
    wanted = forms.text(await visit.request.form(), "state") == "open"
    return await _do(visit, store_id, lambda tx, id_: estore.actions.set_open(tx, id_, wanted))


@post("/{store_id:str}/member", status_code=200)
async def member(visit: NamedDependency[Visit], store_id: FromPath[str]) -> Response[str]:
    """This will let a member decide for the store or no more, or end the membership."""
    form = await visit.request.form()
    who, role = forms.text(form, "member"), forms.text(form, "role")

    async def act(tx: Any, id_: str) -> Any:
        if role == "ended":
            return await estore.actions.end_member(tx, id_, who)
        return await estore.actions.set_role(tx, id_, who, role)

    return await _do(visit, store_id, act)


@post("/{store_id:str}/secret", status_code=200)
async def secret(visit: NamedDependency[Visit], store_id: FromPath[str]) -> Response[str]:
    """This will make another secret for the company's pages, and show it this once."""
    found = await own(visit, store_id)
    made = await visit.store.run(found.id, lambda tx: estore.actions.renew_secret(tx, found.id), _origin(visit))
    return await page(visit, store_id, secret=made)


async def _do(visit: Visit, store_id: str, act: Any) -> Response[str]:
    found = await own(visit, store_id)
    try:
        await visit.store.run(found.id, lambda tx: act(tx, found.id), _origin(visit))
    except Refusal as refusal:
        return await page(visit, store_id, refusal.status, error=visit.words(refusal))
    return replies.go(f"/console/stores/{found.id}")


def _origin(visit: Visit) -> Origin:
    return Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit)


def _fen(form: Form, name: str) -> int:
    """:raises Refusal: `amount.invalid`, 422."""
    try:
        return money(Decimal(forms.text(form, name).strip() or "0")).minor
    except (ValueError, ArithmeticError):
        raise Refusal("amount.invalid", _("That is not an amount in yuan."), 422) from None


def _several(form: Form, name: str) -> list[str]:
    """Each once, in the order in which they were written, with spaces or commas between them."""
    return list(dict.fromkeys(forms.text(form, name).replace(",", " ").split()))


def _whole(form: Form, name: str) -> int:
    text = forms.text(form, name).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1


ROUTES = [make, look, terms, shelf, state, member, secret]
