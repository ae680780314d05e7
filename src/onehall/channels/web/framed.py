"""A store inside the company's own pages: who may show an answer, and for how long; what does not belong in there opens outside of it."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response

from onehall.channels.web import replies
from onehall.domains import estore
from onehall.domains.estore import EStore, Member
from onehall.kernel.identity import Proof, Who, frames, visitors
from onehall.kernel.identity.gate import SESSION, VISITOR
from onehall.kernel.identity.http import cookie
from onehall.kernel.ids import home_for
from onehall.kernel.store import Store

AnyRequest = Request[Any, Any, Any]
ASKED_AGAIN = timedelta(minutes=30)
ROOMS = ("estore.", "journey.rate")


def check(request: AnyRequest, shop: EStore) -> bool:
    """This will tell whether a way in leads into a frame, and let the company's pages show what is answered.

    :raises Refusal: `estore.frame`, 403: the store opens in no frame.
    """
    if not frames.standing_of(request).cookies:
        return False
    if not shop.terms.frames:
        frames.end(request)
    frames.allow(request, estore.rules.check_framed(shop))
    return True


async def let_in(request: AnyRequest, who: Who, shop: EStore, member: Member | None) -> Response[str]:
    """This will begin the frame of a store. Whoever was in it before has left nothing; who has not joined is nobody in it."""
    gate = request.app.state.doors.gate
    answer = replies.go(f"/s/{shop.slug}")
    if member is None:
        await gate.log_out(who)
        answer.set_cookie(cookie(SESSION, None))
    else:
        answer.set_cookie(cookie(SESSION, (await gate.log_in(who, member.party, Proof.LINE, channel="web")).token))
    answer.set_cookie(cookie(VISITOR, visitors.sign(visitors.new())))
    frames.begin(request, shop.slug, shop.terms.frames, gate.store.clock.now())
    return answer


async def keep(request: AnyRequest, house: Store) -> None:
    """This will ask the store again who may show it, when that was last asked half an hour ago, and keep the frame or end it."""
    frame, now = frames.standing_of(request).frame, house.clock.now()
    if frame is None or frame.until - now.timestamp() > (frames.LASTS - ASKED_AGAIN).total_seconds():
        return
    async with house.edge(home_for(frame.of)) as tx:
        found = await estore.queries.addressed(tx, frame.of)
    if found and found.status == "open" and found.terms.frames:
        frames.begin(request, frame.of, found.terms.frames, now)
    else:
        frames.end(request)


def only_store(request: AnyRequest, slug: str) -> None:
    """This will show a store in no other store's frame."""
    frame = frames.standing_of(request).frame
    if frame and frame.of != slug:
        frames.allow(request, ())


def only_function(request: AnyRequest, function: str) -> None:
    """This will show in a frame what a store does, and nothing else of the hall."""
    if frames.standing_of(request).frame and not function.startswith(ROOMS):
        frames.allow(request, ())
