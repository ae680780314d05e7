"""One visit to a room: the request, who stands behind it, and the page that goes back."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException

from onehall.hall import Caller, Hall
from onehall.kernel.i18n import Text
from onehall.kernel.identity import staff
from onehall.kernel.identity.forgery import form_token
from onehall.kernel.identity.gate import Gate
from onehall.kernel.identity.http import ANSWERS, who_of
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from onehall.pages import replies
from onehall.pages.render import Room

AnyRequest = Request[Any, Any, Any]
LOGIN = "/desk/login"


class Visit:
    """What every page of a room needs to know of its reader."""

    def __init__(self, request: AnyRequest, room: Room) -> None:
        self.request = request
        self.room = room
        self.who = who_of(request)
        self.lang = self.who.language

    @property
    def hall(self) -> Hall:
        """This will give the counter of the house."""
        hall: Hall = self.request.app.state.hall
        return hall

    @property
    def store(self) -> Store:
        """This will give the store of the house."""
        return self.hall.store

    @property
    def gate(self) -> Gate:
        """This will give what logs people in and out."""
        gate: Gate = self.request.app.state.gate
        return gate

    @property
    def path(self) -> str:
        """This will give the address of the page as the reader sees it."""
        url = self.request.url
        return url.path + (f"?{url.query}" if url.query and self.request.method == "GET" else "")

    @property
    def swaps(self) -> bool:
        """This will tell whether our script asks for the page to look for what is new in it."""
        return self.request.headers.get("x-part") == "main"

    def caller(self, party: str | None = None) -> Caller:
        """This will give who stands at the counter: the clerk, and the customer for whom they act."""
        return Caller(self.room.name, self.who, source=self.who.unit, party=party)

    def words(self, refusal: Refusal) -> str:
        """This will give the reason of a refusal in the reader's language."""
        return refusal.reason if isinstance(refusal.reason, str) else refusal.reason.render(self.lang)

    def page(self, template: str, status: int = 200, **given: Any) -> Response[str]:
        """This will answer with a page in the reader's language."""
        about = {"csrf_token": form_token(self.who), "who": self.who, "now": self.store.clock.now()}
        path = given.pop("path", self.path)
        return replies.html(self.room.page(template, self.lang, path, **about, **given), status)


def in_room(room: Room) -> Provide:
    """This will give each request of a room its visit."""

    async def visit(request: AnyRequest) -> Visit:
        return Visit(request, room)

    return Provide(visit)


def answers(room: Room) -> dict[Any, Any]:
    """This will answer what is refused in a room, or fails, with a page in the reader's words."""

    def refused(request: AnyRequest, error: Exception) -> Response[Any]:
        status, reason = replies.words_of(error)
        visit = Visit(request, room)
        if status == 401 and request.method == "GET":
            return replies.go(f"{LOGIN}?to={quote(replies.own_path(visit.path, room.home), safe='/')}")
        ways = room.ways(visit.who)
        if status == 403 and request.method == "GET" and request.url.path.rstrip("/") == room.home and ways and ways[0][0] != room.home:
            return replies.go(ways[0][0])  # the room's front is not for this reader, but a part of the room is
        if status >= 500 and not isinstance(error, Refusal):
            told = ANSWERS[Exception](request, error)  # logs and counts it
            reason = (told.content or {}).get("reason")
        heading = replies.heading(status).render(visit.lang)
        words = reason.render(visit.lang) if isinstance(reason, Text) else reason or ""
        return visit.page("refused.html", status, number=status, heading=heading, reason="" if words == heading else words)

    return {Refusal: refused, HTTPException: refused, Exception: refused}


async def names_of(store: Store, members: set[str]) -> dict[str, str]:
    """This will give the names of members of staff by their ids; of those who are not there, nothing."""
    found: dict[str, str] = {}
    async with store.edge(0) as tx:
        for member in sorted(members)[:50]:
            try:
                found[member] = (await staff.find(tx, member)).name
            except (Refusal, ValueError):
                continue
    return found


async def unit_names(store: Store, lang: str) -> dict[str, str]:
    """This will give the names of all units of the tree by their paths."""
    async with store.edge(0) as tx:
        return {path: name.get(lang) or name.get("en") or path for path, _kind, name in await staff.units(tx)}
