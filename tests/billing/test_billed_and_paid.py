"""Bills of a real run meet money: charged automatically on the day they are due, and lessened by what lies on the account."""

from datetime import timedelta
from typing import Any

from onehall.domains import billing
from onehall.domains.billing.model import Account
from onehall.kernel.i18n import _
from onehall.kernel.money import Money
from tests.billing import charged
from tests.billing.bank import Books
from tests.billing.charged import at

act, ask = billing.actions, billing.queries
MINE = "13800000001"


async def used(books: Books) -> Account:
    """This will have an account with a month of use, in the night after it: 59 yuan and 31 MB at 1 fen."""
    books.store.clock.move(at(5, 31, 12) - books.store.clock.now())
    id_ = await charged.join(books.store, MINE, await charged.sell(books.store), at(6, 1))
    books.store.clock.move(at(7, 2, 12) - books.store.clock.now())
    await charged.use(books.store, MINE, "data_mb", "130.5", at(6, 3), "1")  # 131 - 100
    return await charged.account(books.store, id_)


async def sound(books: Books) -> None:
    """Books, bills and allocations are what they say."""
    await charged.books_in_order(books.store)
    assert await books.do(0, ask.ledger_faults) == []
    assert await books.do(0, ask.allocation_faults) == []


async def open_and_owed(books: Books, account: str) -> tuple[int, int]:
    """This will give what is open on bills, and what the account owes."""
    left = await books.do(account, ask.left_to_pay, account)
    now = await charged.account(books.store, account)
    return left.minor, max(0, -now.balance_minor)


async def partner(books: Books, account: Account, fen: int, once: str) -> Any:
    """This will have a partner take money for an account."""
    return await books.do(
        account.id, act.record, account=account.id, party=account.party, amount=Money(fen), text="P", partner="w", doc={}, once=once
    )


async def test_the_bill_of_a_run_is_charged_on_the_day_it_is_due_and_settled(books: Books) -> None:
    account = await used(books)
    await books.do(account.id, act.autopay.set_autopay, account.id, "auto")
    await books.settle()
    await charged.run(books.store)
    await books.settle()
    [bill] = await charged.bills(books.store, account.id)
    assert (bill.total, bill.due, bill.paid, bill.status) == (5931, 5931, 0, "sent")
    assert await books.rows("SELECT 1 FROM payment") == []
    books.store.clock.move(bill.due_on - books.store.clock.now() + timedelta(minutes=1))
    await books.settle()
    [bill] = await charged.bills(books.store, account.id)
    assert (bill.paid, bill.status) == (5931, "settled")
    [payment] = await books.rows("SELECT status, channel, received, spent FROM payment")
    assert payment == {"status": "done", "channel": "autopay", "received": 5931, "spent": 5931}
    assert await books.rows("SELECT bill, minor FROM allocation") == [{"bill": bill.id, "minor": 5931}]
    assert await open_and_owed(books, account.id) == (0, 0)
    await sound(books)


async def test_money_that_is_there_lessens_a_bill_and_its_refund_is_owed_again(books: Books) -> None:
    account = await used(books)
    before = await partner(books, account, 1000, "before")
    await charged.run(books.store)
    [bill] = await charged.bills(books.store, account.id)
    assert (bill.total, bill.due - bill.paid) == (5931, 4931)
    assert await open_and_owed(books, account.id) == (4931, 4931)
    await sound(books)
    payment = await books.payment(before.id)
    await books.do(account.id, act.take_back, payment, Money(1000), _("No."), once="back", doc={})
    assert await open_and_owed(books, account.id) == (5931, 5931)
    await sound(books)
    await partner(books, account, 5931, "after")
    assert await open_and_owed(books, account.id) == (0, 0)
    await sound(books)
