"""A line gets another number, or another owner. What is sold is moved where it lives; the line follows when that is done."""

from typing import Any

import msgspec
from msgspec.structs import replace

from onehall.domains import party as parties
from onehall.domains.inventory import rules
from onehall.domains.inventory.actions.lines import ORDINARY, locked
from onehall.domains.inventory.actions.notices import product_changed
from onehall.domains.inventory.actions.numbers import release_number, sell_number
from onehall.domains.inventory.events import LineReceived, NumberChanged, NumberNotChanged, OwnerChanged
from onehall.domains.inventory.lifecycle import PRODUCT
from onehall.domains.inventory.model import Line, Pack, Terms
from onehall.domains.inventory.store import lines
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.journeys import arrive
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH


async def change_number(
    tx: Tx, line: Line, number: str, token: str, terms: Terms = ORDINARY, answer_to: str | None = None
) -> None:  # fmt: skip
    """This will have a line take a held number (`token`) instead of its own, once that is sold to it; the old one rests then.

    NumberChanged or NumberNotChanged tells how it ended, and `answer_to`, a journey that waits, hears it; `terms` are those of the
    new number's tier.
    :raises Refusal: `line.status`, `number.locked`, `number.same`, 409.
    """
    now = await locked(tx, line)
    rules.check_may_renumber(now, number, tx.now)
    to: dict[str, Any] = {"kind": "inventory.number_sold", "body": {"line": now.id, "terms": msgspec.to_builtins(terms), "token": token}}
    to["body"] |= {"answer_to": answer_to} if answer_to else {}
    sell_number(tx, number, token, now.id, to)


async def finish_number_change(tx: Tx, body: dict[str, Any]) -> None:
    """This will give a line the number that was sold to it; a line that has ended meanwhile gives it back. Safe twice."""
    now, number = await lines.line(tx, body["line"], lock=True), body["number"]
    if now is None or now.number == number:
        return
    if not body["sold"] or not now.live:
        if body["sold"]:
            release_number(tx, number, now.id)
        tx.tell(NumberNotChanged(now.id, now.party, now.number, number))
        _answer(tx, body, False)
        return
    terms = msgspec.convert(body["terms"], Terms)
    until = rules.bound_until(tx.now, terms.lock_months)
    changed = replace(now, number=number, min_spend=terms.min_spend, lock_months=terms.lock_months, lock_until=until)
    await lines.save_line(tx, changed)
    await _follow(tx, now.party, now.number, number)
    tx.tell(NumberChanged(now.id, now.party, number, now.number, tx.now))
    product_changed(tx, now.id, "attributeValueChange")
    _answer(tx, body, True)


async def _follow(tx: Tx, party: str, before: str, number: str) -> None:
    """Whoever was reached by the old number is reached by the new one: codes would go nowhere. Who is not known has no contact."""
    try:
        reached = (await parties.queries.contact(tx, party)).phone
    except Refusal:
        return
    if reached == before:
        await parties.actions.change_contact(tx, party, phone=number)


def _answer(tx: Tx, body: dict[str, Any], done: bool) -> None:
    if body.get("answer_to"):
        arrive(tx, body["answer_to"], {"done": done})


async def hand_over_line(tx: Tx, line: Line, to: str) -> str:
    """This will give a line with its number, SIM, packs and contract to another party, in whose home it goes on; gives its id there.

    :raises Refusal: `line.status`, `number.locked`, `owner.same`, 409.
    """
    now = await locked(tx, line)
    rules.check_may_hand_over(now, to, tx.now)
    becomes = keyed_id(home_of(to), EPOCH, "line", now.id, to)
    packs = await lines.packs_of(tx, now.id)
    await lines.save_line(tx, replace(now, status=PRODUCT.check(now.status, "terminated"), ended=tx.now, next_change=None))
    for pack in packs:
        await lines.save_pack(tx, replace(pack, status="terminated", ended=tx.now))
    named = {pack.id: keyed_id(home_of(to), EPOCH, "pack", pack.id, becomes) for pack in packs}
    tx.tell(OwnerChanged(now.id, now.party, now.number, to, becomes, tx.now, named, now.iccid))
    went = [replace(pack, id=named[pack.id]) for pack in packs]
    body = {"line": msgspec.to_builtins(now), "packs": msgspec.to_builtins(went), "to": to, "becomes": becomes}
    tx.later("inventory.receive_line", body, works_in=home_of(to))
    product_changed(tx, now.id, "stateChange")
    return becomes


async def receive_line(tx: Tx, body: dict[str, Any]) -> None:
    """This will have a line that was given away go on with its new owner, in their home; safe twice."""
    old, id_ = msgspec.convert(body["line"], Line), body["becomes"]
    if await lines.line(tx, id_) is not None:
        return
    mine = {"home": tx.home, "party": body["to"], "account": None}
    await lines.insert_line(tx, replace(old, id=id_, created=tx.now, next_change=None, **mine))
    for pack in msgspec.convert(body["packs"], list[Pack]):
        await lines.insert_pack(tx, replace(pack, line=id_, created=tx.now, **mine))
    tx.tell(LineReceived(id_, body["to"], old.number, old.id, old.offering))
    product_changed(tx, id_, "create")

