"""Allowances: granted for a period, used, ended."""

from datetime import datetime

from onehall.domains.billing import events, store
from onehall.domains.billing.actions.rolling import plan_end, roll_over
from onehall.domains.billing.model import Taken
from onehall.kernel.i18n import Words, _, keep
from onehall.kernel.period import Period
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx


async def grant(
    tx: Tx, account: str, allowances: dict[str, int], period: Period, of: str, *, name: Words = "", once: str | None = None
) -> list[str]:
    """This will give an account allowances (data_mb, voice_min, sms) for a period; once for each `once` (the offering and start)."""
    wanted = {kind: total for kind, total in allowances.items() if total > 0}
    if not wanted:
        return []
    key = once or f"{account}:{of}:{period.start.isoformat()}"
    made = await store.buckets.insert(tx, account, of, keep(name or of), wanted, period.start, period.end, key)
    if made:
        tx.tell(events.AllowanceGranted(account, of, wanted))
        if period.end:
            plan_end(tx, account, of, period.end)
    return made


async def use(tx: Tx, account: str, kind: str, amount: int, once: str) -> Taken:
    """This will take a use out of the allowances, the one that expires first first; `short` is what they did not cover.

    :raises Refusal: `use.amount`, nothing or less is used.
    """
    if amount <= 0:
        raise Refusal("use.amount", _("A use is more than nothing."))
    return await store.buckets.use(tx, account, kind, amount, once)


async def expire_allowances(tx: Tx, account: str, of: str, until: datetime) -> None:
    """This will end allowances whose time is over, and carry over what the plan lets stay; safe twice."""
    await roll_over(tx, account, of, until)
    for bucket in await store.buckets.expire(tx, account, of, until):
        tx.tell(events.AllowanceExpired(account, bucket))


async def withdraw_allowances(tx: Tx, account: str, of: str) -> list[str]:
    """This will end the open allowances that an offering granted: its pack was dropped, its plan was left."""
    return await store.buckets.withdraw(tx, account, of, tx.now)
