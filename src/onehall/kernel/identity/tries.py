"""Lock-out: a name that was tried too often, known or not, is closed for a while. Each try is counted before it is made."""

from datetime import timedelta

from onehall.kernel import settings
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

_COUNT = """
INSERT INTO login_tries AS t (home, kind, name, tries, first, locked_until) VALUES ($1, $2, $3, 1, $4, NULL)
ON CONFLICT (home, kind, name) DO UPDATE SET
    tries = CASE WHEN t.first <= $5 THEN 1 ELSE t.tries + 1 END,
    first = CASE WHEN t.first <= $5 THEN excluded.first ELSE t.first END,
    locked_until = CASE WHEN t.first > $5 AND t.tries + 1 >= $6 THEN $7::timestamptz END
WHERE t.locked_until IS NULL OR t.locked_until <= $4
RETURNING tries
"""


async def count(store: Store, kind: str, name: str) -> None:
    """This will count a try, committed before the try is made, so that many at once are no more than the limit.

    The last try allowed may still succeed, and then clears the count.
    :raises Refusal: `login.locked`, 429, with `retry_after` in seconds.
    """
    rules = settings.current()
    lock = timedelta(minutes=rules.staff_lock_minutes)
    async with store.edge(home_for(name)) as tx:
        values = (tx.home, kind, name, tx.now, tx.now - lock, rules.staff_tries, tx.now + lock)
        if await tx.write_one(_COUNT, *values) is not None:
            return
        sql = "SELECT locked_until FROM login_tries WHERE home = $1 AND kind = $2 AND name = $3"
        row = await tx.read_one(sql, tx.home, kind, name)
        left = (row["locked_until"] - tx.now).total_seconds() if row and row["locked_until"] else 1
    minutes = max(1, int(left / 60 + 0.999))
    reason = _("Too many failed logins. Try again in {minutes} minutes.", minutes=minutes)
    if minutes == 1:
        reason = _("Too many failed logins. Try again in a minute.")
    raise Refusal("login.locked", reason, 429, retry_after=max(1, int(left + 0.999)))


async def clear(store: Store, kind: str, name: str) -> None:
    """This will forget the tries of a name that got in."""
    async with store.edge(home_for(name)) as tx:
        sql = "DELETE FROM login_tries WHERE home = $1 AND kind = $2 AND name = $3"
        await tx.write(sql, tx.home, kind, name)
