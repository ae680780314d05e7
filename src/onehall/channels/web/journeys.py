"""Journeys in the browser: begun by a button, asked question by question, waited for, and taken along elsewhere."""

import asyncio
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.web import forms, framed, replies
from onehall.channels.web.visit import Visit
from onehall.hall import View
from onehall.kernel.functions import FUNCTIONS, Function
from onehall.kernel.i18n import _, show
from onehall.kernel.identity import Proof
from onehall.kernel.jobs import Later
from onehall.kernel.journeys import CHANNELS, BadAnswer
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.settings import current
from onehall.pages.qr import drawn
from onehall.ports.wechat import Wechat

AnyRequest = Request[Any, Any, Any]
KEY_MAX = 64
SCENE_SECONDS = 4


@get("/f/{function:str}", opt={"owner": True, "framed": True})
async def begin(visit: NamedDependency[Visit], function: FromPath[str]) -> Response[str]:
    """This will show a function with a button to begin it; what the link brings along is kept."""
    framed.only_function(visit.request, function)
    found = await _offered(visit, function)
    asked = visit.request.query_params
    given = {name: value[:200] for name, value in list(asked.items())[:10] if name not in ("src", "line")}
    shown = {"name": found.name, "title": found.title.render(visit.lang), "family": found.family}
    return visit.page("begin.html", function=shown, given=given, line=asked.get("line"), source=visit.caller.source)


@post("/f/{function:str}", status_code=200, opt={"owner": True, "framed": True})
async def start(visit: NamedDependency[Visit], function: FromPath[str]) -> Response[str]:
    """This will begin a journey and lead to it; a function that asks nothing is answered at once.

    A guest logs in first where that is all the proof that is needed: then the next function need not ask again.
    """
    given = forms.given(await visit.request.form())
    if visit.who.party is None and Proof.NONE < (await _offered(visit, function)).proof <= Proof.CODE:
        back = f"/f/{function}" + (f"?{urlencode(given)}" if given else "")
        return replies.go("/login?" + urlencode({"to": back}), visit.request)
    view = await visit.hall.start(visit.caller, function, given=given)
    if view.state in ("asking", "waiting"):
        return replies.go(f"/j/{view.id}", visit.request)
    return visit.journey(view)


@get("/j/{journey:str}", opt={"owner": True, "framed": True})
async def see(
    visit: NamedDependency[Visit], journey: FromPath[str], q: FromQuery[str] = "", offset: FromQuery[int] = 0, seen: FromQuery[str] = ""
) -> Response[str]:
    """This will show a journey; `seen` says what the page shows already, and nothing is sent when that still holds."""
    view = await visit.hall.see(visit.caller, journey)
    mark = f"{view.state}.{(view.question or {}).get('turn', 0)}"
    if visit.swaps and seen == mark:
        return Response("", status_code=204, headers=replies.SAFE)
    offset = _offset(offset)
    if view.question and (offset or "q" in visit.request.query_params):
        await _find(visit, view, q, offset)
    return visit.journey(view, oq=q, offset=offset)


@get("/j/{journey:str}/options", opt={"owner": True, "framed": True})
async def options(
    visit: NamedDependency[Visit], journey: FromPath[str], q: FromQuery[str] = "", offset: FromQuery[int] = 0
) -> Response[str]:
    """This will send the options of the open question that fit the words, as tiles."""
    view = await visit.hall.see(visit.caller, journey)
    if view.question is None:
        return replies.html("", 200, **{"HX-Refresh": "true"})
    offset = _offset(offset)
    await _find(visit, view, q, offset)
    return visit.page("ask/options.html", view=view, question=view.question, oq=q, offset=offset)


@post("/j/{journey:str}", status_code=200, opt={"owner": True, "framed": True})
async def answer(visit: NamedDependency[Visit], journey: FromPath[str]) -> Response[str]:
    """This will hear an answer and show what follows; one that does not fit comes back with the reason."""
    form = await visit.request.form()
    key, turn = forms.text(form, "key")[:KEY_MAX], forms.text(form, "turn")
    value = await forms.answer(form)
    try:
        view = await visit.hall.answer(visit.caller, journey, key, int(turn) if turn.isdecimal() and len(turn) < 9 else 0, value)
    except BadAnswer as bad:
        return visit.journey(_kept(bad), 422, error=visit.words(bad), typed=_typed(value))
    return visit.journey(view) if visit.swaps else replies.go(f"/j/{view.id}")


@post("/j/{journey:str}/handover", status_code=200, opt={"owner": True, "framed": True})
async def hand_over(visit: NamedDependency[Visit], journey: FromPath[str]) -> Response[str]:
    """This will show a code, and a QR code, by which the journey goes on elsewhere."""
    if (await visit.hall.see(visit.caller, journey)).moved_to:
        return replies.go(f"/j/{journey}", visit.request)
    made = await visit.hall.hand_over(visit.caller, journey)
    framed.only_function(visit.request, made.function)
    now = visit.hall.store.clock.now()
    return visit.page(
        "handover.html", journey=journey, code=made.code, link=made.link, token=made.token, until=made.until,
        clock=show(made.by_clock(now), visit.lang), qr=drawn(made.link), poll=True, ways=_ways(visit, made.function),
    )  # fmt: skip


@get("/j/{journey:str}/handover", opt={"owner": True, "framed": True})
async def handed_over(visit: NamedDependency[Visit], journey: FromPath[str]) -> Response[str]:
    """This will lead back to the journey, once it was taken elsewhere; a page that shows the code asks this."""
    view = await visit.hall.see(visit.caller, journey)
    if visit.swaps and view.moved_to is None and view.state in ("asking", "waiting"):
        return Response("", status_code=204, headers=replies.SAFE)
    return replies.go(f"/j/{view.id}", visit.request)


@get(["/c", "/c/{code:str}"], opt={"public": True})
async def ask_code(visit: NamedDependency[Visit], code: FromPath[str] = "") -> Response[str]:
    """This will ask for a hand-over code. Looking at its link does not use it up: the button does."""
    return visit.page("take.html", code=code[:7])


@get("/h/{token:str}", opt={"public": True})
async def look(visit: NamedDependency[Visit], token: FromPath[str]) -> Response[str]:
    """This will show what a link brings, with a button to go on with it; looking does not use it up."""
    try:
        made = await visit.hall.offered(visit.caller, token)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return visit.page("take.html", refusal.status, code="", error=visit.words(refusal))
    title = FUNCTIONS[made.function].title.render(visit.lang) if made.function in FUNCTIONS else ""
    clock = show(made.by_clock(visit.hall.store.clock.now()), visit.lang)
    return visit.page("take_link.html", token=made.token, title=title, until=made.until, clock=clock)


@get("/h/{token:str}/wechat", opt={"public": True})
async def scene(visit: NamedDependency[Visit], token: FromPath[str]) -> Response[str]:
    """This will draw the QR code by which WeChat takes the journey over; nothing where WeChat cannot be reached."""
    platform = _wechat(visit)
    try:
        made = await visit.hall.offered(visit.caller, token)
        left = int((made.expires - visit.hall.store.clock.now()).total_seconds())
        if platform is not None:
            async with asyncio.timeout(SCENE_SECONDS):
                return visit.page("scene.html", qr=drawn((await platform.make_scene(made.token, max(left, 1))).text))
    except (Later, Refusal, TimeoutError):
        pass  # the page has the other ways
    return Response("", status_code=204, headers=replies.SAFE)


@post("/c", status_code=200, opt={"owner": True})
async def take(visit: NamedDependency[Visit]) -> Response[str]:
    """This will bring a journey to this browser by its code."""
    code = forms.text(await visit.request.form(), "code")
    try:
        view = await visit.hall.take(visit.caller, code)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return visit.page("take.html", refusal.status, code=code if len(code) <= 7 else "", error=visit.words(refusal))
    return replies.go(f"/j/{view.id}")


def _ways(visit: Visit, function: str) -> list[str]:
    """The channels into which a journey through a function can go from here."""
    found = [name for name, way in CHANNELS.items() if function not in FUNCTIONS or way.fits(FUNCTIONS[function])]
    return [name for name in found if name != "wechat" or _wechat(visit) is not None]


def _wechat(visit: Visit) -> Wechat | None:
    """The platform where WeChat is on: a real one, or the simulated."""
    on = bool(current().wechat_api) or current().simulated
    return getattr(visit.request.app.state.get("world"), "wechat", None) if on else None


async def _offered(visit: Visit, function: str) -> Function:
    found = next((each for each in await visit.hall.functions(visit.caller) if each.name == function), None)
    if found is None:
        raise missing(_("function"))
    return found


async def _find(visit: Visit, view: View, words: str, offset: int) -> None:
    assert view.question is not None
    found = await visit.hall.options(visit.caller, view.id, words[:100], offset)
    view.question |= {"options": found, "more": len(found) >= 30}


def _offset(offset: int) -> int:
    return max(0, min(offset, 3_000))


def _kept(bad: BadAnswer) -> View:
    view: View = bad.facts["view"]
    return view


def _typed(value: Any) -> dict[str, Any]:
    """What was typed is shown again; pictures and codes are not."""
    boxes = value if isinstance(value, dict) else {"value": value}
    return {name: words for name, words in boxes.items() if isinstance(words, str) and name != "code"}


ROUTES = [begin, start, see, options, answer, hand_over, handed_over, ask_code, look, scene, take]
