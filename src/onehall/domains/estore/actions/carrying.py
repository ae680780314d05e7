"""What a company orders for a line that a member has: another plan, or a pack. It needs nobody's identity and costs the member no more."""

from typing import Any

from onehall.domains import catalogue, inventory, order
from onehall.domains.catalogue import Offering
from onehall.domains.estore import rules, store
from onehall.domains.estore.actions.asking import move
from onehall.domains.estore.model import EStore, Request
from onehall.domains.inventory import Line
from onehall.domains.order import Wanted
from onehall.kernel.i18n import Words, _, keep
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.jobs import job
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH


async def carry(tx: Tx, shop: EStore, made: Request) -> None:
    """This will have another plan or a pack ordered, in the home of the line."""
    shelved = shop.offer(made.offering)
    body = {
        "request": made.id, "store": made.store, "line": made.line, "kind": made.kind, "shop": shop.name,
        "price": shelved.member_price if shelved else "",
    }  # fmt: skip
    tx.later("estore.carry", body, works_in=home_of(made.line or ""), lane=f"estore|{made.id}")


@job("estore.carry")
async def carry_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will order it, once; what cannot be is told to the store with its reason."""
    id_ = keyed_id(tx.home, EPOCH, "estore_carried", body["request"])
    if await store.requests.of_order(tx, id_):
        return
    try:
        line = await inventory.queries.line(tx, body["line"])
        wanted = await _wanted(tx, line, body)
        await order.actions.place(tx, wanted=wanted, order=id_)
    except Refusal as refusal:
        why = {"request": body["request"], "why": keep(refusal.reason)}
        tx.later("estore.unable", why, works_in=home_of(body["request"]), lane=f"estore|{body['request']}")
        return
    await store.requests.note_order(tx, id_, body["store"], body["request"])
    ordered = {"request": body["request"], "order": id_}
    tx.later("estore.ordered", ordered, works_in=home_of(body["request"]), lane=f"estore|{body['request']}")
    tx.later("sms.send", {"to": line.number, "text": _told(body, wanted)})


async def _wanted(tx: Tx, line: Line, body: dict[str, Any]) -> Wanted:
    offering = await catalogue.queries.at_price(tx, body["price"])
    effective = None
    if body["kind"] == "plan":
        inventory.rules.check_may_change(line, tx.now)
        rules.check_no_dearer(line.fee, offering.fee)
        effective = catalogue.rules.check_change_allowed(tx.now, line.contract_until, line.fee, offering)
    elif line.status != "active":
        raise Refusal("line.status", _("The line {number} is not active.", number=line.number), 409)
    return _order(line, offering, body, effective)


def _order(line: Line, offering: Offering, body: dict[str, Any], effective: Any) -> Wanted:
    return Wanted(
        kind="plan.change" if body["kind"] == "plan" else "pack.add", party=line.party, offering=offering.id, name=offering.name,
        price_id=offering.price_id, line=line.id, number=line.number, effective=effective, unit=line.unit, contact=line.number,
        contract_months=offering.contract_months,
    )  # fmt: skip


def _told(body: dict[str, Any], wanted: Wanted) -> Words:
    if wanted.effective:
        return _("{store} has changed your plan to {name} from {day}.", store=body["shop"], name=wanted.name, day=wanted.effective.date())
    return _("{store} has added {name} to your line and pays for it.", store=body["shop"], name=wanted.name)


@job("estore.unable")
async def unable_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will withdraw a request that could not be ordered, and write the reason on its line of the sheet; safe twice."""
    found = await store.requests.one(tx, body["request"], lock=True)
    if found is None or found.state != "approved":
        return
    await move(tx, found, "withdrawn", ended=tx.now)
    line = await store.batches.of_request(tx, found.store, found.id)
    if line is not None:
        await store.batches.set_line(tx, line, state="refused", words=body["why"])
