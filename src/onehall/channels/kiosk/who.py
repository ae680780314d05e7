"""Who stands here: by a code to their phone, for the functions that ask for a document besides."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from onehall.channels.kiosk.visit import Stand
from onehall.hall.doors import Doors
from onehall.kernel.functions import FUNCTIONS, Proof
from onehall.kernel.refusals import Refusal
from onehall.pages import forms

TO_MAX = 60


@get("/who")
async def ask(visit: NamedDependency[Stand], to: FromQuery[str] = "") -> Response[str]:
    """This will ask for the phone."""
    return visit.page("who.html", to=_known(to), phone="", sent=False)


@post("/who", status_code=200)
async def tell(visit: NamedDependency[Stand]) -> Response[str]:
    """This will send a code to the phone, or check it and begin what was wanted."""
    form = await visit.request.form()
    to, phone, code = _known(forms.text(form, "to")), forms.text(form, "phone")[:20], forms.text(form, "code")[:8]
    doors: Doors = visit.request.app.state.doors
    try:
        if not code:
            await doors.ask_code(visit.who, phone, "kiosk")
            return visit.page("who.html", to=to, phone=phone, sent=True)
        party = await doors.check_code(visit.who, phone, code, "kiosk")
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return visit.page("who.html", 422, to=to, phone=phone, sent=bool(code), error=visit.words(refusal))
    visit.session = visit.session.proven(party, Proof.CODE, visit.store.clock.now())
    if not to:
        return visit.go("/kiosk")
    view = await visit.hall.start(visit.caller(), to)
    return visit.go(f"/kiosk/j/{view.id}") if view.state in ("asking", "waiting") else visit.journey(view)


def _known(function: str) -> str:
    return function if function in FUNCTIONS else ""


ROUTES = [ask, tell]
