"""Customers of a band of value, made by what billing knows of them."""

from datetime import timedelta

from onehall.kernel.i18n import ZONE
from onehall.kernel.store import Store, Tx
from tests.ground.counter import Counter

ACCOUNT = (
    "INSERT INTO billing_account (home, id, party, line, number, status, currency, balance, reserved, deposit, floor, opened, mode, "
    "credit_limit, cycle_day, revision) VALUES ($1, $2, $3, $2, '13900000001', 'open', 'CNY', 0, 0, 0, 0, $4, 'prepaid', 0, 1, 1)"
)
BILL = (
    "INSERT INTO customer_bill (home, id, no, account, party, mode, cycle, sequence, start, until, kind, status, currency, total, tax, "
    "due, issued, due_on, doc, revision) "
    "VALUES ($1, $2, $2, $3, $4, 'prepaid', $5, 1, $6, $6, 'cycle', 'settled', 'CNY', $7, 0, 0, $6, $6, '{}'::jsonb, 1)"
)


async def spends(store: Store, party: str, minor: int, months: int = 1) -> None:
    """This will give a customer an account of some months and a bill of last month."""

    async def work(tx: Tx) -> None:
        account, opened = tx.new_id(), tx.now - timedelta(days=31 * months)
        last = (tx.now.astimezone(ZONE).replace(day=1) - timedelta(days=1)).date().replace(day=1)
        await tx.write(ACCOUNT, tx.home, account, party, opened)
        await tx.write(BILL, tx.home, tx.new_id(), account, party, last, tx.now, minor)

    await store.run(party, work)


async def customer(counter: Counter, phone: str, minor: int = 0, months: int = 1) -> str:
    """This will make a customer who has a phone, and spends that much."""
    from onehall.hall.provers import welcome

    party, _new = await welcome(counter.store, phone, "en")
    if minor:
        await spends(counter.store, party, minor, months)
    return party
