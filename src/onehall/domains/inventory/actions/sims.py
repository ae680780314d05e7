"""SIMs across homes, and the replacement of a line's SIM."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from onehall.domains.inventory import rules
from onehall.domains.inventory.actions.lines import locked
from onehall.domains.inventory.actions.notices import product_changed
from onehall.domains.inventory.events import SimReplaced, SimReplacementAsked, SimReplacementFailed
from onehall.domains.inventory.model import Line, Replacement, SimRow
from onehall.domains.inventory.store import lines, services, sims
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.journeys import arrive
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

SHELF_ROWS = 200
CANDIDATES = 5
LOOKS_MAX = 5
Answer = dict[str, Any]


async def stock_sims(tx: Tx, rows: Sequence[SimRow]) -> list[str]:
    """This will put SIMs of any homes into stock; gives those that were new.

    :raises Refusal: `iccid.form`, `sim.kind`, 422; nothing is added then.
    """
    for row in rows:
        rules.check_iccid(row.iccid)
        rules.replacement_fee(row.kind)
    return await sims.add(tx, rows)


async def take_sim(tx: Tx, line: Line, to: Answer, *, kind: str = "plastic", unit: str | None = None, iccid: str | None = None) -> None:
    """This will reserve a SIM for a line: a given one, or one from the unit's shelf, else from central stock.

    `to` = {"kind": name of a job, "body": {...}}: left in the line's home with "iccid" (None: there is none) in its body.
    """
    body = {"line": line.id, "to": to, "origin": tx.origin} | ({} if iccid else {"kind": kind, "unit": unit, "looks": 0})
    _try(tx, body, [iccid] if iccid else await _candidates(tx, body))


def set_sim(tx: Tx, iccid: str, state: str, line: str | None) -> None:
    """This will have a SIM move on where it lives: written, active, spoilt, retired, or back to stock. Safe twice."""
    body = {"iccid": iccid, "state": state, "line": line, "origin": tx.origin}
    tx.later("inventory.set_sim", body, works_in=home_for(iccid), lane=f"sim|{iccid}")


async def ask_replacement(tx: Tx, line: Line, kind: str, answer_to: str | None, iccid: str | None = None) -> str:
    """This will ask for another SIM for a line; gives the replacement's id. Whoever carries it out hears SimReplacementAsked.

    :raises Refusal: `line.status`, `sim.replacing`, `sim.too_often`, 409; `sim.kind`, 422.
    """
    now = await locked(tx, line)
    made, under_way = await services.replacements(tx, now.id, rules.month_start(tx.now))
    rules.check_replacement(now, made, under_way)
    asked = Replacement(
        id=tx.new_id(), line=now.id, party=now.party, kind=kind, fee=rules.replacement_fee(kind), asked=tx.now, iccid=iccid,
        answer_to=answer_to,
    )  # fmt: skip
    await services.insert_replacement(tx, asked)
    if iccid:
        set_sim(tx, iccid, "reserved", now.id)  # the clerk's lease becomes a reservation without an end
    tx.tell(SimReplacementAsked(now.id, now.party, now.number, asked.id, kind, iccid, now.iccid, now.unit))
    return asked.id


async def finish_replacement(tx: Tx, id_: str, iccid: str) -> Line:
    """This will give the line its new SIM: the old one is retired, the journey that waits goes on. Safe twice.

    :raises Refusal: `not.found`, 404.
    """
    asked = await _asked(tx, id_)
    line = await lines.line(tx, asked.line, lock=True)
    if line is None:
        raise missing(_("line"))
    if asked.state != "asked":
        return line
    changed = replace(line, iccid=iccid)
    await lines.save_line(tx, changed)
    await services.end_replacement(tx, id_, "done", iccid)
    set_sim(tx, iccid, "active", line.id)
    if line.iccid and line.iccid != iccid:
        set_sim(tx, line.iccid, "retired", line.id)
    tx.tell(SimReplaced(line.id, line.party, line.number, id_, iccid, line.iccid, asked.fee))
    product_changed(tx, line.id, "attributeValueChange")
    if asked.answer_to:
        arrive(tx, asked.answer_to, {"done": True, "iccid": iccid})
    return changed


async def fail_replacement(tx: Tx, id_: str, why: str) -> None:
    """This will write down that a replacement could not be done; the line keeps its SIM, nothing is charged. Safe twice.

    :raises Refusal: `not.found`, 404.
    """
    asked = await _asked(tx, id_)
    if asked.state != "asked":
        return
    await services.end_replacement(tx, id_, "failed", asked.iccid)
    line = await lines.line(tx, asked.line)
    tx.tell(SimReplacementFailed(asked.line, asked.party, line.number if line else "", id_, why))
    if asked.answer_to:
        arrive(tx, asked.answer_to, {"done": False, "why": why})


async def take_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will try the first of several SIMs in its own home; taken by another, the next is tried where that one lives."""
    candidates, line, to = body["candidates"], body["line"], body["to"]
    if candidates and await sims.take(tx, candidates[0], line, None, line) is not None:
        tx.later(to["kind"], {**to.get("body", {}), "iccid": candidates[0]}, works_in=home_of(line))
        return
    others = candidates[1:]
    if not others and "kind" in body and body["looks"] < LOOKS_MAX:
        body = {**body, "looks": body["looks"] + 1}
        others = await _candidates(tx, body)
    if others:
        _try(tx, body, others)
    else:
        tx.later(to["kind"], {**to.get("body", {}), "iccid": None}, works_in=home_of(line))


def _try(tx: Tx, body: dict[str, Any], candidates: list[str]) -> None:
    works_in = home_for(candidates[0]) if candidates else home_of(body["line"])
    tx.later("inventory.take_sim", {**body, "candidates": candidates}, works_in=works_in)


async def _candidates(tx: Tx, body: dict[str, Any]) -> list[str]:
    """Some SIMs of the unit's shelf, then of central stock; others for each line and each look, so that many who take do not meet."""
    found: list[str] = []
    for shelf in [body["unit"], None] if body["unit"] else [None]:
        lying = await sims.pick(tx, body["kind"], shelf, "", SHELF_ROWS)
        start = home_for(f"{body['line']} {body['looks']}") % max(1, len(lying))
        found += [*lying[start:], *lying[:start]][:CANDIDATES]
    return found


async def set_here(tx: Tx, iccid: str, state: str, line: str | None) -> bool:
    """This will move a SIM on in its own home; False when the lifecycle does not lead there from where it is."""
    if state == "stock":
        return line is not None and await sims.put_back(tx, iccid, line)
    return await sims.move(tx, iccid, state, line)


async def _asked(tx: Tx, id_: str) -> Replacement:
    found = await services.replacement(tx, id_)
    if found is None:
        raise missing(_("replacement"))
    return found
