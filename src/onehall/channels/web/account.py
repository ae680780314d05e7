"""Logging in with a code by SMS, out again, and what is the customer's own."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.web import forms, replies, shelf
from onehall.channels.web.visit import Visit
from onehall.hall.doors import Doors
from onehall.kernel.i18n import LANGUAGES
from onehall.kernel.identity.gate import LANGUAGE, SESSION
from onehall.kernel.identity.http import cookie
from onehall.kernel.refusals import Refusal


@get("/login", opt={"public": True})
async def login(visit: NamedDependency[Visit], to: FromQuery[str] = "/me", phone: FromQuery[str] = "") -> Response[str]:
    """This will ask for the phone number to which a code is sent."""
    if visit.who.party:
        return replies.go(replies.own_path(to))
    return visit.page("login.html", to=replies.own_path(to), phone=phone[:20])


@post("/login", status_code=200, opt={"public": True})
async def send_code(visit: NamedDependency[Visit]) -> Response[str]:
    """This will send the code and ask for it."""
    form = await visit.request.form()
    phone, to = forms.text(form, "phone"), replies.own_path(forms.text(form, "to") or "/me")
    try:
        await _doors(visit).ask_code(visit.who, phone, "web")
    except Refusal as refusal:
        waits = refusal.code == "otp.wait"  # one is on its way already
        return visit.page("login.html", 200 if waits else refusal.status, sent=waits, phone=phone, to=to, error=visit.words(refusal))
    return visit.page("login.html", sent=True, phone=phone, to=to)


@post("/login/code", status_code=200, opt={"public": True})
async def check(visit: NamedDependency[Visit]) -> Response[str]:
    """This will check the code and open a session."""
    form = await visit.request.form()
    phone, to = forms.text(form, "phone"), replies.own_path(forms.text(form, "to") or "/me")
    try:
        party = await _doors(visit).check_code(visit.who, phone, forms.text(form, "code"), "web")
    except Refusal as refusal:
        return visit.page("login.html", refusal.status, sent=True, phone=phone, to=to, error=visit.words(refusal))
    granted = await _doors(visit).gate.log_in(visit.who, party, channel="web")
    answer = replies.go(to)
    answer.set_cookie(cookie(SESSION, granted.token))
    return answer


@post("/logout", status_code=200, opt={"public": True, "framed": True})
async def logout(visit: NamedDependency[Visit]) -> Response[str]:
    """This will end the session."""
    await _doors(visit).gate.log_out(visit.who)
    answer = replies.go(visit.front)
    answer.set_cookie(cookie(SESSION, None))
    return answer


@get("/lang/{tag:str}", opt={"public": True, "framed": True})
async def language(visit: NamedDependency[Visit], tag: FromPath[str], to: FromQuery[str] = "/") -> Response[str]:
    """This will remember the language and go back to the page."""
    answer = replies.go(replies.own_path(to))
    if tag in LANGUAGES:
        answer.set_cookie(cookie(LANGUAGE, tag))
    return answer


@get("/me", opt={"owner": True})
async def me(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show what is the customer's own."""
    if visit.who.party is None:
        return replies.go("/login?to=/me")
    journeys, boxes = await shelf.open_journeys(visit), await shelf.boxes(visit)
    return visit.page("me.html", open_journeys=journeys, boxes=boxes, push_key=visit.request.app.state.world.push.public_key)


def _doors(visit: Visit) -> Doors:
    doors: Doors = visit.request.app.state.doors
    return doors


ROUTES = [login, send_code, check, logout, language, me]
