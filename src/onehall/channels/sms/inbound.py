"""One message in, its replies out. The same message id gives the same replies, and its effects once."""

import asyncio
import hmac
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, post

from onehall.channels.sms import printing, reading, segments, store
from onehall.channels.sms.store import Dialogue
from onehall.hall import Caller, Hall, View
from onehall.kernel.functions import Proof
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.journeys import CHANNELS, BadAnswer, channel
from onehall.kernel.refusals import Refusal, forbidden
from onehall.kernel.settings import current

FRONT = channel(
    "sms", _("SMS"), asks="choose enter confirm pay prove pick_time wait", proves=(Proof.LINE, Proof.CODE),
    takes={"web": Proof.CODE, "api": Proof.CODE, "sms": Proof.CODE},
)  # fmt: skip
VOUCHED = timedelta(minutes=10)
WAIT_SECONDS = 10.0
SECRET_HEADER = "x-centre-secret"
HERE = frozenset({"127.0.0.1", "::1"})
AnyRequest = Request[Any, Any, Any]


class Inbound(msgspec.Struct, rename={"sender": "from"}):
    """A message as the short-message centre delivers it."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    sender: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    to: Annotated[str, msgspec.Meta(max_length=40)]
    text: Annotated[str, msgspec.Meta(max_length=2000)]


class Replies(msgspec.Struct):
    """What is sent back: each is one segment."""

    replies: list[str]


@post("/sms/inbound", status_code=200, opt={"forms": "free", "by_network": True})
async def inbound(request: AnyRequest, data: Inbound) -> Replies:
    """This will answer a message."""
    _check_centre(request)
    hall: Hall = request.app.state.hall
    phone = phone_of(data.sender)
    new, before = await store.claim(hall.store, phone, data.id)
    if not new:
        return Replies(before if before is not None else await _when_answered(hall, phone, data.id))
    try:
        hall.limits.sms.take(phone, hall.store.clock.now())
        replies, now = await _answer(hall, phone, data.id, reading.plain(data.text))
        await store.keep(hall.store, phone, data.id, replies, now)
    except BaseException:
        await asyncio.shield(store.forget(hall.store, phone, data.id))
        raise
    return Replies(replies)


def _check_centre(request: AnyRequest) -> None:
    """A message vouches for its number, so only the message centre may deliver it."""
    secret, shown = current().sms_secret, request.headers.get(SECRET_HEADER, "")
    trusted = hmac.compare_digest(secret.encode(), shown.encode()) if secret else request.state.who.address in HERE
    if not trusted:
        raise forbidden()


async def _when_answered(hall: Hall, phone: str, message: str) -> list[str]:
    for _try in range(int(WAIT_SECONDS / 0.2)):
        await asyncio.sleep(0.2)
        new, replies = await store.claim(hall.store, phone, message)
        if new:
            await store.forget(hall.store, phone, message)
            break
        if replies is not None:
            return replies
    raise Refusal("unavailable", _("We cannot do this right now. Please try again in a minute."), 503)


async def _answer(hall: Hall, phone: str, message: str, text: str) -> tuple[list[str], Dialogue]:
    caller = await _caller(hall, phone)
    language = caller.who.language
    async with hall.store.edge(store.home_of_phone(phone)) as tx:
        stands = await store.dialogue(tx, phone)
    try:
        return await _converse(hall, caller, phone, message, text, stands)
    except BadAnswer as bad:
        text, shown = printing.question_text((bad.facts["view"].question or {}) | {"why": _reason(bad, language)}, language)
        return segments.cut(text), Dialogue(stands.journey, shown)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return segments.cut(_reason(refusal, language)), stands


async def _converse(hall: Hall, caller: Caller, phone: str, message: str, text: str, stands: Dialogue) -> tuple[list[str], Dialogue]:
    called = reading.keyword(text, CHANNELS["sms"])
    if called:
        view = await hall.start(caller, called.function.name, called.given | {"line": phone}, key=message)
        return await _follow(hall, caller, phone, message, view)
    if stands.journey is None:
        return segments.cut(printing.unknown_text(caller.who.language)), stands
    view = await hall.see(caller, stands.journey)
    if view.question is None:
        return segments.cut(printing.over_text(view, caller.who.language)), Dialogue()
    if view.question["hand_over"]:
        return await _show(hall, caller, view)
    if text.upper() in reading.MORE and view.question.get("options"):
        return await _more(hall, caller, view, stands)
    if view.question.get("search") and not (text.isdigit() and 0 < int(text) <= len(stands.shown)):
        found = await hall.options(caller, view.id, text)
        if text not in [option["value"] for option in found]:
            return _found(caller, view, found, text)
    value = reading.answer(text, view.question, stands.shown)
    view = await hall.answer(caller, view.id, view.question["key"], view.question["turn"], value)
    return await _follow(hall, caller, phone, message, view)


async def _follow(hall: Hall, caller: Caller, phone: str, message: str, view: View) -> tuple[list[str], Dialogue]:
    """What was picked from the menu begins at once: most functions have no word that one could send."""
    picked = view.said["next"] if view.said and view.function == reading.MENU and view.state == "done" else []
    if picked:
        view = await hall.start(caller, picked[0]["function"], {"line": phone}, key=message)
    return await _show(hall, caller, view)


async def _more(hall: Hall, caller: Caller, view: View, stands: Dialogue) -> tuple[list[str], Dialogue]:
    """The next page of what was shown; after the last comes the first."""
    page = stands.page + 1
    found = await hall.options(caller, view.id, stands.words, page * printing.OPTIONS_SHOWN)
    return _found(caller, view, found, stands.words, page) if found else await _show(hall, caller, view)


def _found(caller: Caller, view: View, found: list[dict[str, Any]], words: str, page: int = 0) -> tuple[list[str], Dialogue]:
    """What fits the words, numbered."""
    why = None if found else _("Nothing fits. Try other words.").render(caller.who.language)
    written, shown = printing.question_text(dict(view.question or {}) | {"options": found, "why": why}, caller.who.language)
    return segments.cut(written), Dialogue(view.id, shown, page, words)


async def _show(hall: Hall, caller: Caller, view: View) -> tuple[list[str], Dialogue]:
    language = caller.who.language
    if view.question is None:
        return segments.cut(printing.said_text(view, language)), Dialogue()
    if view.question["hand_over"]:
        given = await hall.hand_over(caller, view.id)
        text = printing.hand_over_text(given.code, f"{current().url}/c/{given.code}", current().handover_minutes, language)
        return segments.cut(text), Dialogue(view.id)
    text, shown = printing.question_text(view.question, language)
    return segments.cut(text), Dialogue(view.id, shown)


async def _caller(hall: Hall, phone: str) -> Caller:
    """The network vouches for the number that a message comes from."""
    known = await hall.whose_phone(phone)
    if known is None:
        return Caller("sms", Who(visitor=f"sms:{phone}", language=current().language))
    now = hall.store.clock.now()
    who = Who(party=known.party, proof=Proof.LINE, proven_at=now, expires=now + VOUCHED, language=known.language)
    return Caller("sms", who)


def _reason(refusal: Refusal, language: str) -> str:
    return refusal.reason if isinstance(refusal.reason, str) else refusal.reason.render(language)


routes = [inbound]
