"""Paying by notes: the slot opens, notes are counted, the customer says yes or has them back; receipts; what may wait."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.kiosk import receipts
from onehall.channels.kiosk.deposits import Deposit, Wish
from onehall.channels.kiosk.visit import Stand
from onehall.kernel.i18n import show
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.pages import forms, replies

RECEIPT_DIGITS = 14


@post("/j/{journey:str}/cash", status_code=200)
async def begin(visit: NamedDependency[Stand], journey: FromPath[str]) -> Response[str]:
    """This will open the note slot for the payment that a journey waits for."""
    view = await visit.hall.see(visit.caller(), journey)
    question = view.question or {}
    if question.get("kind") != "pay":
        return visit.go(f"/kiosk/j/{view.id}")
    payment = str(question["url"]).rpartition("/")[2]
    await visit.machine.till.begin(Wish(question["amount_minor"], visit.session.id, visit.lang, view.id, payment))
    return visit.go("/kiosk/cash")


@get("/cash")
async def counting(visit: NamedDependency[Stand]) -> Response[str]:
    """This will show what lies in the slot; a screen that looks again is sent nothing while that still holds."""
    open_ = await visit.machine.till.look()
    if open_ is None or open_.wish.session != visit.session.id:
        return visit.go("/kiosk")
    mark = f"{open_.id}.{open_.inside}"
    if visit.swaps and visit.request.query_params.get("seen") == mark:
        return Response("", status_code=204, headers=replies.SAFE)
    return _counting(visit, open_, mark)


@post("/cash", status_code=200)
async def decide(visit: NamedDependency[Stand]) -> Response[str]:
    """This will keep the notes, or give them back."""
    till, wanted = visit.machine.till, forms.text(await visit.request.form(), "do")
    open_ = await till.look()
    if open_ is None or open_.wish.session != visit.session.id:
        return visit.go("/kiosk")
    try:
        ended = await (till.finish(open_.id) if wanted == "keep" else till.undo(open_.id))
    except Refusal as refusal:
        stands = till.one(open_.id)
        if stands.over:
            return _receipt(visit, stands, error=visit.words(refusal))
        return _counting(visit, stands, "", error=visit.words(refusal))
    if ended.step == "returned":
        return visit.go(f"/kiosk/j/{ended.wish.journey}" if ended.wish.journey else "/kiosk")
    return visit.go(f"/kiosk/j/{ended.wish.journey}" if ended.wish.journey and ended.step == "done" else f"/kiosk/receipts/{ended.id}")


@get("/receipts")
async def ask_receipt(visit: NamedDependency[Stand]) -> Response[str]:
    """This will ask for the number of a receipt."""
    return visit.page("find_receipt.html")


@post("/receipts", status_code=200)
async def find_receipt(visit: NamedDependency[Stand]) -> Response[str]:
    """This will print a receipt once more by its number; the limit is that of codes, as it is as good as one."""
    number = "".join(sign for sign in forms.text(await visit.request.form(), "number") if sign.isdigit())[:RECEIPT_DIGITS]
    visit.hall.limits.hand_over.take(f"receipt:{visit.session.cabinet}", visit.store.clock.now())
    try:
        await visit.machine.till.reprint(number)
    except Refusal as refusal:
        return visit.page("find_receipt.html", 422, error=visit.words(refusal), number=number)
    return _receipt(visit, visit.machine.till.one(number), printed=True)


@get("/receipts/{deposit:str}")
async def receipt(visit: NamedDependency[Stand], deposit: FromPath[str]) -> Response[str]:
    """This will show a receipt to whoever put the money in."""
    found = visit.machine.till.one(deposit)
    return _receipt(visit, found) if found.wish.session == visit.session.id else visit.go("/kiosk")


@post("/receipts/{deposit:str}", status_code=200)
async def reprint(visit: NamedDependency[Stand], deposit: FromPath[str]) -> Response[str]:
    """This will print a receipt once more."""
    found = visit.machine.till.one(deposit)
    if found.wish.session != visit.session.id:
        return visit.go("/kiosk")
    try:
        await visit.machine.till.reprint(deposit)
    except Refusal as refusal:
        return _receipt(visit, found, error=visit.words(refusal))
    return _receipt(visit, found, printed=True)


@get("/away")
async def away(visit: NamedDependency[Stand]) -> Response[str]:
    """This will show what may be done while the house is away."""
    return visit.page("away.html", waiting=len(visit.machine.till.waiting))


@post("/away", status_code=200)
async def begin_to_wait(visit: NamedDependency[Stand]) -> Response[str]:
    """This will open the note slot for a top-up that is credited when the house is back."""
    typed = forms.text(await visit.request.form(), "number")
    try:
        number = phone_of(typed).removeprefix("+86")
        await visit.machine.till.begin(Wish(0, visit.session.id, visit.lang, number=number))
    except Refusal as refusal:
        return visit.page("away.html", 422, error=visit.words(refusal), number=typed, waiting=len(visit.machine.till.waiting))
    return visit.go("/kiosk/cash")


def _counting(visit: Stand, deposit: Deposit, mark: str, **given: Any) -> Response[str]:
    due = show(Money(deposit.wish.due), visit.lang) if deposit.wish.due else ""
    rest = deposit.wish.due - deposit.inside
    return visit.page(
        "cash.html", deposit=deposit, due=due, inside=show(Money(deposit.inside), visit.lang), mark=mark, path="/kiosk/cash",
        rest=show(Money(rest), visit.lang) if rest > 0 else "", change=show(Money(-rest), visit.lang) if due and rest < 0 else "", **given,
    )  # fmt: skip


def _receipt(visit: Stand, deposit: Deposit, **given: Any) -> Response[str]:
    lines = [(show(label, visit.lang), show(value, visit.lang)) for label, value in receipts.lines(deposit)]
    state = receipts.state(deposit)
    return visit.page("receipt.html", deposit=deposit, lines=lines, state=state, path=f"/kiosk/receipts/{deposit.id}", **given)


ROUTES = [begin, counting, decide, ask_receipt, find_receipt, receipt, reprint, away, begin_to_wait]
