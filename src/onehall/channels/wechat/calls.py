"""The platform's calls: a look whether we are there, and messages, each answered within the time that the platform waits."""

import asyncio
from typing import Any, Final

from litestar import Request, Response, get, post

from onehall.channels.wechat import messages, store, talking
from onehall.channels.wechat.messages import Heard
from onehall.dialogues import reason
from onehall.hall import Hall
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for
from onehall.kernel.refusals import Refusal
from onehall.ports.wechat import BadCall, Wechat

PASSIVE_SECONDS: Final = 4.5  # the platform waits for five
BODY_MAX: Final = 64 * 1024
DONE: Final = "success"  # "heard, and nothing to say"
AnyRequest = Request[Any, Any, Any]
_working: set[asyncio.Task[str]] = set()


@get("/wechat", media_type="text/plain", opt={"by_network": True}, include_in_schema=False)
async def look(request: AnyRequest) -> str:
    """This will tell the platform that we are there.

    :raises Refusal: 403, it is not the platform.
    """
    platform: Wechat = request.app.state.world.wechat
    try:
        return platform.echo(request.query_params, request.app.state.hall.store.clock.now())
    except BadCall as bad:
        raise _forged() from bad


@post("/wechat", status_code=200, opt={"forms": "free", "by_network": True}, request_max_body_size=BODY_MAX, include_in_schema=False)
async def call(request: AnyRequest) -> Response[str]:
    """This will answer a message or an event; what takes longer than the platform waits is sent after.

    :raises Refusal: 403 it is not the platform's, or was heard as another; 400 it is no message; 413 too large.
    """
    hall: Hall = request.app.state.hall
    platform: Wechat = request.app.state.world.wechat
    now = hall.store.clock.now()
    try:
        plain = platform.hear(request.query_params, await request.body(), now)
    except BadCall as bad:
        raise _forged() from bad
    heard = messages.read(plain)
    await store.spend(hall.store, request.query_params.get("nonce", ""), plain)
    words = await _in_time(hall, heard)
    if not words:
        return Response(DONE, media_type="text/plain")
    reply = messages.text(heard.openid, heard.account, words, int(now.timestamp()))
    return Response(platform.answer(reply, now), media_type="application/xml")


async def _in_time(hall: Hall, heard: Heard) -> str:
    """The words of a reply, or none when they will follow by themselves."""
    turn = talking.Turn(hall, heard)
    task = asyncio.create_task(_said(turn))
    _working.add(task)
    task.add_done_callback(_working.discard)
    done, _waiting = await asyncio.wait({task}, timeout=PASSIVE_SECONDS)
    if done:
        return task.result()
    turn.late = True
    after = asyncio.create_task(_after(hall, heard, turn, task))
    _working.add(after)
    after.add_done_callback(_working.discard)
    return ""


async def _said(turn: talking.Turn) -> str:
    try:
        return "\n".join(await turn.take())
    except Refusal as refusal:
        return reason(refusal, turn.language)


async def _after(hall: Hall, heard: Heard, turn: talking.Turn, task: asyncio.Task[str]) -> str:
    """Words that came too late for the reply, just before the turn knew it; a turn that knew has left them to be sent itself."""
    words = await task
    if words and turn.worked:
        async with hall.store.edge(home_for(heard.openid)) as tx:
            tx.later("wechat.send", {"openid": heard.openid, "text": words}, once=f"{heard.openid}:{heard.id}")
    return words


def _forged() -> Refusal:
    return Refusal("wechat.forged", _("This call is not the platform's own."), 403)


routes = [look, call]
