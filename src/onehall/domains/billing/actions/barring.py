"""Lines stand still for money that is owed, and work again as soon as it is there; the clock of that is measured."""

from datetime import timedelta
from typing import Any

from onehall.domains import inventory
from onehall.domains.billing import events, rules, store
from onehall.domains.billing.model import Account
from onehall.domains.billing.rules import charging
from onehall.kernel import settings
from onehall.kernel.i18n import _
from onehall.kernel.ids import is_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx


async def bar_line(tx: Tx, account: str, why: str) -> bool:
    """This will have an account's line stand still for money (credit, arrears, empty); once until it is freed."""
    found = await _account(tx, account)
    if found.status != "open" or not await store.watching.bar(tx, account, why):
        return False
    line = await _line(tx, found)
    if line is not None and line.status in ("active", "suspended"):
        await inventory.actions.suspend_line(tx, line, why)
    tx.tell(events.LineBarred(account, why))
    return True


async def look_at_debt(tx: Tx, account: str) -> list[str]:
    """This will free an account's line of each reason that is gone, now that money came; gives these reasons. Safe twice."""
    await store.rating.lock(tx, [account])
    barred = await store.watching.barred(tx, account)
    found = await _account(tx, account)
    over = charging.is_over_credit(found.mode, found.free.minor, found.unbilled_minor, found.credit_limit)
    if not over:
        await store.watching.credit_reached(tx, [account], False)
    open_ = await store.allocations.open_bills(tx, account) if barred else []
    overdue = any(rules.bills.is_overdue(bill.due_on, tx.now) for bill in open_)
    owing_fee = found.mode == "prepaid" and found.unbilled_minor > 0
    gone = [
        row["why"] for row in barred
        if charging.is_reason_gone(row["why"], over_credit=over, overdue=overdue, owing_fee=owing_fee)
    ]  # fmt: skip
    for why in gone:
        await free_line(tx, found, why)
    return gone


async def free_line(tx: Tx, account: Account, why: str) -> None:
    """This will take a reason of money away from a line, and tell how long that took after the money came."""
    since = next((row["since"] for row in await store.watching.barred(tx, account.id) if row["why"] == why), tx.now)
    came = await store.watching.last_money(tx, account.id, since)
    if came is not None:
        await store.watching.paid(tx, account.id, came)
    row = await store.watching.unbar(tx, account.id, why)
    if row is None:
        return
    line = await _line(tx, account)
    if line is not None and why in line.suspended_why:
        await inventory.actions.restore_line(tx, line, why)
    tx.tell(events.LineFreed(account.id, why, int((tx.now - row["paid"]).total_seconds())))


def watch_bill(tx: Tx, fact: events.BillIssued) -> None:
    """This will leave the reminder of a bill, and the suspension that follows when it stays unpaid, for their times."""
    rules = settings.current()
    for kind, days in (("remind", rules.arrears_reminder_days), ("suspend", rules.arrears_suspend_days)):
        body = {"bill": fact.bill, "account": fact.account, "do": kind}
        tx.later("billing.watch_bill", body, due=fact.due_on + timedelta(days=days), once=f"{kind}:{fact.bill}")


async def look_at_bill(tx: Tx, body: dict[str, Any]) -> None:
    """This will call an unpaid bill to mind, or have the line stand still for it; one that is paid is left alone."""
    account = body["account"]
    left = next((bill for bill in await store.allocations.open_bills(tx, account) if bill.id == body["bill"]), None)
    if left is None:
        return
    if body["do"] == "suspend":
        await bar_line(tx, account, "arrears")
    else:
        tx.tell(events.BillOverdue(account, left.id, left.amount))


async def set_limits(tx: Tx, account: str, spend: Money | None, data_mb: int | None) -> None:
    """This will set what a customer allows themselves in a month; None is no limit."""
    await store.rating.lock(tx, [account])
    await store.watching.set_limits(tx, account, spend.minor if spend else None, data_mb)


async def _account(tx: Tx, account: str) -> Account:
    found = await store.accounts.one(tx, account)
    if found is None:
        raise missing(_("account"))
    return found


async def _line(tx: Tx, account: Account) -> Any:
    if account.line is None or not is_id(account.line):
        return None
    try:
        return await inventory.queries.line(tx, account.line)
    except Refusal:
        return None
