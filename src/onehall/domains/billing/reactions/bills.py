"""Work of bills that is left for later: each night the cycles that begin are turned to, those that ended are billed."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from onehall.domains.billing import actions, rules
from onehall.kernel.i18n import ZONE
from onehall.kernel.jobs import job
from onehall.kernel.store import Tx

TURNED_AT: Final = time(0, 5)  # in the operator's zone
BILLED_AT: Final = time(3, 0)  # when the records of the night before have come


@job("billing.turn_daily")
async def _turn_daily(tx: Tx, body: dict[str, Any]) -> None:
    """The accounts whose cycle begins on a day are turned to it, home by home, and the next night is left."""
    day = date.fromisoformat(body["day"])
    for home in await actions.turning.homes(tx, day.day):
        _turn_home(tx, home, day.day, "")
    plan_turns(tx, day + timedelta(days=1))


@job("billing.turn_home")
async def _turn(tx: Tx, body: dict[str, Any]) -> None:
    after = await actions.turning.turn(tx, body["cycle_day"], body["after"])
    if after:
        _turn_home(tx, tx.home, body["cycle_day"], after)


@job("billing.bill_daily")
async def _bill_daily(tx: Tx, body: dict[str, Any]) -> None:
    """The cycles that ended with the night before are billed, and the next night is left."""
    day = date.fromisoformat(body["day"])
    if day.day <= rules.bills.CYCLE_DAY_MAX:
        ended = rules.bills.cycle_before(day)
        actions.bill_runs.leave_parts(tx, await actions.bill_runs.begin_run(tx, ended))
    plan_bills(tx, day + timedelta(days=1))


@job("billing.bill_home")
async def _bill_home(tx: Tx, body: dict[str, Any]) -> None:
    after = await actions.bill_runs.bill_home(tx, body)
    if after:
        actions.bill_runs.leave_parts(tx, [{"home": body["home"], "cycles": body["cycles"], "after": after}])


@job("billing.bill_report")
async def _bill_report(tx: Tx, body: dict[str, Any]) -> None:
    await actions.bill_runs.report_when_done(tx, body["run"])


def plan_turns(tx: Tx, day: date) -> None:
    """This will leave the turn to the cycles that begin on a day; left twice, it is done once."""
    tx.later("billing.turn_daily", {"day": day.isoformat()}, due=datetime.combine(day, TURNED_AT, ZONE), once=f"turn:{day}")


def plan_bills(tx: Tx, day: date) -> None:
    """This will leave the run of the cycles that end as a day begins; left twice, it is done once."""
    tx.later("billing.bill_daily", {"day": day.isoformat()}, due=datetime.combine(day, BILLED_AT, ZONE), once=f"bills:{day}")


def _turn_home(tx: Tx, home: int, cycle_day: int, after: str) -> None:
    body = {"cycle_day": cycle_day, "after": after}
    tx.later("billing.turn_home", body, works_in=home)
