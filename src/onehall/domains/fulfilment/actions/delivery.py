"""The courier: at the door, the document, the face, the first payment; the card is handed over, or comes back in time."""

import base64
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec

from onehall.domains import order as orders
from onehall.domains import party
from onehall.domains.fulfilment import queries, rules, store
from onehall.domains.fulfilment.actions.centre import at_node, tell
from onehall.domains.fulfilment.actions.line import Body
from onehall.domains.fulfilment.actions.plan import done, failed, news
from onehall.domains.fulfilment.events import CardArrived, CardHandedOver, CardRecycled, FaceRefused
from onehall.domains.fulfilment.model import Confirmed
from onehall.domains.party import Shown
from onehall.kernel import crypto, settings
from onehall.kernel.events import Origin
from onehall.kernel.i18n import Text, _
from onehall.kernel.jobs import call, job
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.ports.identity_check import Applicant, Verdict

Answer = Callable[[Tx], Awaitable[None]]
SEALED_FOR = "delivery"
FACES_MAX = 4


@job("step.carry")
@job("step.hand_over")
async def on_the_road(tx: Tx, body: Body) -> None:
    """This will give a card its time: to reach the door, and there to be activated; then it comes back."""
    order, node = body["order"], body["step"]
    tx.later("fulfilment.recycle", {"order": order, "step": node}, due=rules.comes_back_at(node, tx.now), once=f"{order}:{node}")


async def reach_door(tx: Tx, order: str) -> None:
    """This will note that the courier stands at the buyer's door; from now on the card is to be activated within 72 hours.

    :raises Refusal: 409, it does not stand there.
    """
    await at_node(tx, order, "carry")
    found, until = await orders.queries.order(tx, order), rules.comes_back_at("hand_over", tx.now)
    tx.tell(CardArrived(order, found.party, until))
    news(tx, found, "arrived", until=until.isoformat())
    tell(tx, found, _("The courier is at your door with your card. After {until} the card goes back and the order ends.", until=until))
    await done(tx, order, "carry", {"until": until.isoformat()})


async def show_document(tx: Tx, order: str, shown: Shown) -> None:
    """This will confirm the document that the courier was shown, and have the face compared; what was shown stays sealed.

    :raises Refusal: `delivery.document`, `face.*`, `document.*`, 422; 409, it does not stand there.
    """
    _plan, step = await at_node(tx, order, "hand_over")
    found = await orders.queries.order(tx, order)
    holder = await party.queries.party(tx, found.party)
    hashed = party.queries.document_hash(shown.document_type, shown.document_number)
    rules.check_shown(holder.name, holder.document_hash, shown.name, hashed)
    result = {**step.result, "document": tx.now.isoformat(), "face": None, "comparing": True, "said": None}
    store.note_result(tx, order, "hand_over", result)
    sealed = crypto.seal(settings.current().secret, msgspec.json.encode(shown), SEALED_FOR)
    tx.later("fulfilment.compare_face", {"order": order, "shown": base64.b64encode(sealed).decode()})


async def _unanswered(tx: Tx, body: Body, error: str) -> None:
    await _heard(tx, body["order"], Verdict(passed=False), _("The authority does not answer. Please try again."))


@call("fulfilment.compare_face", tries_max=FACES_MAX, given_up=_unanswered)
async def compare_face(world: Any, body: Body) -> Answer:
    """This will ask the authority whether the face at the door is that of the document."""
    secret = settings.current().secret
    shown = msgspec.json.decode(crypto.unseal(secret, base64.b64decode(body["shown"]), SEALED_FOR), type=Shown)
    verdict = await world.identity_check.check(
        Applicant(name=shown.name, document_type=shown.document_type, document_number=shown.document_number, face=shown.face), body["job"]
    )
    return lambda tx: _heard(tx, body["order"], verdict, _("The face is not that of the document. Do not hand the card over."))


async def hand_over(tx: Tx, order: str) -> None:
    """This will hand the card over on three confirmations; the line is then activated.

    :raises Refusal: `delivery.not_confirmed`, `delivery.cancelled`, 409; 409, it does not stand there.
    """
    plan, step = await at_node(tx, order, "hand_over")
    found = await orders.queries.order(tx, order)
    confirmed = await queries.confirmed(tx, found, step, plan.results["account"])
    rules.check_confirmed(confirmed, tx.now)
    if not await orders.actions.fix(tx, order):
        raise Refusal("delivery.cancelled", _("The buyer has cancelled this order. Bring the card back."), 409)
    reference = str(step.result.get("reference", ""))
    tx.tell(CardHandedOver(order, found.party, reference))
    tx.no_more("fulfilment.recycle", f"{order}:hand_over")
    kept = _kept(confirmed) | {"by": tx.origin.staff, "reference": reference}
    tx.origin = _of(found)  # what follows is the buyer's order going on, and counts where it came from
    await done(tx, order, "hand_over", kept)


@job("fulfilment.recycle")
async def recycle(tx: Tx, body: Body) -> None:
    """This will take an order back whose card was not handed over in time; of this and a hand-over the later is nothing."""
    plan = await store.plan(tx, body["order"], lock=True)
    step = plan.step(body["step"]) if plan else None
    if plan is None or step is None or step.state != "running" or step.started is None:
        return
    if tx.now < rules.comes_back_at(step.name, step.started) - timedelta(seconds=1):
        return
    order = await orders.queries.order(tx, body["order"])
    tx.tell(CardRecycled(order.id, order.party, plan.results["number"], step.name))
    hours = int(rules.ACTIVATE_WITHIN.total_seconds() // 3600)
    why = _("The card was not handed over and activated within {hours} hours, so its number went back.", hours=hours)
    if step.name == "carry":
        why = _("The card did not reach you within {days} days.", days=rules.ROAD_MAX.days)
    await failed(tx, order.id, step.name, why)


async def _heard(tx: Tx, order: str, verdict: Verdict, why: Text) -> None:
    """The authority's answer counts while the courier stands at the door."""
    plan = await store.plan(tx, order, lock=True)
    step = plan.step("hand_over") if plan else None
    if step is None or step.state != "running":
        return
    if verdict.no:
        tx.tell(FaceRefused(order, (await orders.queries.order(tx, order)).party, verdict.reference))
    said = None if verdict.passed else msgspec.to_builtins(why)
    face = tx.now.isoformat() if verdict.passed else None
    result = {**step.result, "comparing": False, "face": face, "said": said, "reference": verdict.reference}
    store.note_result(tx, order, "hand_over", result)


def _of(order: orders.Order) -> Origin:
    return Origin(order.channel, party=order.party, staff=order.staff, journey=order.journey, source=order.source, unit=order.unit)


def _kept(confirmed: Confirmed) -> dict[str, Any]:
    moments = {"document": confirmed.document, "face": confirmed.face}
    return {name: at.isoformat() if at else None for name, at in moments.items()} | {"paid": confirmed.paid}
