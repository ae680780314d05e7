"""Each night the provider's file of the day before is held against the books."""

from datetime import date
from typing import Any

import msgspec

from onehall.domains.billing import actions
from onehall.domains.billing.model import Moved
from onehall.domains.billing.reactions.money import Answer
from onehall.kernel.jobs import call, job
from onehall.kernel.store import Tx


@call("payment.reconcile")
async def _reconcile(world: Any, body: dict[str, Any]) -> Answer:
    """A day that is read again is one run; what it left to do goes on where it stands."""
    day = date.fromisoformat(body["day"])
    lines = [Moved(line.kind, line.payment, line.reference, line.amount) for line in await world.payment.file_of(day)]
    return lambda tx: actions.begin_reconciliation(tx, day, lines, again=int(body.get("again", 0)))


@job("payment.compare")
async def _compare(tx: Tx, body: dict[str, Any]) -> None:
    lines = msgspec.convert(body["lines"], list[Moved])
    await actions.compare_part(tx, date.fromisoformat(body["day"]), body["part"], lines, body.get("look", 1))


@job("payment.compare_rest")
async def _compare_rest(tx: Tx, body: dict[str, Any]) -> None:
    keys = frozenset((str(kind), str(payment), str(reference)) for kind, payment, reference in body["keys"])
    await actions.compare_rest(tx, date.fromisoformat(body["day"]), keys, body.get("look", 1))


async def _not_mended(tx: Tx, body: dict[str, Any], error: str) -> None:
    actions.mending.not_mended(tx, body, error)


@job("payment.mend", given_up=_not_mended)
async def _mend(tx: Tx, body: dict[str, Any]) -> None:
    await actions.mending.mend(tx, body)


@job("payment.mending_over")
async def _mending_over(tx: Tx, body: dict[str, Any]) -> None:
    await actions.mending.end_mending(tx, body["difference"], body["why"])
