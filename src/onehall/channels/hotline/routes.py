"""The way in for whoever carries the voice: a call begins, keys or words are heard, prompts go back. Each turn is safe twice."""

import hmac
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath

from onehall.channels.hotline import calls, dialogue
from onehall.channels.hotline.callers import caller_of
from onehall.channels.hotline.calls import Call, Stands
from onehall.hall import Hall
from onehall.kernel.i18n import LANGUAGES, _
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.refusals import forbidden
from onehall.kernel.settings import current

SECRET_HEADER = "x-centre-secret"
HERE = frozenset({"127.0.0.1", "::1"})
SECONDS_TO_ANSWER = 6
AnyRequest = Request[Any, Any, Any]


class Ring(msgspec.Struct, rename={"sender": "from"}):
    """A call that comes in, under the voice platform's own id of it."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    sender: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    language: Annotated[str, msgspec.Meta(max_length=10)] = ""


class Input(msgspec.Struct):
    """What was heard in turn `turn`: keys, or words, or nothing at all, or that the caller hung up."""

    turn: int
    keys: Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[0-9*#]*$")] = ""
    words: Annotated[str, msgspec.Meta(max_length=300)] = ""
    silence: bool = False
    hang_up: bool = False


class Spoken(msgspec.Struct):
    """What is said, and what is listened for: `many` digits ended by hash or one, for `seconds`; `then` listen, agent or hang_up."""

    call: str
    turn: int
    says: list[str]
    language: str
    then: str
    many: bool = False
    seconds: int = SECONDS_TO_ANSWER


@post("/hotline/calls", status_code=200, opt={"forms": "free", "by_network": True})
async def ring(request: AnyRequest, data: Ring) -> Spoken:
    """This will answer a call with the main menu."""
    check_platform(request)
    hall: Hall = request.app.state.hall
    phone = phone_of(data.sender)
    hall.limits.sms.take(f"hotline:{phone}", hall.store.clock.now())
    known = await hall.whose_phone(phone)
    language = data.language if data.language in LANGUAGES else known.language if known else current().language
    call = Call(data.id, phone, Stands(language))
    dialogue.Turn(hall, call, await caller_of(hall, call)).menu(_("Welcome to Onehall."))
    async with hall.store.edge(call.home) as tx:
        if not await calls.begin(tx, call):
            call = await calls.load(tx, data.id)
    return spoken(call)


@post("/hotline/calls/{call:str}", status_code=200, opt={"forms": "free", "by_network": True})
async def hear(request: AnyRequest, call: FromPath[str], data: Input) -> Spoken:
    """This will hear what the caller did and say what follows; what was heard before is answered as it stands."""
    check_platform(request)
    hall: Hall = request.app.state.hall
    async with hall.store.edge(calls.home_of_call(call)) as tx:
        found = await calls.load(tx, call)
    if found.stands.turn != data.turn or found.over:
        return spoken(found)
    before = found.stands.turn
    if data.hang_up:
        found.over, found.wants_agent = True, False
        found.stands.turn += 1
    else:
        await dialogue.turn(hall, found, data.keys, data.words, data.silence)
    if await calls.save(hall.store, found, before):
        return spoken(found)
    async with hall.store.edge(found.home) as tx:
        return spoken(await calls.load(tx, call))


@get("/hotline/calls/{call:str}", opt={"by_network": True})
async def stands(request: AnyRequest, call: FromPath[str]) -> Spoken:
    """This will say where a call stands: an agent may have given it back."""
    check_platform(request)
    hall: Hall = request.app.state.hall
    async with hall.store.edge(calls.home_of_call(call)) as tx:
        return spoken(await calls.load(tx, call))


def spoken(call: Call) -> Spoken:
    """This will give what the platform is told of a call."""
    then = "hang_up" if call.over else "agent" if call.stands.where == "agent" else "listen"
    return Spoken(call.id, call.stands.turn, call.stands.says, call.stands.language, then, call.stands.many)


def check_platform(request: AnyRequest) -> None:
    """A call vouches for its number, so only the voice platform may bring one.

    :raises Refusal: 403.
    """
    secret, shown = current().sms_secret, request.headers.get(SECRET_HEADER, "")
    trusted = hmac.compare_digest(secret.encode(), shown.encode()) if secret else request.state.who.address in HERE
    if not trusted:
        raise forbidden()


ROUTES = [ring, hear, stands]
