"""What the simulated world is: a room of pages, and how what changes it is kept from other sites."""

from pathlib import Path
from typing import Any

import msgspec
from litestar.datastructures import FormMultiDict

from onehall.kernel.i18n import _
from onehall.kernel.identity import forgery
from onehall.kernel.refusals import Refusal
from onehall.pages import Room, Visit, forms
from onehall.ports import World

ROOM = Room(
    "sim", _("Simulated world"), "/sim", Path(__file__).parent,
    (
        ("/sim", _("World"), "globe"), ("/sim/phones", _("Phones"), "phone"), ("/sim/wechat", _("WeChat"), "qr"),
        ("/sim/network", _("Network"), "tower"),
        ("/sim/sim_writer", _("SIM writer"), "sim"), ("/sim/identity_check", _("Identity register"), "shield"),
        ("/sim/hotline", _("Hotline"), "help"), ("/sim/cabinet", _("Cabinet"), "box"), ("/sim/bank", _("Bank"), "bank"),
        ("/sim/clock", _("Clock"), "clock"),
    ),
)  # fmt: skip
JSON = "application/json"


def world_of(visit: Visit) -> World:
    """This will give the adapters of the house."""
    world: World = visit.request.app.state.world
    return world


def is_json(visit: Visit) -> bool:
    """This will tell whether a program calls, with JSON, which no form of another site can send."""
    return visit.request.headers.get("content-type", "").split(";")[0].strip().lower() == JSON


async def own_form(visit: Visit) -> FormMultiDict:
    """This will give the form, if it was sent from a page of ours.

    :raises Refusal: `forged`, 403.
    """
    form = await visit.request.form()
    forgery.check(visit.who, forms.text(form, "csrf") or forms.text(form, "_csrf"))
    return form


async def body(visit: Visit) -> dict[str, Any]:
    """This will give the JSON object that was sent.

    :raises Refusal: `body.invalid`, 400.
    """
    try:
        found = msgspec.json.decode(await visit.request.body())
    except msgspec.DecodeError:
        found = None
    if not isinstance(found, dict):
        raise Refusal("body.invalid", _("Send a JSON object."), 400)
    return found
