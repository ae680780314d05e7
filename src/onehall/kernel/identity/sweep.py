"""What identity no longer needs is thrown away once an hour: dead codes, old counts, sessions long over."""

import asyncio
from datetime import timedelta

from onehall.kernel import telemetry
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

EVERY_SECONDS = 3600
SESSIONS_KEPT = timedelta(days=90)  # a customer may ask where they were logged in
_SWEEPS = (
    ("-- fan-out: hourly\nDELETE FROM one_time_code WHERE expires <= $1", timedelta(hours=1)),
    ("-- fan-out: hourly\nDELETE FROM code_quota WHERE sent[1] <= $1", timedelta(hours=2)),
    ("-- fan-out: hourly\nDELETE FROM login_tries WHERE first <= $1", timedelta(days=1)),
    ("-- fan-out: hourly\nDELETE FROM answered WHERE at <= $1", timedelta(days=2)),  # a caller repeats within hours
    ("-- fan-out: hourly\nDELETE FROM session WHERE until <= $1", SESSIONS_KEPT),
)


async def sweep(store: Store) -> None:
    """This will throw away what is too old to matter, table by table."""
    for sql, age in _SWEEPS:
        async with store.edge(0) as tx:
            await tx.write(sql, tx.now - age)


async def keep_sweeping(store: Store) -> None:
    """This will sweep every hour until it is cancelled."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await sweep(store)
        except Refusal:
            continue  # the database is away; the next hour will do
        except Exception:
            telemetry.INCIDENTS.labels("sweep").inc()
            telemetry.log.exception("sweeping failed")
