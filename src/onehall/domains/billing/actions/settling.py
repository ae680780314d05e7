"""Money that reaches an account pays what is owed: use that was not covered (prepaid), then bills, oldest first.

The rest stays on the account. All of it happens in the transaction that adds the money, which holds the account's row.
"""

from collections.abc import Sequence

from msgspec import structs

from onehall.domains.billing import events, rules, store
from onehall.domains.billing.model import Account, Bill, Book, Entry, Move, OpenBill, Payment, Posted, Side
from onehall.kernel.i18n import _, keep
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.resources.changes import changed
from onehall.kernel.store import Tx

BILL = ("customerBillManagement", "customerBill")


async def settle(
    tx: Tx, account: str, posted: Posted, amount: Money, once: str, *, payment: str | None = None, paid: bool = True,
    bills: Sequence[str] = (),
) -> Posted:  # fmt: skip
    """This will let money that an entry added pay what its account owes; gives the entry with the balance after that.

    `bills` are paid first; `paid` is False for what nobody paid (a gift, a correction).
    """
    if not posted.fresh:
        return posted
    found = await _account(tx, account) if posted.owes else None
    owed = rules.settling.debt_settled(found.mode, found.unbilled_minor, found.free.minor) if found else 0
    waits = found is not None and (bool(owed) or found.mode != "prepaid")
    await store.allocations.keep(tx, posted.id, account, payment, amount, paid, last=not waits)
    if found is None or not waits:
        return posted
    if owed:
        posted = await _cover(tx, found, posted, owed, once)
        found = structs.replace(found, balance_minor=found.balance_minor - owed, unbilled_minor=found.unbilled_minor - owed)
    await allocate(tx, found, owed if found.mode == "prepaid" else amount.minor, posted.id, bills)
    return posted


async def allocate(tx: Tx, account: Account, came: int = 0, entry: str | None = None, wanted: Sequence[str] = ()) -> None:
    """This will pay open bills of an account whose row is held, out of what came and what lies spare on it."""
    open_ = await store.allocations.open_bills(tx, account.id)
    total = sum(bill.minor for bill in open_)
    most = rules.settling.covers(account.mode, came, total, account.balance_minor, account.unbilled_minor)
    if not most:
        return
    money = rules.settling.spending_order(await store.allocations.spare(tx, account.id), entry)
    parts = rules.settling.allocations(rules.settling.paying_order(open_, wanted), money, most)
    for part, row in zip(parts, await store.allocations.write(tx, account.id, account.currency, parts), strict=True):
        left = Money(row["left"], account.currency)
        tx.tell(events.BillPaid(row["id"], account.id, Money(part.minor, account.currency), left, row["party"]))
        changed(tx, BILL, row["id"], "stateChange")


async def net(tx: Tx, bill: Bill) -> None:
    """This will show which money that lay on an account, whose row is held, has lessened a new bill of it."""
    minor = rules.settling.netted(bill.mode, bill.total, bill.due)
    if minor:
        money = rules.settling.spending_order(await store.allocations.spare(tx, bill.account))
        found = rules.settling.allocations([OpenBill(bill.id, bill.no, minor, bill.currency, bill.due_on)], money, minor)
        await store.allocations.write(tx, bill.account, bill.currency, [structs.replace(part, netted=True) for part in found])


async def pass_on(tx: Tx, account: str, entry: str, amount: Money) -> None:
    """This will let what an account, whose row is held, was given back or forgiven by an entry pay bills that are open.

    A prepaid account's bills ask for what it owes and no more: those that asked for a debt which is forgiven are paid by that.
    """
    found, minor = await _account(tx, account), amount.minor
    if found.mode == "prepaid":
        total = sum(bill.minor for bill in await store.allocations.open_bills(tx, account))
        minor = min(minor, rules.settling.covers(found.mode, 0, total, found.balance_minor, found.unbilled_minor))
    if minor > 0:
        await store.allocations.keep(tx, entry, account, None, Money(minor, amount.currency), False)
        await allocate(tx, found, minor, entry)


async def take_off(tx: Tx, payment: Payment, amount: Money) -> None:
    """This will free money of a payment that is to go back: bills that it paid are open again, the newest first.

    :raises Refusal: `refund.invoiced`, 409; `balance.low`, 402, a prepaid account has used it.
    """
    account = payment.account or ""
    await store.rating.lock(tx, [account])
    left = amount.minor
    for one in await store.allocations.of_payment(tx, account, payment.id):
        minor = min(left, one.minor - one.returned)
        await _free(tx, payment, account, minor - one.spare)
        if minor > 0:
            await store.allocations.return_money(tx, one.entry, minor)
        left -= minor


async def settle_rest(tx: Tx, account: str, went: int) -> None:
    """This will let what lies spare on a postpaid account pay bills that are open again, after money (so much) went back.

    Bills that it had lessened before they were issued ask for it again.
    """
    found = await _account(tx, account)
    if found.mode != "postpaid":
        return
    await allocate(tx, found)
    open_ = sum(bill.minor for bill in await store.allocations.open_bills(tx, account))
    lessened = await store.allocations.lessened(tx, account)
    for bill, minor in rules.settling.asked_again(went, -found.balance_minor, open_, lessened):
        row = await store.allocations.ask_again(tx, bill, minor)
        if row is not None:
            tx.tell(events.BillReopened(bill, account, Money(row["left"], found.currency)))
            changed(tx, BILL, bill, "stateChange")


async def _free(tx: Tx, payment: Payment, account: str, minor: int) -> None:
    if minor <= 0:
        return
    if (await _account(tx, account)).mode == "prepaid":
        raise Refusal("balance.low", _("The balance is not enough for this."), 402)
    parts = rules.settling.taken_off(await store.allocations.of_payments_bills(tx, account, payment.id), minor)
    for row in await store.allocations.write(tx, account, payment.currency, parts):
        tx.tell(events.BillReopened(row["id"], account, Money(row["left"], payment.currency)))
        changed(tx, BILL, row["id"], "stateChange")


async def _cover(tx: Tx, account: Account, posted: Posted, minor: int, once: str) -> Posted:
    move = Move(Side(Book.MAIN, account.id), Side(Book.UNBILLED, account.id), Money(minor, account.currency))
    entry = Entry(f"{once}:settled", "settled", keep(_("Use that was open")), (move,), account.id)
    covered = await store.ledger.post(tx, entry)
    return structs.replace(posted, balance=covered.balance)


async def _account(tx: Tx, account: str) -> Account:
    found = await store.accounts.one(tx, account)
    if found is None:
        raise missing(_("account"))
    return found
