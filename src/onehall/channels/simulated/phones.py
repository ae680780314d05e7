"""Phones: what each got and sent, and a box to send a message to the hall, which takes the way that every message takes."""

import secrets
from typing import Any

import httpx
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from onehall.channels.simulated.room import own_form, world_of
from onehall.kernel.i18n import _
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.refusals import Refusal, missing
from onehall.pages import Visit, forms, replies

HALL_NUMBER = "10016"
TEXT_MAX = 700
TRY_WORDS = ("CXYE", "CXLL", "CZ 50", "KH", "0000", "HELP")


@get("/phones")
async def phones(visit: NamedDependency[Visit], number: FromQuery[str] = "") -> Response[str]:
    """This will list the phones that have messages; a number asked for leads to its phone."""
    if number.strip():
        return replies.go(f"/sim/phones/{phone_of(number)}")
    return visit.page("phones.html", phones=await _sms(visit).phones())


@get("/phones/{number:str}")
async def phone(visit: NamedDependency[Visit], number: FromPath[str]) -> Response[str]:
    """This will show one phone."""
    return await _phone(visit, phone_of(number))


@get("/phones/{number:str}/messages")
async def messages(visit: NamedDependency[Visit], number: FromPath[str]) -> list[dict[str, Any]]:
    """This will give a phone's messages, oldest first: `{"id", "text", "way", "at"}`."""
    found = await _sms(visit).messages(phone_of(number))
    return [{"id": one.id, "text": one.text, "way": one.way, "at": one.at.isoformat()} for one in found]


@post("/phones/{number:str}", status_code=200)
async def send(visit: NamedDependency[Visit], number: FromPath[str]) -> Response[str]:
    """This will send a message from the phone to the hall, and keep what comes back on its screen."""
    text = forms.text(await own_form(visit), "text").strip()[:TEXT_MAX]
    phone = phone_of(number)
    if not text:
        return await _phone(visit, phone)
    sms, id_ = _sms(visit), f"sim-{secrets.token_hex(8)}"
    await sms.keep(phone, text, id_, "from")
    refusal = await _to_the_hall(visit, phone, id_, text)
    return await _phone(visit, phone, error=refusal) if refusal else replies.go(f"/sim/phones/{phone}")


def _sms(visit: Visit) -> Any:
    """The simulated phones.

    :raises Refusal: 404, this house speaks to a real message centre.
    """
    sms = world_of(visit).sms
    if not hasattr(sms, "phones"):
        raise missing(_("phone"))
    return sms


async def _to_the_hall(visit: Visit, phone: str, id_: str, text: str) -> str:
    """The message goes in by the door of the short-message centre; gives why not, if it was refused."""
    message = {"id": id_, "from": phone, "to": HALL_NUMBER, "text": text}
    house: Any = visit.request.app
    way_in = httpx.ASGITransport(app=house)
    async with httpx.AsyncClient(transport=way_in, base_url="http://hall", headers={"accept-language": visit.lang}) as centre:
        answer = await centre.post("/sms/inbound", json=message)
    if answer.status_code != 200:
        return str(answer.json().get("reason") or answer.status_code)
    for place, reply in enumerate(answer.json()["replies"]):
        await _sms(visit).keep(phone, reply, f"{id_}:{place}", "to")
    return ""


async def _phone(visit: Visit, phone: str, **given: Any) -> Response[str]:
    if not phone:
        raise Refusal("phone.invalid", _("That is no phone number."), 422)
    found = await _sms(visit).messages(phone)
    return visit.page("phone.html", phone=phone, messages=found, ready=TRY_WORDS, path=f"/sim/phones/{phone}", **given)


ROUTES = [phones, phone, messages, send]
