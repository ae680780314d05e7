"""What a member orders in a store, from the order to the company's account; and what comes of an order that fails."""

from datetime import datetime
from typing import Any

from onehall.domains import billing, inventory, order
from onehall.domains.estore import rules, store
from onehall.domains.estore.actions.asking import gone, move
from onehall.domains.estore.model import EStore, Request
from onehall.domains.order import Placed, Wanted
from onehall.kernel.i18n import Named, _
from onehall.kernel.ids import home_of
from onehall.kernel.jobs import Later, job
from onehall.kernel.store import Tx


async def place(tx: Tx, *, wanted: Wanted, request: str) -> Placed:
    """This will order a line in a store, on a request that the company said yes to.

    :raises Refusal: `estore.gone`, 409; what ordering refuses.
    """
    found = await store.requests.one(tx, request)
    if found is None or found.state not in ("approved", "ordered") or found.party != wanted.party:
        raise gone()
    placed = await order.actions.place(tx, wanted=wanted)
    await store.requests.note_order(tx, placed.order, found.store, request)
    tx.later("estore.ordered", {"request": request, "order": placed.order}, works_in=home_of(request), lane=f"estore|{request}")
    return placed


@job("estore.ordered")
async def ordered_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will write down, in the store's home, that a request was ordered."""
    found = await store.requests.one(tx, body["request"], lock=True)
    if found is not None and found.state == "approved":
        await move(tx, found, "ordered", product_order=body["order"])


async def completed(tx: Tx, order_id: str, line: str) -> None:
    """This will have the company pay its part from now on, when an order of a store is done; of another plan from the day of the change."""
    of = await store.requests.of_order(tx, order_id)
    if of is None:
        return
    await store.requests.set_line(tx, order_id, line)
    found = await inventory.queries.line(tx, line)
    wanted = (await order.queries.order(tx, order_id)).wanted
    since = wanted.effective if wanted.kind == "plan.change" else None
    paid = sum(charge.amount.minor for charge in wanted.charges if charge.kind == "fee") if wanted.kind == "line.open" else None
    body = {"request": of[1], "line": line, "number": found.number, "since": since.isoformat() if since else None, "first": paid}
    tx.later("estore.begin", body, works_in=home_of(of[1]), lane=f"estore|{of[1]}")


@job("estore.begin")
async def begin_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will begin the company's part of a line, on the account of the store; safe twice."""
    found = await store.requests.one(tx, body["request"], lock=True)
    if found is None or found.state == "active":
        return
    if found.state != "ordered":
        raise Later("the order is not written down yet")
    shop = await store.shops.find(tx, found.store)
    since = datetime.fromisoformat(body["since"]) if body.get("since") else tx.now
    await move(tx, found, "active", line=body["line"], number=body["number"], began=since, first_minor=body.get("first"))
    if shop is None:
        return
    if found.replaces:
        await _end_before(tx, shop, found.replaces, since)
    if found.minor:
        name = _("{plan}, {number}", plan=Named(found.name), number=body["number"])
        await billing.actions.subscriptions.pay_part(
            tx, shop.account, body["line"], body["number"], name, found.company, found.part_price or "", found.offering, since, of=found.id
        )


async def _end_before(tx: Tx, shop: EStore, id_: str, at: datetime) -> None:
    before = await store.requests.one(tx, id_, lock=True)
    if before is not None and before.state == "active":
        await move(tx, before, "ended", ended=at)
        await _end_part(tx, shop, before, at)


async def _end_part(tx: Tx, shop: EStore, one: Request, at: datetime) -> None:
    if one.minor and one.line:
        await billing.actions.subscriptions.end_part(tx, shop.account, one.line, at, of=one.id)


async def failed(tx: Tx, order_id: str) -> None:
    """This will give the budget back, when an order of a store could not be done."""
    of = await store.requests.of_order(tx, order_id)
    if of is not None:
        tx.later("estore.withdraw", {"request": of[1]}, works_in=home_of(of[1]), lane=f"estore|{of[1]}")


@job("estore.withdraw")
async def withdraw_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will withdraw a request whose order came to nothing; safe twice."""
    found = await store.requests.one(tx, body["request"], lock=True)
    if found is not None and found.state in ("approved", "ordered"):
        await move(tx, found, "withdrawn", ended=tx.now)


async def ended(tx: Tx, line: str, offering: str | None = None, at: datetime | None = None) -> None:
    """This will end the company's part of a line that has ended, or of a plan that the line left for `offering`, at a time."""
    of = await store.requests.store_of_line(tx, line)
    if of is not None:
        tx.later(
            "estore.end",
            {"store": of, "line": line, "offering": offering, "at": (at or tx.now).isoformat()},
            works_in=home_of(of),
            lane=f"estore|{line}",
        )


@job("estore.end")
async def end_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will end what the company pays of a line: all of it, or that of a plan which the line does not have any more; safe twice."""
    shop, offering = await store.shops.find(tx, body["store"]), body.get("offering")
    for found in await store.requests.on_line(tx, body["store"], body["line"], "active"):
        left = datetime.fromisoformat(body["at"]) if "at" in body else tx.now
        if offering is not None and not rules.was_left(found, offering, left):
            continue
        at = rules.left_at(found, left) if offering is not None else left
        await move(tx, found, "ended", ended=at)
        if shop is not None:
            await _end_part(tx, shop, found, at)


async def dropped(tx: Tx, line: str, pack: str) -> None:
    """This will end what the company pays of a pack that its member has dropped."""
    of = await store.requests.store_of_line(tx, line)
    if of is not None:
        tx.later("estore.end_pack", {"store": of, "line": line, "pack": pack}, works_in=home_of(of), lane=f"estore|{line}")


@job("estore.end_pack")
async def end_pack_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will end what the company pays of a dropped pack; safe twice."""
    shop = await store.shops.find(tx, body["store"])
    packs = [one for one in await store.requests.on_line(tx, body["store"], body["line"], "active") if one.kind == "pack"]
    for found in [one for one in packs if one.offering == body["pack"]][:1]:
        await move(tx, found, "ended", ended=tx.now)
        if shop is not None:
            await _end_part(tx, shop, found, tx.now)
