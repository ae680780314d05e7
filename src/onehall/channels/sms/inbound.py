"""One message in, its replies out. The same message id gives the same replies, and its effects once."""

import hmac
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, post

from onehall import dialogues
from onehall.channels.sms import segments
from onehall.dialogues import Answer, Message, Speech, reading
from onehall.hall import Caller, Hall
from onehall.kernel.functions import Proof
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.journeys import channel
from onehall.kernel.refusals import forbidden
from onehall.kernel.settings import current

FRONT = channel(
    "sms", _("SMS"), asks="choose enter confirm pay prove pick_time wait", proves=(Proof.LINE, Proof.CODE),
    takes={"web": Proof.CODE, "api": Proof.CODE, "sms": Proof.CODE},
)  # fmt: skip
VOUCHED = timedelta(minutes=10)
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
    return Replies(await heard(request.app.state.hall, data.sender, data.id, data.text))


async def heard(hall: Hall, sender: str, id_: str, text: str, *, sent: bool = False) -> list[str]:
    """This will answer a message, once for each id; with `sent` the replies are left to be sent, else the caller brings them back.

    :raises Refusal: 422 the sender is no phone; 429 it writes too often; 503 not now.
    """
    phone = phone_of(sender)
    message = Message("sms", phone, id_)

    async def work() -> Answer:
        hall.limits.sms.take(phone, hall.store.clock.now())
        speech = Speech(await _caller(hall, phone), id_, reading.plain(text), {"line": phone})
        said, stands = await dialogues.converse(hall, speech, await dialogues.dialogue(hall.store, message))
        replies = segments.cut(said)
        bodies = [{"to": phone, "text": reply} for reply in replies] if sent else []
        return Answer(replies, stands, [("sms.send", body, f"{phone}:{id_}:{place}") for place, body in enumerate(bodies)])

    return await dialogues.answer_once(hall.store, message, work)


def _check_centre(request: AnyRequest) -> None:
    """A message vouches for its number, so only the message centre may deliver it."""
    secret, shown = current().sms_secret, request.headers.get(SECRET_HEADER, "")
    trusted = hmac.compare_digest(secret.encode(), shown.encode()) if secret else request.state.who.address in HERE
    if not trusted:
        raise forbidden()


async def _caller(hall: Hall, phone: str) -> Caller:
    """The network vouches for the number that a message comes from."""
    known = await hall.whose_phone(phone)
    if known is None:
        return Caller("sms", Who(visitor=f"sms:{phone}", language=current().language))
    now = hall.store.clock.now()
    who = Who(party=known.party, proof=Proof.LINE, proven_at=now, expires=now + VOUCHED, language=known.language)
    return Caller("sms", who)


routes = [inbound]
