"""Invoices: what was issued, to whom, how each stands; a wrong one is taken back by a red one and made out anew."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.console.billing.words import asked, cash, cut, leaves
from onehall.channels.console.room import PAGE, about, check_unit, chosen, place
from onehall.domains import billing
from onehall.kernel import ids
from onehall.kernel.events import Origin
from onehall.kernel.i18n import Text, _, show
from onehall.kernel.identity.scope import check_role
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.pages import Visit, forms, replies
from onehall.pages.states import Chip
from onehall.pages.visit import names_of

STATES = ("asked", "issued", "refused", "reversing", "reversed")
CHIPS: dict[str, Chip] = {
    "asked": Chip(_("Asked for"), "warn"), "issued": Chip(_("Made out"), "good"), "refused": Chip(_("Refused"), "bad"),
    "reversing": Chip(_("Being reversed"), "warn"), "reversed": Chip(_("Reversed")),
}  # fmt: skip
RED = Chip(_("Red invoice"), "bad")
MAY_REVERSE = "operations"


@get("/invoices")
async def invoices(visit: NamedDependency[Visit], page: FromQuery[int] = 1) -> Response[str]:
    """This will list the latest invoices of the reader's unit, of a state or found by a number."""
    wanted, words, at = chosen(visit, STATES), asked(visit, "number"), place(page)
    async with visit.store.glance(0) as tx:
        found = await billing.queries.invoice_list(tx, visit.who.unit or "", wanted or None, words, (at - 1) * PAGE, PAGE + 1)
    rows, more = cut(found)
    names = await names_of(visit.store, {row["staff"] for row in rows if row["staff"]})
    return visit.page(
        "billing/invoices.html", rows=[_row(row, names, visit.lang) for row in rows], state=wanted, number=words,
        states=[(name, CHIPS[name].text) for name in STATES],
        **leaves("/console/invoices", at, more, state=wanted, number=words), **await about(visit),
    )  # fmt: skip


@get("/invoices/{invoice:str}")
async def one_invoice(visit: NamedDependency[Visit], invoice: FromPath[str]) -> Response[str]:
    """This will show an invoice, what took it back and what stands instead."""
    return await _shown(visit, invoice)


@post("/invoices/{invoice:str}/reverse", status_code=200)
async def reverse(visit: NamedDependency[Visit], invoice: FromPath[str]) -> Response[str]:
    """This will have an invoice taken back by a red one, and made out anew if a name is given; sent twice, it is done once."""
    check_role(visit.who, MAY_REVERSE)
    form = await visit.request.form()
    once, why = forms.text(form, "once")[:40], " ".join(forms.text(form, "why").split())[:200]

    async def act(tx: Tx) -> None:
        await _own(visit, tx, invoice)
        again = _to(form) if forms.text(form, "way") == "anew" else None
        if not why:
            raise Refusal("invoice.why", _("Please say why it is taken back."), 422)
        await billing.actions.reverse_invoice(tx, invoice, again, f"console:{invoice}:{once}", why)

    return await _done(visit, invoice, act)


@post("/invoices/{invoice:str}/anew", status_code=200)
async def anew(visit: NamedDependency[Visit], invoice: FromPath[str]) -> Response[str]:
    """This will have what a reversed or refused invoice was of invoiced anew; sent twice, it is done once."""
    check_role(visit.who, MAY_REVERSE)
    form = await visit.request.form()

    async def act(tx: Tx) -> None:
        await _own(visit, tx, invoice)
        await billing.actions.invoice_anew(tx, invoice, _to(form))

    return await _done(visit, invoice, act)


async def _done(visit: Visit, invoice: str, act: Any) -> Response[str]:
    if not ids.is_id(invoice):
        raise missing(_("invoice"))
    try:
        await visit.store.run(invoice, act, Origin(channel="console", staff=visit.who.staff, unit=visit.who.unit))
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return await _shown(visit, invoice, refusal.status, error=visit.words(refusal))
    return replies.go(f"/console/invoices/{invoice}")


async def _shown(visit: Visit, invoice: str, status: int = 200, error: str = "") -> Response[str]:
    if not ids.is_id(invoice):
        raise missing(_("invoice"))
    async with visit.store.edge(invoice) as tx:
        found = await _own(visit, tx, invoice)
        red, live = await billing.queries.red_of(tx, invoice), await billing.queries.live_of(tx, found)
        account = await billing.queries.account(tx, found.account)
        bill = await billing.queries.bills.bill(tx, found.bill) if found.bill else None
    may = visit.who.is_a("admin", MAY_REVERSE) and found.reverses is None
    return visit.page(
        "billing/invoice.html", status, error=error, i=_one(found, visit.lang), line=account.number or "", bill=bill.no if bill else "",
        red=_one(red, visit.lang) if red else None, live=live if live != invoice else None, once=red.id if red else "first",
        may_reverse=may and found.status == "issued", may_anew=may and not live and found.status in ("reversed", "refused"),
        path=f"/console/invoices/{invoice}", **await about(visit),
    )  # fmt: skip


async def _own(visit: Visit, tx: Tx, invoice: str) -> Any:
    found = await billing.queries.invoice(tx, invoice)
    check_unit(visit, found.unit, "invoice")
    return found


def _to(form: FormMultiDict) -> dict[str, str]:
    """:raises Refusal: `invoice.title`, `invoice.tax_number`, `invoice.email`, 422."""
    check = billing.rules.invoicing
    tax, email = forms.text(form, "tax_number").strip(), forms.text(form, "email").strip()
    return {
        "title": check.invoice_title(forms.text(form, "title")), "tax_number": check.tax_number(tax) if tax else "",
        "email": check.email_address(email) if email else "",
    }  # fmt: skip


def _row(row: Any, names: dict[str, str], lang: str) -> dict[str, Any]:
    return {
        "id": row["id"], "number": row["number"] or "", "line": row["line"] or "", "of": _of(row["no"], lang), "title": row["title"],
        "amount": cash(row["minor"], row["currency"], lang), "red": row["minor"] < 0, "state": CHIPS[row["status"]], "asked": row["asked"],
        "issued": row["issued"], "staff": names.get(row["staff"] or "", ""),
    }  # fmt: skip


def _of(no: str | None, lang: str) -> str:
    text: Text = _("Bill {no}", no=no) if no else _("Top-up")
    return show(text, lang)


def _one(one: Any, lang: str) -> dict[str, Any]:
    return {
        "id": one.id, "number": one.number or "", "amount": show(one.amount, lang), "title": one.title, "tax_number": one.tax_number or "",
        "email": one.email or "", "state": CHIPS[one.status], "why": one.why or "", "asked": one.asked, "issued": one.issued,
        "url": one.url or "", "reverses": one.reverses or "", "account": one.account, "payment": one.payment or "",
        "red": RED if one.reverses else None,
    }  # fmt: skip


ROUTES = [invoices, one_invoice, reverse, anew]
