"""Making codes, one or many at once, and passing them on."""

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from onehall.domains import catalogue
from onehall.domains.outreach import rules
from onehall.domains.outreach.events import CodeEnded, CodePassedOn, CodesMade
from onehall.domains.outreach.lifecycle import CODE
from onehall.domains.outreach.model import Batch, Code, Owner, Tenure
from onehall.domains.outreach.store import codes
from onehall.kernel.i18n import _
from onehall.kernel.jobs import job
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx


async def make_codes(tx: Tx, unit: str | None, wishes: Sequence[Code]) -> Batch:
    """This will make codes out of wishes (codes without letters); each is then written where its letters lead, by work of its own.

    :raises Refusal: `code.count`, `code.owner`, `code.kind`, 422; `not.found`, 404, an offering that is not known.
    """
    rules.check_count(len(wishes))
    for wish in wishes:
        rules.check_owner(wish.kind, wish.owner, wish.offering)
        if wish.offering:
            await _check_sold(tx, wish.offering)
    id_ = tx.new_id()
    made = tuple(msgspec.structs.replace(wish, code=_letters(), made=tx.now, batch=id_, state=CODE.first) for wish in wishes)
    batch = Batch(id_, unit, tx.now, made, tx.origin.staff)
    await codes.insert_batch(tx, batch)
    for one in made:
        tx.later("outreach.write_code", {"code": msgspec.to_builtins(one)}, works_in=codes.home(one.code))
    tx.tell(CodesMade(id_, made[0].kind, len(made)))
    return batch


async def pass_on(tx: Tx, code: str, owner: Owner) -> None:
    """This will give a code another owner from now on; what was scanned before stays with the owner of then.

    :raises Refusal: `not.found`, 404; `code.ended`, 409; `code.owner`, 422.
    """
    found = await _locked(tx, code)
    if found.state != CODE.first:
        raise Refusal("code.ended", _("This code is no longer in use."), 409)
    rules.check_owner(found.kind, owner, found.offering)
    if owner == found.owner:
        return
    await codes.add_owner(tx, found.code, Tenure(tx.now, owner, tx.origin.staff))
    await codes.set_owner(tx, found.code, owner)
    tx.tell(CodePassedOn(found.code, owner.unit, owner.staff, owner.campaign))


async def end_code(tx: Tx, code: str) -> None:
    """This will have a code lead nowhere any more. Safe twice.

    :raises Refusal: `not.found`, 404.
    """
    found = await _locked(tx, code)
    if found.state == "ended":
        return
    await codes.set_state(tx, found.code, CODE.check(found.state, "ended"))
    tx.tell(CodeEnded(found.code))


@job("outreach.write_code")
async def write_code(tx: Tx, body: dict[str, Any]) -> None:
    """This will write a code in its own home; letters that another batch has drawn too are a matter for a person."""
    code = msgspec.convert(body["code"], Code)
    if not await codes.insert(tx, code, tx.origin.staff):
        found = await codes.one(tx, code.code)
        if found is None or found.batch != code.batch:
            raise RuntimeError("these letters belong to another code")


async def _check_sold(tx: Tx, offering: str) -> None:
    found = await catalogue.queries.check_on_sale(tx, offering)
    if found.kind not in ("plan", "pack"):
        raise Refusal("code.offering", _("On a shelf stand plans and packs."), 422)


async def _locked(tx: Tx, code: str) -> Code:
    found = await codes.one(tx, rules.check_code(code), lock=True)
    if found is None:
        raise missing(_("code"))
    return found


def _letters() -> str:
    return "".join(secrets.choice(rules.LETTERS) for _sign in range(rules.LENGTH))
