"""A journey in a clerk's hands: asked question by question, proven, paid, handed on, and printed."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.desk import finding
from onehall.channels.desk.home import about
from onehall.domains.party import Party
from onehall.hall import View
from onehall.kernel import ids, timeline
from onehall.kernel.crypto import mask_phone
from onehall.kernel.i18n import show
from onehall.kernel.journeys import BadAnswer
from onehall.kernel.journeys.row import Row, load
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.timeline import Told
from onehall.pages import Visit, forms, replies, told
from onehall.pages.qr import drawn
from onehall.pages.states import chip
from onehall.pages.visit import names_of, unit_names

KEY_MAX = 64
PAGE = 30
OFFSET_MAX = 3_000


@get("/journeys/{journey:str}")
async def see(
    visit: NamedDependency[Visit], journey: FromPath[str], q: FromQuery[str] = "", offset: FromQuery[int] = 0, seen: FromQuery[str] = ""
) -> Response[str]:
    """This will show a journey; `seen` says what the page shows already, and nothing is sent while that still holds."""
    view = await look(visit, journey)
    if visit.swaps and seen == _mark(view):
        return Response("", status_code=204, headers=replies.SAFE)
    if view.question and (q or offset):
        await _find(visit, view, q, _offset(offset))
    return await shown(visit, view, oq=q[:100], offset=_offset(offset))


@get("/journeys/{journey:str}/options")
async def options(visit: NamedDependency[Visit], journey: FromPath[str], q: FromQuery[str] = "") -> Response[str]:
    """This will send the options of the open question that fit the words."""
    view = await look(visit, journey)
    if view.question is None:
        return replies.html("")
    await _find(visit, view, q, 0)
    return visit.page("options.html", view=msgspec.to_builtins(view), question=view.question, oq=q[:100])


@post("/journeys/{journey:str}", status_code=200)
async def answer(visit: NamedDependency[Visit], journey: FromPath[str]) -> Response[str]:
    """This will hear an answer and show what follows; one that does not fit comes back with the reason."""
    form = await visit.request.form()
    key, turn = forms.text(form, "key")[:KEY_MAX], forms.text(form, "turn")
    value = await forms.answer(form)
    before = await look(visit, journey)
    at = int(turn) if turn.isdecimal() and len(turn) < 9 else 0
    try:
        view = await visit.hall.answer(visit.caller(before.party), before.id, key, at, value)
    except BadAnswer as bad:
        return await shown(visit, bad.facts["view"], 422, error=visit.words(bad), typed=forms.typed(value))
    return replies.go(f"/desk/journeys/{view.id}")


@post("/journeys/{journey:str}/handover", status_code=200)
async def hand_over(visit: NamedDependency[Visit], journey: FromPath[str]) -> Response[str]:
    """This will make a code, and a QR code, by which the journey goes on elsewhere; sent to the customer's phone when that is wished."""
    view, form = await look(visit, journey), await visit.request.form()
    if view.moved_to:
        return replies.go(f"/desk/journeys/{view.id}")
    made = await visit.hall.hand_over(visit.caller(view.party), view.id)
    sent, error = "", ""
    if forms.text(form, "do") == "send":
        try:
            sent = mask_phone(await visit.hall.send_hand_over(visit.caller(view.party), made, forms.text(form, "phone")[:20]))
        except Refusal as refusal:
            if refusal.status >= 500:
                raise
            error = visit.words(refusal)
    clock = show(made.by_clock(visit.store.clock.now()), visit.lang)
    return await shown(visit, view, code=made.code, until=made.until, clock=clock, qr=drawn(made.link), sent=sent, error=error)


@get("/journeys/{journey:str}/handover")
async def handed_over(visit: NamedDependency[Visit], journey: FromPath[str]) -> Response[str]:
    """This will lead back to the journey: a code is shown once."""
    view = await look(visit, journey)
    return replies.go(f"/desk/journeys/{view.id}")


@get("/journeys/{journey:str}/receipt")
async def receipt(visit: NamedDependency[Visit], journey: FromPath[str]) -> Response[str]:
    """This will show what was done, to be printed and given to the customer."""
    view = await look(visit, journey)
    if view.state != "done":
        raise missing("receipt")
    row = await _row(visit, view.id)
    names, units = await names_of(visit.store, {row.staff} if row.staff else set()), await unit_names(visit.store, visit.lang)
    return visit.page(
        "receipt.html", view=msgspec.to_builtins(view), party=await _customer(visit, view), at=row.updated,
        store=units.get(row.unit or "", ""), clerk=names.get(row.staff or "", ""), **await about(visit),
    )  # fmt: skip


async def look(visit: Visit, journey: str) -> View:
    """This will show a journey to the clerk who may see it, with the customer it is for."""
    view = await visit.hall.see(visit.caller(), journey)
    return await visit.hall.see(visit.caller(view.party), view.id) if view.party else view


async def shown(visit: Visit, view: View, status: int = 200, kept: bool = True, **given: Any) -> Response[str]:
    """This will answer with a journey; `kept` says that it has a row, so that it can be looked at again."""
    happened, row = (await _story(visit, view.id)) if kept else ([], None)
    names = await names_of(visit.store, {each["staff"] for each in view.trail if each["staff"]} | told.staff_in(happened))
    story = told.lines(told.quiet(happened), {one.journey or one.key: row for one in happened} if row else {}, names, visit.lang)
    trail = [_said_by(each, names, visit.lang) for each in view.trail]
    waits = view.question is not None and view.question["kind"] in ("wait", "pay") and not view.moved_to
    return visit.page(
        "journey.html", status, view=msgspec.to_builtins(view) | {"trail": trail}, question=view.question, state=chip(view.state),
        party=await _customer(visit, view), story=story, kept=kept, waits=waits, mark=_mark(view), path=f"/desk/journeys/{view.id}",
        **await about(visit), **given,
    )  # fmt: skip


def _said_by(answer: dict[str, Any], names: dict[str, str], lang: str) -> dict[str, Any]:
    return answer | {"staff": names.get(answer["staff"] or "", ""), "channel": told.channel_name(answer["channel"], lang)}


async def _story(visit: Visit, journey: str) -> tuple[list[Told], Row | None]:
    async with visit.store.edge(journey) as tx:
        return await timeline.of_journey(tx, journey), await load(tx, journey)


async def _row(visit: Visit, journey: str) -> Row:
    async with visit.store.edge(journey) as tx:
        row = await load(tx, journey)
    if row is None:
        raise missing("receipt")
    return row


async def _customer(visit: Visit, view: View) -> Party | None:
    """The customer's name is shown to those who may serve them; the journey itself may be in their hands all the same."""
    if not view.party or not ids.is_id(view.party):
        return None
    try:
        return await finding.customer(visit, view.party)
    except Refusal:
        return None


async def _find(visit: Visit, view: View, words: str, offset: int) -> None:
    assert view.question is not None
    found = await visit.hall.options(visit.caller(view.party), view.id, words[:100], offset)
    view.question |= {"options": found, "more": len(found) >= PAGE}


def _offset(offset: int) -> int:
    return max(0, min(offset, OFFSET_MAX))


def _mark(view: View) -> str:
    return f"{view.state}.{(view.question or {}).get('turn', 0)}.{len(view.trail)}"


ROUTES = [see, options, answer, hand_over, handed_over, receipt]
