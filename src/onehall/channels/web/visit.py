"""One visit: the request, who stands behind it, and the page that goes back."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Request, Response
from markupsafe import escape

from onehall.channels.web import framed, replies
from onehall.channels.web.render import page
from onehall.hall import Caller, Hall, View
from onehall.kernel import crypto
from onehall.kernel.identity import frames
from onehall.kernel.identity.forgery import form_token
from onehall.kernel.identity.http import who_of
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import current

SOURCE_LENGTH_MAX = 64
KEPT = frozenset({"home.html", "mine.html", "me.html", "plans.html", "plan.html", "bills.html", "bill.html"})  # what a phone may keep
TYPE, LARGE = "hall_type", "large"
NOT_YET = "-the-token-of-the-reader-"  # stands where the token of a page that is made for many will be


class Visit:
    """What every page of the web hall needs to know of its reader."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        self.request = request
        self.who = who_of(request)
        self.lang = self.who.language
        source = request.query_params.get("src")
        self.caller = Caller("web", self.who, source=source[:SOURCE_LENGTH_MAX] if source else None)

    @property
    def hall(self) -> Hall:
        """This will give the counter."""
        hall: Hall = self.request.app.state.hall
        return hall

    @property
    def path(self) -> str:
        """This will give the address of the page as the reader sees it."""
        url = self.request.url
        return url.path + (f"?{url.query}" if url.query and self.request.method == "GET" else "")

    @property
    def about(self) -> dict[str, Any]:
        """This will give what every template may ask about the reader."""
        known = {"csrf_token": form_token(self.who), "logged_in": self.who.party is not None, "large": self.large}
        return known | {"framed": self.framed, "front": self.front}

    @property
    def framed(self) -> bool:
        """This will tell whether the reader sees our pages inside those of a company."""
        return frames.standing_of(self.request).cookies

    @property
    def front(self) -> str:
        """This will give the page from which everything starts: in a frame that of its store."""
        frame = frames.standing_of(self.request).frame
        return f"/s/{frame.of}" if frame else "/"

    @property
    def large(self) -> bool:
        """This will tell whether the reader wants large type."""
        return self.request.cookies.get(TYPE) == LARGE

    def marked(self, template: str) -> dict[str, str]:
        """This will say whose page it is, so that a phone keeps pages of one reader only, and whether it may be kept at all."""
        whose = crypto.keyed_hash(current().secret, self.who.party, "reader")[:16] if self.who.party else "guest"
        return {"X-Reader": whose, "Content-Language": self.lang} | ({"X-Keep": "1"} if template in KEPT else {})

    @property
    def swaps(self) -> bool:
        """This will tell whether htmx asks for a piece of a page."""
        return replies.swaps(self.request)

    def words(self, refusal: Refusal) -> str:
        """This will give the reason of a refusal in the reader's language."""
        return refusal.reason if isinstance(refusal.reason, str) else refusal.reason.render(self.lang)

    def page(self, template: str, status: int = 200, **given: Any) -> Response[str]:
        """This will answer with a page in the reader's language."""
        return replies.html(page(template, self.lang, self.path, **self.about, **given), status, **self.marked(template))

    async def window(self, template: str, make: Callable[[], Awaitable[dict[str, Any]]]) -> Response[str]:
        """This will answer with a page that says the same to everybody: made once for a moment, and signed for each reader."""

        async def whole() -> str:
            return page(template, self.lang, self.path, **self.about | {"csrf_token": NOT_YET}, **await make())

        made = await self.hall.window.show((template, self.lang, self.path, self.who.party is not None, self.large), whole)
        return replies.html(made.replace(NOT_YET, str(escape(form_token(self.who)))), 200, **self.marked(template))

    def journey(self, view: View, status: int = 200, **given: Any) -> Response[str]:
        """This will answer with a journey: the whole page, or for htmx its body alone."""
        template = "journey_body.html" if self.swaps else "journey.html"
        framed.only_function(self.request, view.function)
        mark = f"{view.state}.{(view.question or {}).get('turn', 0)}"
        waiting = view.question is not None and view.question["kind"] in ("wait", "pay")
        path = f"/j/{view.id}"
        return replies.html(
            page(template, self.lang, path, view=msgspec.to_builtins(view), waiting=waiting, mark=mark, **self.about, **given), status,
            **self.marked(template),
        )


async def visit_of(request: Request[Any, Any, Any]) -> Visit:
    """This will begin a visit."""
    visit = Visit(request)
    await framed.keep(request, visit.hall.store)
    return visit
