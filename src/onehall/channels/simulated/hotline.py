"""A telephone to call the hotline with: prompts as text, keys to press, words to say, and silence. It takes the platform's way in."""

import secrets
from typing import Any

import httpx
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.simulated.room import own_form
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.pages import Visit, forms, replies

KEYS = "123456789*0#"


@get("/hotline")
async def handset(visit: NamedDependency[Visit], number: FromQuery[str] = "") -> Response[str]:
    """This will show a telephone before the call."""
    return visit.page("hotline.html", number=number, call=None)


@post("/hotline", status_code=200)
async def call(visit: NamedDependency[Visit]) -> Response[str]:
    """This will call the hotline from a number."""
    form = await own_form(visit)
    ring = {"id": f"sim-{secrets.token_hex(8)}", "from": forms.text(form, "number")[:40], "language": visit.lang}
    said = await _platform(visit, "POST", "/hotline/calls", ring)
    return replies.go(f"/sim/hotline/{said['call']}")


@get("/hotline/{id:str}")
async def on_the_line(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[str]:
    """This will show what is said on the line."""
    said = await _platform(visit, "GET", f"/hotline/calls/{id}")
    return visit.page("hotline.html", call=said, keys=KEYS, path=f"/sim/hotline/{id}")


@post("/hotline/{id:str}", status_code=200)
async def press(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[str]:
    """This will press keys, say words, keep silent, or hang up."""
    form = await own_form(visit)
    turn, do = forms.text(form, "turn"), forms.text(form, "do")
    keys = "".join(sign for sign in forms.text(form, "keys") if sign in KEYS)[:40]
    heard = {"turn": int(turn) if turn.isdecimal() and len(turn) < 9 else 0, "keys": keys, "words": forms.text(form, "words")[:300],
             "silence": do == "silence", "hang_up": do == "hang_up"}  # fmt: skip
    await _platform(visit, "POST", f"/hotline/calls/{id}", heard)
    return replies.go(f"/sim/hotline/{id}")


async def _platform(visit: Visit, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """The voice comes in by the platform's door.

    :raises Refusal: what the hotline refuses.
    """
    house: Any = visit.request.app
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=house), base_url="http://hall") as platform:
        answer = await platform.request(method, path, json=body, headers={"accept-language": visit.lang})
    found: dict[str, Any] = answer.json()
    if answer.status_code != 200:
        raise Refusal("hotline.refused", str(found.get("reason") or "") or _("The call did not come through."), answer.status_code)
    return found


ROUTES = [handset, call, on_the_line, press]
