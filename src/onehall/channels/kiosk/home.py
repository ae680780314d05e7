"""The first screens: what can be done here, going on with a code, and the end of a session."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.kiosk.receipts import state
from onehall.channels.kiosk.session import new
from onehall.channels.kiosk.visit import ERASES, Stand
from onehall.kernel.functions import FAMILIES
from onehall.kernel.i18n import LANGUAGES, Text, _
from onehall.kernel.identity.gate import LANGUAGE
from onehall.kernel.identity.http import cookie
from onehall.kernel.refusals import Refusal, missing
from onehall.pages import forms, replies

TILES = 8
CODE_LENGTH_MAX = 300  # a link fits
FAMILY_WORDS: dict[str, tuple[Text, Text]] = {
    "sell": (_("New line, packs"), _("Numbers and plans, ready at once")),
    "handle": (_("Change or report"), _("Plan, SIM, loss, language")),
    "recharge": (_("Top up, pay"), _("Notes, card or phone")),
    "query": (_("Look up"), _("Balance, data left, bills")),
    "serve": (_("More services"), _("Orders, invoices, consents")),
}
ORDER = ("recharge", "query", "sell", "handle", "serve")


@get("/")
async def home(visit: NamedDependency[Stand], cabinet: FromQuery[str] = "") -> Response[str]:
    """This will show the first screen; `cabinet` says at which cabinet the screen stands."""
    if cabinet and cabinet != visit.session.cabinet:
        visit.session = new(visit.store.clock.now(), cabinet)
        return visit.go("/kiosk")
    families = [{"name": name, "title": FAMILY_WORDS[name][0], "note": FAMILY_WORDS[name][1]} for name in ORDER]
    left = [each for each in visit.machine.interrupted if (visit.store.clock.now() - each.at).total_seconds() < 900]
    told = [{"id": each.id, "at": each.at, "state": state(each)} for each in left[-3:]]
    return visit.page("home.html", families=families, told=told, at_home=True)


@get("/do/{family:str}")
async def family(visit: NamedDependency[Stand], family: FromPath[str], offset: FromQuery[int] = 0) -> Response[str]:
    """This will show the services of a family as tiles, a screen at a time."""
    if family not in FAMILIES:
        raise missing(_("page"))
    found = [each for each in await visit.hall.functions(visit.caller()) if each.family == family]
    offset = max(0, min(offset, len(found) - 1))
    tiles = [{"name": each.name, "title": each.title} for each in found[offset : offset + TILES]]
    pages: dict[str, Any] = {"before": offset - TILES if offset else None, "after": offset + TILES if len(found) > offset + TILES else None}
    return visit.page("family.html", tiles=tiles, family=FAMILY_WORDS[family], at=f"/kiosk/do/{family}", **pages)


@get("/code")
async def ask_code(visit: NamedDependency[Stand]) -> Response[str]:
    """This will ask for the code by which a journey comes here."""
    return visit.page("code.html", code="")


@post("/code", status_code=200)
async def take(visit: NamedDependency[Stand]) -> Response[str]:
    """This will bring a journey to this screen by its code, typed or scanned."""
    form = await visit.request.form()
    code = forms.text(form, "code")[:CODE_LENGTH_MAX]
    try:
        if forms.text(form, "do") == "scan":
            code = await _scanned(visit)
        view = await visit.hall.take(visit.caller(), code)
    except Refusal as refusal:
        if refusal.code == "unavailable":
            raise
        typed = code if len(code) <= 7 else ""
        return visit.page("code.html", refusal.status if refusal.status < 500 else 409, code=typed, error=visit.words(refusal))
    return visit.go(f"/kiosk/j/{view.id}")


@post("/leave", status_code=200)
async def leave(visit: NamedDependency[Stand]) -> Response[str]:
    """This will end the session: the screen and everything of it are forgotten."""
    return await _leave(visit)


@get("/leave")
async def time_out(visit: NamedDependency[Stand]) -> Response[str]:
    """This will end the session of a screen that was left alone."""
    return await _leave(visit)


@get("/lang/{tag:str}")
async def language(visit: NamedDependency[Stand], tag: FromPath[str], to: FromQuery[str] = "/kiosk") -> Response[str]:
    """This will remember the language and go back to the screen."""
    answer = visit.go(replies.own_path(to, "/kiosk"))
    if tag in LANGUAGES:
        answer.set_cookie(cookie(LANGUAGE, tag))
    return answer


async def _leave(visit: Stand) -> Response[str]:
    visit.wipe()
    await visit.let_go()
    answer = visit.go("/kiosk")
    answer.headers.update(ERASES)
    answer.set_cookie(cookie(LANGUAGE, None))
    return answer


async def _scanned(visit: Stand) -> str:
    wanted = _("Hold the code in front of the scanner.")
    read: Any = await visit.machine.devices.read("scanner", "BarcodeReader.Read", "barcodeData", wanted)
    return str(read)[:CODE_LENGTH_MAX]


ROUTES = [home, family, ask_code, take, leave, time_out, language]
