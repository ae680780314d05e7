"""Many orders from one sheet. Each line is worked by a job of its own, one after the other: prepared whole or refused with its reason.

By law nobody has a line without showing who they are themselves, so a new line is prepared and handed to the person; another plan or a
pack for a line that they have is ordered at once. The same sheet again is the same sheet, and a reference is done once in a store.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import msgspec

from onehall.domains import inventory
from onehall.domains.estore import events, rules, store
from onehall.domains.estore.actions import carrying
from onehall.domains.estore.actions.asking import call_approvers, move
from onehall.domains.estore.actions.opening import locked
from onehall.domains.estore.actions.sheets import read_sheet
from onehall.domains.estore.model import Batch, EStore, Member, Request, SheetLine, Shelved
from onehall.kernel.events import Origin
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.ids import home_for
from onehall.kernel.jobs import call, job
from onehall.kernel.journeys import Held
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

HOLD = inventory.actions.NumberHold()
NAME_MAX = 80
Answer = Callable[[Tx], Awaitable[None]]


async def take_sheet(house: Store, who: Who, id_: str, content: bytes, name: str = "") -> Batch:
    """This will take a sheet of orders over and leave its lines to be worked; the same content again gives the sheet that there is.

    :raises Refusal: `estore.sheet`, 413, 422; 404.
    """
    async with house.edge(id_) as tx:
        rules.check_open(await store.shops.find(tx, id_))
    rows = await asyncio.to_thread(read_sheet, content, ("key", "offering"), rules.BATCH_MAX)
    batch = store.batches.batch_id(id_, sha256(content).hexdigest())
    lines = [_line(row, batch, id_, place) for place, row in rows]
    plain_name = " ".join(name.split())[-NAME_MAX:]

    async def keep(tx: Tx) -> Batch:
        made = Batch(id=batch, store=id_, name=plain_name if plain_name.isprintable() else "", lines=len(lines), staff=who.staff, at=tx.now)
        if not await store.batches.insert(tx, made, lines):
            return await store.batches.one(tx, batch) or made
        tx.tell(events.SheetTaken(batch, id_, len(lines)))
        for line in lines:
            if line.state == "queued":
                tx.later("estore.line", {"batch": batch, "place": line.place}, lane=f"estore|{batch}")
        return made

    return await house.run(id_, keep, Origin(channel="console", staff=who.staff, unit=who.unit))


def _line(row: dict[str, str], batch: str, id_: str, place: int) -> SheetLine:
    try:
        phone = phone_of(row["phone"]) if row.get("phone", "").strip() else None
        return rules.check_order_line(row, phone, batch, id_, place)
    except Refusal as refusal:
        key, offering = rules.plain_key(row.get("key", ""))[:80], row.get("offering", "")[:80]
        return SheetLine(
            batch=batch, place=place, store=id_, reference=rules.reference_of(row), kind="open", key=key, offering=offering, number=None,
            phone=None, state="refused", words=refusal.reason,
        )  # fmt: skip


async def line_given_up(tx: Tx, body: dict[str, Any], error: str) -> None:
    """This will say of a line that it could not be worked."""
    line = await store.batches.line(tx, body["batch"], body["place"], lock=True)
    if line is not None and line.state == "queued":
        await store.batches.set_line(tx, line, state="refused", words=_("It could not be done. Please send the line again."))


@call("estore.line", given_up=line_given_up)
async def work_line(world: Any, body: dict[str, Any]) -> Answer | None:
    """This will work one line of a sheet; a number is kept first, where it lives."""
    house: Store = world.engine.store
    async with house.edge(body["batch"]) as tx:
        line = await store.batches.line(tx, body["batch"], body["place"])
        before = await store.batches.done_before(tx, line.store, line.reference) if line else None
    if line is None or line.state != "queued":
        return None
    try:
        held = await _hold(house, line) if before is None else None
    except Refusal as refusal:
        why = refusal.reason
        return lambda tx: _refused(tx, body, why, None)
    return lambda tx: _work(tx, body, held)


async def _hold(house: Store, line: SheetLine) -> Held | None:
    if line.kind != "open" or not line.number:
        return None
    what = {"number": line.number, "pool": line.store, "hours": int(rules.PREPARED / timedelta(hours=1))}
    return await HOLD.take(house, token_of(line.store, line.reference), what)


async def _work(tx: Tx, body: dict[str, Any], held: Held | None) -> None:
    """The store's row is held, so that two sheets at once stay within the budget. Nothing is written before the last reason to refuse."""
    line = await store.batches.line(tx, body["batch"], body["place"], lock=True)
    if line is None or line.state != "queued":
        return
    try:
        shop = rules.check_open(await locked(tx, line.store))
        if await store.batches.done_before(tx, line.store, line.reference):
            await store.batches.set_line(tx, line, state="repeated")
            return
        made = await _prepare(tx, shop, line)
    except Refusal as refusal:
        await _refused(tx, body, refusal.reason, held)
        return
    await store.requests.insert(tx, made)
    await store.batches.set_line(tx, line, state="taken", request=made.id)
    tx.tell(events.RequestMade(made.id, made.store, made.party or made.key, made.minor, made.currency, made.state))
    await begin(tx, shop, made)


async def _refused(tx: Tx, body: dict[str, Any], why: Any, held: Held | None) -> None:
    line = await store.batches.line(tx, body["batch"], body["place"], lock=True)
    if line is not None and line.state == "queued":
        await store.batches.set_line(tx, line, state="refused", words=why)
    if held is not None:
        tx.later("journey.release", {"held": msgspec.to_builtins(held)}, works_in=held.home)


async def _prepare(tx: Tx, shop: EStore, line: SheetLine) -> Request:
    shelved = rules.check_shelved_for(shop, line)
    mine, every = await store.requests.committed(tx, shop.id, line.key)
    if line.kind == "open":
        listed = await store.people.listed(tx, shop.id, line.key)
        if listed is None:
            raise Refusal("estore.not_listed", _("This person is not on the company's list."), 422)
        if await store.requests.prepared(tx, shop.id, listed.key, shelved.offering):
            raise Refusal("estore.prepared", _("The same is prepared for this person already."), 409)
        beyond = rules.needs_approval(shelved.company.minor, mine, every, shop.terms)
        return _request(tx, shop, line, shelved, "asked" if beyond else "prepared")
    member = await store.people.by_key(tx, shop.id, line.key)
    member = member if rules.is_member(member, tx.now) else None
    standing = await store.requests.of_member_standing(tx, shop.id, line.key)
    on = rules.check_standing(member, standing, line.number)
    less = on.minor if line.kind == "plan" else 0
    beyond = rules.needs_approval(shelved.company.minor, mine - less, every - less, shop.terms)
    return _request(tx, shop, line, shelved, "asked" if beyond else "approved", member, on)


def _request(
    tx: Tx, shop: EStore, line: SheetLine, shelved: Shelved, state: str, member: Member | None = None, on: Request | None = None
) -> Request:  # fmt: skip
    return Request(
        id=tx.new_id(), store=shop.id, member=member.id if member else None, party=member.party if member else None, key=line.key,
        token=None, offering=shelved.offering, name=shelved.name, number=on.number if on else line.number, fee=shelved.fee.minor,
        minor=shelved.company.minor, currency=shelved.fee.currency, state=state, reply_to=None, why=line.reference, asked=tx.now,
        due=tx.now + rules.PREPARED, decided=tx.now if state == "approved" else None, part_price=shelved.company_price, kind=line.kind,
        line=on.line if on else None, replaces=on.id if on and line.kind == "plan" else None, batch=line.batch,
    )  # fmt: skip


async def begin(tx: Tx, shop: EStore, made: Request) -> None:
    """This will go on with what a line asked for: to an approver, to the person, or straight to the order."""
    if made.state == "asked":
        text = _("A sheet of orders for {store} goes beyond the budget. To decide, send WDSP.", store=shop.name)
        await call_approvers(tx, shop, made.party, text, once=made.batch)
    elif made.state == "prepared":
        tx.later("estore.invite", {"request": made.id, "again": 0}, once=f"{made.id}|0")
    else:
        await carrying.carry(tx, shop, made)
    if made.state in ("asked", "prepared"):
        tx.later("estore.lapse", {"request": made.id}, due=made.due, once=made.id)


@job("estore.decided")
async def go_on(tx: Tx, body: dict[str, str]) -> None:
    """This will go on with a line of a sheet on which an approver has decided; safe twice."""
    found = await store.requests.one(tx, body["request"], lock=True)
    shop = await store.shops.find(tx, found.store) if found else None
    if found is None or shop is None:
        return
    if found.state == "declined":
        free_number(tx, found)
    elif found.state in ("prepared", "approved"):
        await begin(tx, shop, found)


def token_of(id_: str, reference: str) -> str:
    """This will give the token by which a prepared line keeps its number."""
    return f"estore:{store.batches.token_id(id_, reference)}"


def free_number(tx: Tx, one: Request) -> None:
    """This will let go of the number that was kept for a line that came to nothing."""
    if one.batch and one.number and one.kind == "open":
        held = Held("number", one.number, home_for(one.number), token_of(one.store, one.why), tx.now)
        tx.later("journey.release", {"held": msgspec.to_builtins(held)}, works_in=held.home)


@job("estore.lapse")
async def lapse(tx: Tx, body: dict[str, str]) -> None:
    """This will withdraw what was prepared and not taken up or decided in time. Safe twice."""
    found = await store.requests.one(tx, body["request"], lock=True)
    if found is not None and found.state in ("asked", "prepared"):
        await move(tx, found, "withdrawn", ended=tx.now)
        free_number(tx, found)
