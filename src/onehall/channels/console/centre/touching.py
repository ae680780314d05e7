"""One touch at a node: what a packer or a courier does to an order."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any, Final

from litestar import Response, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from onehall.channels.console.centre.looking import found_order, nodes_of, parcel_page
from onehall.domains import fulfilment, party
from onehall.domains.order import Order
from onehall.kernel.events import Origin
from onehall.kernel.i18n import ZONE
from onehall.kernel.refusals import Refusal, forbidden, missing
from onehall.kernel.store import Tx
from onehall.pages import Visit, forms, replies

Touch = Callable[[Tx, str, dict[str, str]], Awaitable[None]]
FACE_MAX: Final = 3_000_000
centre, delivery = fulfilment.actions.centre, fulfilment.actions.delivery


async def _show(tx: Tx, order: str, form: dict[str, str]) -> None:
    """The courier types what the document says, and takes a picture of the face."""
    today = tx.now.astimezone(ZONE).date()
    shown = party.read_shown(today, form["name"], form["document_type"], form["document_number"], form.get("face", ""))
    await delivery.show_document(tx, order, shown)


TOUCHES: Final[dict[str, tuple[str, Touch]]] = {
    "approve": ("audit", lambda tx, order, form: centre.approve(tx, order)),
    "refuse": ("audit", lambda tx, order, form: centre.turn_down(tx, order, form.get("reason", ""))),
    "pick": ("pick", lambda tx, order, form: centre.pick(tx, order, form.get("iccid", ""))),
    "write": ("write_card", lambda tx, order, form: centre.write(tx, order)),
    "check": ("check_card", lambda tx, order, form: centre.check(tx, order, form.get("iccid", ""))),
    "bad": ("check_card", lambda tx, order, form: centre.find_bad(tx, order)),
    "pack": ("pack", lambda tx, order, form: centre.pack(tx, order)),
    "ship": ("ship", lambda tx, order, form: centre.ship(tx, order)),
    "arrive": ("carry", lambda tx, order, form: delivery.reach_door(tx, order)),
    "show": ("hand_over", _show),
    "hand-over": ("hand_over", lambda tx, order, form: delivery.hand_over(tx, order)),
}


@post("/{order_id:str}/{touch:str}", status_code=200)
async def touch_it(visit: NamedDependency[Visit], order_id: FromPath[str], touch: FromPath[str]) -> Response[str]:
    """This will do what is done at a node of an order, once."""
    if touch not in TOUCHES:
        raise missing("page")
    node, act = TOUCHES[touch]
    if node not in nodes_of(visit):
        raise forbidden()
    found, _plan = await found_order(visit, order_id)
    form = await visit.request.form()
    said = await _read(form)
    try:
        await visit.store.run(found.home, lambda tx: act(tx, found.id, said), _origin(visit, found))
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return await parcel_page(visit, order_id, refusal.status, error=visit.words(refusal))
    return replies.go(replies.own_path(said.get("to"), f"/console/centre/{found.id}"))


async def _read(form: FormMultiDict) -> dict[str, str]:
    """What was typed or scanned; a picture of the face as base64."""
    said = {name: forms.text(form, name) for name in ("to", "iccid", "reason", "name", "document_type", "document_number")}
    face = form.get("face")
    if isinstance(face, UploadFile):
        said["face"] = base64.b64encode(await face.read(FACE_MAX)).decode()
    elif isinstance(face, str):
        said["face"] = face[:FACE_MAX]
    return said


def _origin(visit: Visit, found: Order) -> Origin:
    """What is done here belongs to the buyer's journey, and is done by who stands here."""
    return Origin(
        "console", party=found.party, staff=visit.who.staff, journey=found.journey, source=found.source, unit=visit.who.unit
    )  # fmt: skip


ROUTES: list[Any] = [touch_it]
