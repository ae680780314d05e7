"""A partner tells of one record of use: it is rated at once where a plan was in force, else it waits."""

from typing import Any

from msgspec.structs import replace

from onehall.domains.billing import store
from onehall.domains.billing.actions.intake import NO_NUMBER, holder
from onehall.domains.billing.actions.rating import take_in
from onehall.domains.billing.actions.rating_work import NO_PLAN
from onehall.domains.billing.model import Use
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx


async def charged_account(tx: Tx, use: Use) -> str | None:
    """This will name the account whose plan covered a number when the record was made; None: it is to wait."""
    return holder(await store.intake.had_plan(tx, [use.number]), use)


async def tell_use(tx: Tx, use: Use, account: str | None, doc: dict[str, Any]) -> str:
    """This will take in one record, once, and keep what was said of it; gives its id. `tx` stands in the home of its account or number.

    :raises Refusal: `usage.no_price`, 422, the plan has no price for it.
    """
    if account is None or home_of(account) != tx.home:
        return await _wait(tx, use, doc)
    [*_known, outcome] = await take_in(tx, [replace(use, account=account)])
    if outcome.state == "waiting":
        raise Refusal("usage.no_price", _("The plan of {number} has no price for {kind}.", number=use.number, kind=use.kind), 422)
    id_ = store.rating.usage_id(tx.home, use.source, use.record)
    await store.intake.say(tx, id_, doc)
    return id_


async def _wait(tx: Tx, use: Use, doc: dict[str, Any]) -> str:
    if home_for(use.number) != tx.home:
        raise RuntimeError("a record waits in the home of its number")
    why = NO_PLAN if use.number in await store.rating.routes(tx, [use.number]) else NO_NUMBER
    id_ = store.intake.waiting_id(use)
    await store.intake.keep_one(tx, id_, use, why, doc)
    return id_
