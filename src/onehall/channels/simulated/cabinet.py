"""The simulated cabinet, drawn: a hand that pushes notes in, lays cards down, takes what comes out, and a jam for each device."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.simulated.room import body, is_json, own_form, world_of
from onehall.kernel.i18n import Text, _
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing
from onehall.pages import Visit, forms, replies
from onehall.ports.cabinet import SERVICES

NAME_MAX = 20
TEXT_MAX = 40_000
FACE = (
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP////////////////////////////////////////////////////////////////////////////////"
    "//////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
SERVICE_WORDS: dict[str, Text] = {
    "id_reader": _("ID reader"), "camera": _("Camera"), "scanner": _("Scanner"), "card_reader": _("Card reader"), "cash": _("Note slot"),
    "sim_dispenser": _("SIM dispenser"), "printer": _("Printer"),
}  # fmt: skip


@get(["/cabinet", "/cabinet/{name:str}"])
async def cabinet(visit: NamedDependency[Visit], name: FromPath[str] = "k1") -> Response[Any]:
    """This will show what lies in a cabinet."""
    found = _cabinet(visit, name)
    works = found.works
    people = [person | {"number": str(person["number"])} for person in (await world_of(visit).identity_check.people())[:8]]
    notes = [(note, Money(note), works.drawer[note]) for note in sorted(works.drawer)]
    services = [(service, SERVICE_WORDS[service], service in works.jams) for service in SERVICES]
    return visit.page(
        "cabinet.html", name=found.name, works=works, notes=notes, services=services, people=people, tray=Money(sum(works.tray)),
        escrow=Money(sum(works.escrow) + sum(works.mouth)), taken=Money(works.taken), path=f"/sim/cabinet/{found.name}",
    )  # fmt: skip


@post("/cabinet/{name:str}", status_code=200)
async def touch(visit: NamedDependency[Visit], name: FromPath[str]) -> Response[Any]:
    """This will do something with a cabinet: `{"do": "insert", "note": 5000}`, and so on as the page's buttons do."""
    found = _cabinet(visit, name)
    if is_json(visit):
        asked = {key: str(value) for key, value in (await body(visit)).items()}
        done = await _does(visit, found, asked)
        return Response({"done": done}, media_type="application/json")
    form = await own_form(visit)
    await _does(visit, found, {key: forms.text(form, key) for key in ("do", "note", "what", "value", "number")})
    return replies.go(f"/sim/cabinet/{found.name}")


async def _does(visit: Visit, found: Any, asked: dict[str, str]) -> bool:
    match asked.get("do"):
        case "insert":
            return bool(found.insert(_note(asked.get("note", ""))))
        case "take":
            found.take()
        case "jam" | "free" if asked.get("what") in SERVICES:
            found.jam(asked["what"], asked["do"] == "jam")
        case "card":
            found.put(bank_card={"number": "6225880000000004"})
        case "scan":
            found.put(scanned=asked.get("value", "")[:200])
        case "person":
            await _lay_down(visit, found, asked.get("number", ""))
        case "clear":
            found.put(id_card=None, face="", bank_card=None, scanned="")
        case _:
            raise Refusal("cabinet.do", _("A cabinet cannot do that."), 422)
    return True


async def _lay_down(visit: Visit, found: Any, number: str) -> None:
    """Somebody whom the register knows lays their card down and looks into the camera."""
    known = [each for each in await world_of(visit).identity_check.people() if str(each["number"]) == number]
    if not known:
        raise missing(_("person"))
    one = known[0]
    found.put(id_card={"name": one["name"], "document_type": one.get("kind") or "resident_id", "document_number": number}, face=FACE)


def _note(words: str) -> int:
    if not words.isdecimal() or len(words) > 6:
        raise Refusal("cabinet.note", _("That is no note."), 422)
    return int(words)


def _cabinet(visit: Visit, name: str) -> Any:
    if not name.isascii() or not name.replace("-", "").isalnum() or len(name) > NAME_MAX:
        raise missing(_("cabinet"))
    try:
        return world_of(visit).cabinets.get(name)
    except KeyError:
        raise missing(_("cabinet")) from None


ROUTES = [cabinet, touch]
