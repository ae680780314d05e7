"""Bills for the tests of money that comes in: use is posted, and a bill moves it from what is unbilled to the balance."""

from datetime import date, timedelta
from typing import Any

from onehall.domains.billing import queries, store
from onehall.domains.billing.actions import settling
from onehall.domains.billing.model import Account, Book, Entry, Move, Side
from onehall.kernel.money import Money
from onehall.kernel.store import Tx
from tests.billing.bank import Books


async def billed(books: Books, account: Account, minor: int, month: int = 1) -> str:
    """This will use so many fen on a postpaid account in a month of 2026, and bill them; gives the bill's id."""
    used: str = await books.do(account.id, _bill, account, minor, month)
    return used


async def _bill(tx: Tx, account: Account, minor: int, month: int) -> str:
    open_, main = Side(Book.UNBILLED, account.id), Side(Book.MAIN, account.id)
    once = f"{account.id}:{month}:{tx.new_id()}"
    amount = Money(minor)
    before = await store.accounts.one(tx, account.id)
    assert before is not None
    await store.ledger.post(tx, Entry(f"use:{once}", "usage", "Use", (Move(open_, Side(Book.REVENUE, "o"), amount),), account.id))
    due = minor
    if account.mode == "postpaid":
        await store.ledger.post(tx, Entry(f"bill:{once}", "bill", "Bill", (Move(main, open_, amount),), account.id))
        due = max(0, minor - max(0, before.balance_minor))
    id_, cycle = tx.new_id(), date(2026, month, 1)
    await tx.write(
        """INSERT INTO customer_bill (home, id, no, account, party, unit, number, mode, cycle, sequence, start, until, kind, status,
               currency, total, tax, due, issued, due_on, doc, revision)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $10, 'cycle', $11, 'CNY', $12, 0, $13, $10, $14, '{}', 1)""",
        tx.home, id_, f"B{month:02}{account.id[-4:]}", account.id, account.party, account.unit, account.number, account.mode, cycle,
        tx.now, "sent" if due else "settled", minor, due, tx.now + timedelta(days=20),
    )  # fmt: skip
    await settling.net(tx, await queries.bills.bill(tx, id_))
    return id_


async def bills(books: Books, account: Account) -> list[tuple[str, int, int]]:
    """This will read the bills of an account, the oldest first: status, due and paid, after checking that allocations add up."""
    assert await books.do(0, store.allocations.faults) == []
    sql = "SELECT status, due, paid FROM customer_bill WHERE account = $1 ORDER BY cycle, sequence"
    return [tuple(row.values()) for row in await books.rows(sql, account.id)]


async def paid_in(books: Books, account: Account, yuan: int, once: str, bills_: tuple[str, ...] = ()) -> Any:
    """This will pay so many yuan to an account at the bank; gives the payment."""
    from onehall.domains import billing

    payment = await books.ask(yuan, once=once, home=account.home, party=account.party)
    await books.pay(payment.id)
    await books.do(account.id, billing.actions.top_up, account.id, Money(yuan * 100), payment.id, None, bills_)
    return await books.payment(payment.id)
