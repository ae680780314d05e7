"""A WeChat chat with the hall, to be used by hand: words, menu buttons, scanned codes; each takes the way that every call takes."""

import re
import secrets
from typing import Any, Final

import httpx
from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from markupsafe import escape

from onehall.channels.simulated.room import own_form, world_of
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.pages import Visit, forms, replies

OPENID: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
TEXT_MAX: Final = 600
TRY_WORDS: Final = ("0000", "CXYE", "CZ 50", "HELP", "UNLINK")
CONTENT: Final = re.compile(r"<Content><!\[CDATA\[(.*?)\]\]></Content>", re.DOTALL)


@get("/wechat")
async def chats(visit: NamedDependency[Visit], openid: FromQuery[str] = "") -> Response[str]:
    """This will list the chats; a name asked for leads to its chat."""
    if openid.strip():
        return replies.go(f"/sim/wechat/{_checked(openid.strip())}")
    return visit.page("wechats.html", followers=await world_of(visit).wechat.followers())


@get("/wechat/{openid:str}")
async def chat(visit: NamedDependency[Visit], openid: FromPath[str]) -> Response[str]:
    """This will show one chat."""
    return await _chat(visit, _checked(openid))


@get("/wechat/{openid:str}/messages")
async def messages(visit: NamedDependency[Visit], openid: FromPath[str]) -> list[dict[str, Any]]:
    """This will give a chat's messages, oldest first: `{"id", "kind", "text", "at"}`."""
    found = await world_of(visit).wechat.messages(_checked(openid))
    return [{"id": one.id, "kind": one.kind, "text": one.text, "at": one.at.isoformat()} for one in found]


@post("/wechat/{openid:str}", status_code=200)
async def act(visit: NamedDependency[Visit], openid: FromPath[str]) -> Response[str]:
    """This will send what was written, pressed or scanned to the hall, and keep what comes back."""
    openid, form = _checked(openid), await own_form(visit)
    platform, id_ = world_of(visit).wechat, str(secrets.randbelow(10**18))
    shown, parts = _done(form, id_)
    if parts:
        names = {f"[{one['key']}]": one["name"] for row in await platform.menu() for one in row.get("sub_button", ())}
        await platform.keep(openid, names.get(shown, shown), id_, "from")
        refusal = await _to_the_hall(visit, openid, parts, id_)
        if refusal:
            return await _chat(visit, openid, error=refusal)
    return replies.go(f"/sim/wechat/{openid}")


def _done(form: FormMultiDict, id_: str) -> tuple[str, str]:
    """What the chat shows of a deed, and the platform's words for it."""
    text, key, code = (forms.text(form, name).strip()[:TEXT_MAX] for name in ("text", "click", "scan"))
    if code:
        return f"[{code}]", f"<MsgType>event</MsgType><Event>SCAN</Event><EventKey>{escape(code)}</EventKey>"
    if key:
        return f"[{key}]", f"<MsgType>event</MsgType><Event>CLICK</Event><EventKey>{escape(key)}</EventKey>"
    if word := next((word for word in ("subscribe", "unsubscribe") if forms.text(form, word)), ""):
        return f"[{word}]", f"<MsgType>event</MsgType><Event>{word}</Event><EventKey></EventKey>"
    return (text, f"<MsgType>text</MsgType><Content>{escape(text)}</Content><MsgId>{id_}</MsgId>") if text else ("", "")


async def _to_the_hall(visit: Visit, openid: str, parts: str, id_: str) -> str:
    """The call goes in by the platform's door, signed; gives why not, if it was refused."""
    platform, now = world_of(visit).wechat, visit.store.clock.now()
    who = f"<ToUserName>hall</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>{int(now.timestamp())}</CreateTime>"
    params, body = platform.call(f"<xml>{who}{parts}</xml>", now)
    house: Any = visit.request.app
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=house), base_url="http://hall") as caller:
        answer = await caller.post("/wechat", params=params, content=body, headers={"content-type": "text/xml"})
    if answer.status_code != 200:
        return str(answer.json().get("reason") or answer.status_code)
    if answer.text != "success":
        await platform.keep(openid, _words(platform.opened(answer.content)), id_, "to")
    return ""


def _words(reply: str) -> str:
    found = CONTENT.search(reply)
    return found[1].replace("]]]]><![CDATA[>", "]]>") if found else ""


async def _chat(visit: Visit, openid: str, **given: Any) -> Response[str]:
    platform = world_of(visit).wechat
    return visit.page(
        "wechat.html", openid=openid, messages=await platform.messages(openid), menu=await platform.menu(), ready=TRY_WORDS,
        path=f"/sim/wechat/{openid}", **given,
    )  # fmt: skip


def _checked(openid: str) -> str:
    if not OPENID.fullmatch(openid):
        raise Refusal("openid.invalid", _("A name here has letters and digits."), 422)
    return openid


ROUTES = [chats, chat, messages, act]
