"""A journey on the kiosk's screen: asked as tiles and keys, proven by the ID reader and the camera, handed on by a QR code."""

from typing import Any
from urllib.parse import quote, urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.kiosk.devices import OutOfOrder
from onehall.channels.kiosk.visit import Stand
from onehall.hall import View, machines
from onehall.kernel.functions import Proof
from onehall.kernel.i18n import _, show
from onehall.kernel.journeys import BadAnswer
from onehall.kernel.journeys.hand_over import HandOver
from onehall.kernel.refusals import Refusal
from onehall.pages import forms, replies
from onehall.pages.qr import drawn

KEY_MAX = 64
PAGE = 6
OFFSET_MAX = 3_000
SHOWN = ("name", "document_type", "document_number")


@post("/f/{function:str}", status_code=200)
async def start(visit: NamedDependency[Stand], function: FromPath[str]) -> Response[str]:
    """This will begin a journey; one that asks nothing is answered at once.

    Who must show a document says first which customer they are: a document alone makes a new one.
    """
    found = next((each for each in await visit.hall.functions(visit.caller()) if each.name == function), None)
    if found and found.proof is Proof.REAL_NAME and not visit.session.party:
        return visit.go(f"/kiosk/who?to={quote(function)}")
    view = await visit.hall.start(visit.caller(), function, forms.given(await visit.request.form()))
    return visit.go(f"/kiosk/j/{view.id}") if view.state in ("asking", "waiting") else visit.journey(view, **_paged(view, 0))


@get("/j/{journey:str}")
async def see(
    visit: NamedDependency[Stand], journey: FromPath[str], q: FromQuery[str] = "", offset: FromQuery[int] = 0, seen: FromQuery[str] = ""
) -> Response[str]:
    """This will show a journey; `seen` says what the screen shows already, and nothing is sent while that still holds."""
    view = await visit.hall.see(visit.caller(), journey)
    question = view.question or {}
    if visit.swaps and seen == f"{view.state}.{question.get('turn', 0)}":
        return Response("", status_code=204, headers=replies.SAFE)
    return await _shown(visit, view, q[:100], max(0, min(offset, OFFSET_MAX)))


@post("/j/{journey:str}", status_code=200)
async def answer(visit: NamedDependency[Stand], journey: FromPath[str]) -> Response[str]:
    """This will hear an answer; one that the devices give is read from them first."""
    form = await visit.request.form()
    key, turn = forms.text(form, "key")[:KEY_MAX], forms.text(form, "turn")
    try:
        value = await _value(visit, form)
        view = await visit.hall.answer(visit.caller(), journey, key, int(turn) if turn.isdecimal() and len(turn) < 9 else 0, value)
    except BadAnswer as bad:
        return await _shown(visit, bad.facts["view"], error=visit.words(bad), status=422)
    except Refusal as refusal:
        if not refusal.code.startswith("device."):
            raise
        return await _shown(visit, await visit.hall.see(visit.caller(), journey), error=visit.words(refusal), status=422)
    await visit.remember(view)
    return visit.go(f"/kiosk/j/{view.id}")


@post("/j/{journey:str}/card", status_code=200)
async def pay_by_card(visit: NamedDependency[Stand], journey: FromPath[str]) -> Response[str]:
    """This will take the money from the card in the reader."""
    view = await visit.hall.see(visit.caller(), journey)
    try:
        await visit.machine.devices.read("card_reader", "CardReader.ReadRawData", "track2", _("Please put your card into the reader."))
        payment = await machines.payment_of(visit.hall, view.id)
        await machines.check_open(visit.hall, view.id, payment)
        await machines.take_money(visit.hall, visit.machine.caller, view.id, payment, "card")
    except Refusal as refusal:
        if refusal.code == "unavailable":
            raise
        return await _shown(visit, view, error=visit.words(refusal), status=422)
    return visit.go(f"/kiosk/j/{view.id}")


@post("/j/{journey:str}/handover", status_code=200)
async def hand_over(visit: NamedDependency[Stand], journey: FromPath[str]) -> Response[str]:
    """This will show a code, and a QR code for the phone, by which the journey goes on elsewhere; printed when that is wished."""
    view = await visit.hall.see(visit.caller(), journey)
    if view.moved_to:
        return visit.go(f"/kiosk/j/{view.id}")
    prints = forms.text(await visit.request.form(), "do") == "print"
    made = await visit.hall.hand_over(visit.caller(), view.id)
    clock = show(made.by_clock(visit.store.clock.now()), visit.lang)
    printed = prints and await _printed(visit, view, made, clock)
    return visit.page(
        "handover.html", view=view, code=made.code, until=made.until, clock=clock, qr=drawn(made.link), printed=printed,
        error=_("The printer does not work just now.").render(visit.lang) if prints and not printed else "",
    )  # fmt: skip


@get("/j/{journey:str}/handover")
async def handed_over(visit: NamedDependency[Stand], journey: FromPath[str]) -> Response[str]:
    """This will lead back to the journey: a code is shown once."""
    view = await visit.hall.see(visit.caller(), journey)
    return visit.go(f"/kiosk/j/{view.id}")


async def _printed(visit: Stand, view: View, made: HandOver, clock: str) -> bool:
    lines = (
        view.title, _("Go on with your phone, or at a counter"), _("Code: {code}", code=f"{made.code[:3]} {made.code[3:]}"), made.link,
        _("Go on until {until}. The code works once.", until=clock),
    )  # fmt: skip
    paper = "\n".join(show(line, visit.lang) for line in lines)
    try:
        return (await visit.machine.devices.ask("printer", "Printer.PrintNative", text=paper)).ended_well
    except OutOfOrder:
        return False


async def _shown(visit: Stand, view: View, q: str = "", offset: int = 0, **given: Any) -> Response[str]:
    question = view.question
    if question and question.get("options") and (q or offset or question.get("more")):
        found = await visit.hall.options(visit.caller(), view.id, q, offset - offset % 30)
        question |= {"options": found, "more": len(found) >= 30}
    qr = drawn(question["url"]) if question and question["kind"] == "pay" and question.get("url") else ""
    pays = question is not None and question["kind"] == "pay"
    cash = pays and question["amount_minor"] % 100 == 0 and await visit.machine.devices.works("cash")  # type: ignore[index]
    mine = [each for each in visit.machine.till.deposits.values() if each.wish.session == visit.session.id and each.stacked]
    receipt = mine[-1].id if mine and view.state == "done" else ""
    return visit.journey(view, q=q, qr=qr, cash=cash, receipt=receipt, **_paged(view, offset, q), **given)


def _paged(view: View, offset: int, q: str = "") -> dict[str, Any]:
    """Six options to a screen; thirty come at once."""
    question = view.question or {}
    options = question.get("options") or []
    at = offset % 30
    more = len(options) > at + PAGE or (question.get("more") and len(options) == 30)
    said = {"q": q} if q else {}
    following = f"?{urlencode({'offset': offset + PAGE, **said})}" if more else ""
    before = f"?{urlencode({'offset': max(0, offset - PAGE), **said})}" if offset else ""
    return {"options": options[at : at + PAGE], "after": following, "before": before}


async def _value(visit: Stand, form: Any) -> Any:
    """What the form says; where it says that the devices answer, what they read."""
    match forms.text(form, "device"):
        case "identity":
            return await _identity(visit)
        case "sim":
            return await _sim(visit)
    return await forms.answer(form)


async def _identity(visit: Stand) -> dict[str, str]:
    devices = visit.machine.devices
    chip = await devices.read("id_reader", "CardReader.ReadRawData", "chip", _("Please lay your ID card on the reader."))
    face = await devices.read("camera", "Camera.TakePicture", "pictureFile", _("Please look into the camera."))
    return {name: str(chip.get(name, "")) for name in SHOWN} | {"face": str(face)}


async def _sim(visit: Stand) -> str:
    nothing = _("This machine has no SIM cards left.")
    return str(await visit.machine.devices.read("sim_dispenser", "CardDispenser.DispenseCard", "iccid", nothing))


ROUTES = [start, see, answer, pay_by_card, hand_over, handed_over]
