"""Records of use that a network tells of one by one, and those that wait for an account or a plan."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

import msgspec

from onehall.domains.billing import actions, rules
from onehall.domains.billing.events import UseHeard
from onehall.kernel.events import on
from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import home_for
from onehall.kernel.jobs import job
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

SWEPT_AT: Final = time(3, 30)  # in the operator's zone


@on(UseHeard, home=lambda fact: home_for(fact.number))
async def rate_use(tx: Tx, fact: UseHeard) -> None:
    """This will have a record rated that a network element told of.

    :raises Refusal: `usage.unreadable`, 400.
    """
    said = msgspec.structs.asdict(fact)
    try:
        use = rules.intake.read_use(**said, before=rules.intake.latest(tx.now))
    except rules.intake.Unreadable as no:
        raise Refusal("usage.unreadable", no.why) from no
    await actions.waiting.hear(tx, use)


@job("billing.use_heard")
async def _use_heard(tx: Tx, body: dict[str, Any]) -> None:
    await rate_use(tx, msgspec.convert(body["use"], UseHeard))


@job("billing.use_here")
async def _use_here(tx: Tx, body: dict[str, Any]) -> None:
    await actions.waiting.take_in_here(tx, body)


@job("billing.use_waits")
async def _use_waits(tx: Tx, body: dict[str, Any]) -> None:
    await actions.waiting.keep(tx, body)


@job("billing.use_taken")
async def _use_taken(tx: Tx, body: dict[str, Any]) -> None:
    await actions.waiting.forget(tx, body)


@job("billing.retry_waiting")
async def _retry_waiting(tx: Tx, body: dict[str, Any]) -> None:
    await actions.waiting.retry(tx, body["number"], body.get("after", ""))


@job("billing.give_up_waiting")
async def _give_up_waiting(tx: Tx, body: dict[str, Any]) -> None:
    await actions.waiting.give_up(tx, body["number"])


@job("billing.sweep_waiting")
async def _sweep_waiting(tx: Tx, body: dict[str, Any]) -> None:
    """Each night what waits is tried once more, and the next night's look is left."""
    day = date.fromisoformat(body["day"])
    await actions.waiting.sweep(tx, body["day"])
    plan_sweep(tx, day + timedelta(days=1))


def plan_sweep(tx: Tx, day: date) -> None:
    """This will leave the look at what waits for the small hours after a day; left twice, it is done once."""
    due = datetime.combine(day + timedelta(days=1), SWEPT_AT, ZONE)
    tx.later("billing.sweep_waiting", {"day": day.isoformat()}, due=due, once=f"sweep:{day}")
