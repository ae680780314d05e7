"""The hall on a phone: installed, read without a net, in large type, and told things while it is closed."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.web import replies
from onehall.channels.web.assets import STATIC, asset, static
from onehall.channels.web.render import NAMES, house
from onehall.channels.web.visit import LARGE, TYPE, Visit
from onehall.domains import party
from onehall.kernel.i18n import Text, _
from onehall.kernel.identity.http import cookie
from onehall.kernel.refusals import missing, unknown_caller
from onehall.pages import installing

ICONS: Final = "/icon/{size}"
WORKER: Final = "worker.js"
FILES: Final = ("hall.css", "hall.js", "phone.js", "bills.css", "icons.svg", "mark.svg", "vendor/htmx.min.js")
SOURCES: Final = (*FILES, WORKER)
AnyRequest = Request[Any, Any, Any]
Key = Annotated[str, msgspec.Meta(max_length=200)]


class Subscription(msgspec.Struct):
    """A browser as it names itself: the address of its push service, its key and its secret."""

    endpoint: Annotated[str, msgspec.Meta(max_length=1000)]
    key: Key = ""
    secret: Key = ""


@get("/manifest", opt={"public": True})
async def manifest(visit: NamedDependency[Visit]) -> Response[dict[str, Any]]:
    """This will say how the hall is installed on a phone."""
    made = installing.manifest(_("Onehall").render(visit.lang), _("Hall").render(visit.lang), "/", ICONS, visit.lang)
    headers = {"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language"}
    return Response(made, media_type="application/manifest+json", headers=headers)


@get(ICONS.replace("{size}", "{size:int}"), sync_to_thread=True, opt={"public": True})
def icon(size: FromPath[int]) -> Response[bytes]:
    """This will send the icon of the hall."""
    if size not in installing.SIZES:
        raise missing(_("page"))
    return Response(installing.icon(size), media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


@get("/worker.js", sync_to_thread=False, opt={"public": True})
def worker() -> Response[str]:
    """This will send the script that keeps what was read, with the files of today; a changed file makes it another script."""
    marks = "".join(found.mark for name in SOURCES if (found := asset(name)))
    files = [address for name in FILES if (address := static(name))] + [f"/offline/{tag}" for tag in NAMES]
    head = f"const MARK = {msgspec.json.encode(marks).decode()}, FILES = {msgspec.json.encode(files).decode()};\n"
    policy = "default-src 'none'; connect-src 'self'"
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}
    return Response(head + (STATIC / WORKER).read_text(), media_type="text/javascript", headers=headers)


@get("/offline/{tag:str}", opt={"public": True})
async def offline(visit: NamedDependency[Visit], tag: FromPath[str]) -> Response[str]:
    """This will show what stands in place of a page that was never read here, when there is no net."""
    if tag not in NAMES:
        raise missing(_("page"))
    body = house().get_template("offline.html").render(_=lambda id, **values: Text(id, values).render(tag), lang=tag)
    return replies.html(body, 200, **{"Cache-Control": "no-cache"})


@get("/type/{size:str}", opt={"public": True, "framed": True})
async def type_size(visit: NamedDependency[Visit], size: FromPath[str], to: FromQuery[str] = "/") -> Response[str]:
    """This will show all pages in large type from now on, or in the ordinary one again."""
    answer = replies.go(replies.own_path(to))
    answer.set_cookie(cookie(TYPE, LARGE if size == LARGE else None))
    return answer


@post("/push/on", status_code=204, opt={"owner": True})
async def push_on(request: AnyRequest, data: Subscription) -> None:
    """This will have the customer told things in this browser."""
    whose = _customer(request)
    async with request.app.state.hall.store.edge(whose) as tx:
        await party.actions.turn_push_on(tx, whose, data.endpoint, data.key, data.secret)


@post("/push/off", status_code=204, opt={"owner": True})
async def push_off(request: AnyRequest, data: Subscription) -> None:
    """This will tell this browser no more."""
    whose = _customer(request)
    async with request.app.state.hall.store.edge(whose) as tx:
        await party.actions.turn_push_off(tx, whose, data.endpoint)


def _customer(request: AnyRequest) -> str:
    whose: str | None = request.state.who.party
    if whose is None:
        raise unknown_caller()
    return whose


ROUTES = [manifest, icon, worker, offline, type_size, push_on, push_off]
