"""Questions to billing; they change nothing."""

from datetime import datetime
from typing import Any

import msgspec

from onehall.domains.billing import rules, store
from onehall.domains.billing.model import Account, BillLine, Bucket, Payment
from onehall.domains.billing.queries.looking import Shared, left_of_shares
from onehall.kernel.i18n import _, thaw
from onehall.kernel.money import Money
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

HISTORY_MAX = 20


async def account(tx: Tx, account_: str) -> Account:
    """This will give an account by its id.

    :raises Refusal: 404.
    """
    found = await store.accounts.one(tx, account_)
    if found is None:
        raise missing(_("account"))
    return found


async def accounts(tx: Tx, party: str, given: str | None = None) -> list[Account]:
    """This will give the open accounts of a party, or that of the line or number given. One statement."""
    return await store.accounts.of_party(tx, party, given)


async def left_over(tx: Tx, party: str) -> list[Account]:
    """This will give the accounts of a party on which money is left though their lines have ended. One statement."""
    return await store.accounts.left_over(tx, party)


async def account_of_line(tx: Tx, line: str) -> Account | None:
    """This will give the account of a line."""
    return await store.accounts.of_line(tx, line)


async def account_of_number(tx: Tx, number: str) -> str | None:
    """This will name the account that a number pays into, whichever home it lives in."""
    return await store.accounts.of_number(tx, number)


async def balance(tx: Tx, account_: str) -> Money:
    """This will give the main balance of an account.

    :raises Refusal: 404.
    """
    return (await account(tx, account_)).balance


async def arrears(tx: Tx, party: str) -> Money:
    """This will give what a party owes on all accounts."""
    return rules.arrears([one.balance for one in await accounts(tx, party)])


async def allowances(tx: Tx, party: str, given: str | None = None, kind: str | None = None) -> list[tuple[str | None, list[Bucket]]]:
    """This will give each account's number with its open allowances, earliest expiry first. One statement."""
    return (await _allowances(tx, party, given, kind))[0]


async def allowances_and_shares(
    tx: Tx, party: str, given: str | None = None, kind: str | None = None
) -> tuple[list[tuple[str | None, list[Bucket]]], list[Shared]]:
    """This will give what `allowances` does, and what is left for the party of what others share with them.

    One statement, and those of `left_of_shares` where somebody does.
    """
    found, shares = await _allowances(tx, party, given, kind)
    return found, await left_of_shares(tx, party, given, kind) if shares else []


async def bill_so_far(tx: Tx, party: str, given: str | None = None, *, each: bool = False) -> list[tuple[str | None, list[BillLine]]]:
    """This will give each account's number with what was charged this month, by what; one line each time if `each`."""
    since = rules.month_start(tx.now)
    found: dict[str, tuple[str | None, list[BillLine]]] = {}
    for row in await store.accounts.bill_lines(tx, party, given, since, each=each):
        _number, lines = found.setdefault(row["account"], (row["number"], []))
        if row["kind"] is not None:
            lines.append(_line(row))
    return list(found.values())


async def history(tx: Tx, party: str, given: str | None = None) -> list[BillLine]:
    """This will give the latest changes of a party's balances, newest first; money out is below zero. One statement."""
    rows = await store.ledger.history(tx, party, given, HISTORY_MAX)
    return [_line(row) for row in rows]


async def payment(tx: Tx, payment_: str) -> Payment:
    """This will give a payment by its id.

    :raises Refusal: 404.
    """
    found = await store.payments.one(tx, payment_)
    if found is None:
        raise missing(_("payment"))
    return msgspec.structs.replace(found, text=thaw(found.text))


async def payments(tx: Tx, party: str, *, done: bool = False) -> list[Payment]:
    """This will give a party's latest payments, newest first. One statement."""
    return [msgspec.structs.replace(one, text=thaw(one.text)) for one in await store.payments.of_party(tx, party, HISTORY_MAX, done=done)]


async def stale_payments(tx: Tx, before: datetime, limit: int = 100) -> list[Payment]:
    """This will give payments of every home that are still pending after a time. For the console."""
    return await store.payments.waiting(tx, before, limit)


async def ledger_faults(tx: Tx) -> list[dict[str, Any]]:
    """This will check the books of every home: entries that do not sum to zero, balances that are not their postings' sum."""
    return [dict(row) for row in [*await store.ledger.unbalanced(tx), *await store.ledger.astray(tx)]]


async def book_sums(tx: Tx) -> dict[str, int]:
    """This will sum every book over all homes, minor units (credit positive); together they are zero."""
    return await store.ledger.sums(tx)


def _line(row: Row) -> BillLine:
    amount = Money(int(row["minor"]), row["currency"])
    return BillLine(row["account"], row["number"], thaw(row["what"]), row["kind"], amount, row["at"], int(row["count"]))


async def _allowances(tx: Tx, party: str, given: str | None, kind: str | None) -> tuple[list[tuple[str | None, list[Bucket]]], bool]:
    shares = False
    found: dict[str, tuple[str | None, list[Bucket]]] = {}
    for row in await store.buckets.of_party(tx, party, given, kind):
        _number, buckets = found.setdefault(row["account"], (row["number"], []))
        shares = shares or row["shares"]
        if row["id"] is not None:
            values: dict[str, Any] = {name: row[name] for name in Bucket.__struct_fields__} | {"name": thaw(row["name"])}
            buckets.append(Bucket(**values))
    return list(found.values()), shares
