"""Questions on bills that are open, on stored ways to pay, and on what money paid."""

from typing import Any

from onehall.domains.billing import store
from onehall.domains.billing.model import Method, OpenBill
from onehall.kernel.money import Money
from onehall.kernel.store import Tx


async def open_bills(tx: Tx, party: str, given: str | None = None) -> list[tuple[str, str | None, OpenBill]]:
    """This will give the open bills of a party, or of a line or number, the oldest first: account, number, bill. One statement."""
    return await store.allocations.bills_of_party(tx, party, given)


async def left_to_pay(tx: Tx, account: str) -> Money:
    """This will give what is open on all bills of an account."""
    open_ = await store.allocations.open_bills(tx, account)
    return sum((bill.amount for bill in open_[1:]), open_[0].amount) if open_ else Money(0)


async def autopay_of(tx: Tx, party: str) -> list[tuple[Method, str | None]]:
    """This will give the agreements by which a party's accounts are paid automatically, each with its number. One statement."""
    return await store.methods.of_party(tx, party)


async def allocation_faults(tx: Tx) -> list[dict[str, Any]]:
    """This will check every bill and every sum of money: what it says of its allocations and invoices is what they are."""
    return [dict(row) for row in await store.allocations.faults(tx)]
