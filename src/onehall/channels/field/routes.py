"""The kit's ways: its page, what it takes along, numbers for the day, and what it brings in."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.field import bringing, pack
from onehall.channels.field.room import ROOM, staff_only
from onehall.domains import sweep
from onehall.hall import Hall
from onehall.kernel.events import Origin
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.refusals import missing
from onehall.pages import Visit, answers, in_room, installing, replies
from onehall.pages.assets import asset

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "private, no-store"}


class Wanted(msgspec.Struct):
    """How many numbers a kit wants to have with it."""

    count: Annotated[int, msgspec.Meta(ge=0, le=100)]


@get("/")
async def kit(visit: NamedDependency[Visit]) -> Response[str]:
    """This will show the kit; the phone keeps this page."""
    page = visit.page("kit.html")
    page.headers["Content-Security-Policy"] = replies.SAFE["Content-Security-Policy"] + "; manifest-src 'self'"
    return page


@get("/manifest", opt={"public": True})
async def manifest(visit: NamedDependency[Visit]) -> Response[dict[str, Any]]:
    """This will say how the kit is installed on a phone."""
    name = _("Field kit").render(visit.lang)
    made = installing.manifest(f"Onehall {name}", name, "/field", "/field/icon/{size}", visit.lang)
    return Response(made, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@get("/icon/{size:int}", sync_to_thread=True, opt={"public": True})
def icon(size: FromPath[int]) -> Response[bytes]:
    """This will send the kit's icon."""
    if size not in installing.SIZES:
        raise missing(_("page"))
    return Response(installing.icon(size), media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


@get("/worker.js", sync_to_thread=False, opt={"public": True})
def worker() -> Response[bytes]:
    """This will send the script by which the kit's page opens without a net."""
    found = asset("field-worker.js")
    assert found is not None
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/field", "X-Content-Type-Options": "nosniff"}
    return Response(found.body, media_type="text/javascript", headers=headers)


@get("/pack")
async def take_along(request: AnyRequest) -> Response[pack.Pack]:
    """This will give what the kit takes along."""
    return Response(await pack.packed(_hall(request), _who(request)), headers=PRIVATE)


@post("/numbers", status_code=200)
async def numbers(request: AnyRequest, data: Wanted) -> Response[pack.Pack]:
    """This will lend numbers to the kit until it has as many as it wants; with none wanted, all go back."""
    hall, who = _hall(request), _who(request)
    origin = Origin(channel="field", staff=who.staff, source=who.unit, unit=who.unit)
    if data.count:
        await sweep.actions.hand_numbers(hall.store, str(who.staff), data.count, origin)
    else:
        await sweep.actions.give_back_numbers(hall.store, str(who.staff), origin)
    return Response(await pack.packed(hall, who), headers=PRIVATE)


@post("/items", status_code=200)
async def bring_in(request: AnyRequest, data: bringing.Brought) -> Response[bringing.Stands]:
    """This will take in what the kit took down, once, however often it is sent; gives where it stands."""
    return Response(await bringing.bring(_hall(request), _who(request), data), headers=PRIVATE)


def _hall(request: AnyRequest) -> Hall:
    hall: Hall = request.app.state.hall
    return hall


def _who(request: AnyRequest) -> Who:
    who: Who = request.state.who
    return who


PAGES = Router(
    "/field", route_handlers=[kit, manifest], guards=[staff_only], dependencies={"visit": in_room(ROOM)}, include_in_schema=False,
    exception_handlers=answers(ROOM), opt={"for_staff": True},
)  # fmt: skip
CALLS = Router(
    "/field", route_handlers=[icon, worker, take_along, numbers, bring_in], guards=[staff_only], include_in_schema=False,
    opt={"for_staff": True},
)  # fmt: skip

