"""Switches: what the simulated world is told to do badly. A program sets them by JSON, a person by a form."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency

from onehall.channels.simulated.room import body, is_json, own_form, world_of
from onehall.channels.simulated.world import PORTS
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal, missing
from onehall.pages import Visit, forms, replies

NAME_LENGTH_MAX = 40
NUMBER_MAX = 1_000_000


@post([f"/{port}/switches" for port in PORTS], status_code=200)
async def turn(visit: NamedDependency[Visit]) -> Response[Any]:
    """This will set one switch: `{"name": "fail", "value": 2}`; a value of null turns it off."""
    port = visit.request.url.path.split("/")[-2]
    switches = getattr(getattr(world_of(visit), port, None), "switches", None)
    if switches is None:
        raise missing(_("switch"))
    if is_json(visit):
        asked = await body(visit)
        await switches.turn(_name(asked.get("name")), _value(asked.get("value")))
        return Response({"adapter": port, "switches": await switches.all()}, media_type="application/json")
    form = await own_form(visit)
    await switches.turn(_name(forms.text(form, "name")), _read(forms.text(form, "value")))
    return replies.go("/sim" if port in ("sms", "wechat", "payment") else f"/sim/{port}")


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name.isidentifier() or len(name) > NAME_LENGTH_MAX:
        raise Refusal("switch.name", _("A switch has a name of letters."), 422)
    return name


def _value(value: Any) -> Any:
    """On, off, a count, a short word, or nothing at all."""
    fits = value is None or isinstance(value, bool) or (isinstance(value, int) and 0 <= value <= NUMBER_MAX)
    if not fits and not (isinstance(value, str) and len(value) <= NAME_LENGTH_MAX):
        raise Refusal("switch.value", _("A switch is on, off, a count or a short word."), 422)
    return value


def _read(words: str) -> Any:
    if words.isdecimal():
        return _value(int(words[:7])) or None
    return {"": None, "true": True, "false": False}.get(words, words[:NAME_LENGTH_MAX])


ROUTES = [turn]
