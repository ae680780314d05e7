"""Sweeping scans away: a home at a time, a bounded step at a time; what was counted stays counted."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from onehall.domains.outreach import rules
from onehall.domains.outreach.store import sweeping
from onehall.kernel.i18n import ZONE
from onehall.kernel.jobs import job
from onehall.kernel.settings import current
from onehall.kernel.store import Tx

SWEPT_AT: Final = time(4, 0)  # in the operator's zone, when few scan
STEP: Final = 500
LOOKED_THROUGH: Final = 5_000


def plan_sweep(tx: Tx, day: date) -> None:
    """This will leave the sweep of the small hours after a day; left twice, it is done once."""
    due = datetime.combine(day + timedelta(days=1), SWEPT_AT, ZONE)
    tx.later("outreach.sweep_daily", {"day": day.isoformat(), "round": 0}, due=due, once=f"scans:{day}")


async def sweep_home(tx: Tx, limit: int = STEP) -> bool:
    """This will take away the scans of this home that are kept no longer, so many at most; tells whether there may be more."""
    return await sweeping.sweep(tx, rules.kept_since(tx.now, current().scan_days), limit) == limit


@job("outreach.sweep_daily")
async def _sweep_daily(tx: Tx, body: dict[str, Any]) -> None:
    """The homes of the oldest scans are swept, each by work of its own; while there are many, another look follows."""
    day, turn = date.fromisoformat(body["day"]), body["round"]
    homes = await sweeping.homes(tx, rules.kept_since(tx.now, current().scan_days), LOOKED_THROUGH)
    for home in homes:
        tx.later("outreach.sweep_home", {}, works_in=home, once=f"scans:{day}:{turn}:{home}")
    if homes:
        again = tx.now + timedelta(minutes=1)
        tx.later("outreach.sweep_daily", {"day": body["day"], "round": turn + 1}, due=again, once=f"scans:{day}:{turn + 1}")
    else:
        plan_sweep(tx, day + timedelta(days=1))


@job("outreach.sweep_home")
async def _sweep_home(tx: Tx, _body: dict[str, Any]) -> None:
    if await sweep_home(tx):
        tx.later("outreach.sweep_home", {}, works_in=tx.home)
