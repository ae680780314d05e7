"""Accounts: opened with a line, joined to its number, closed with it."""

from onehall.domains.billing import events, store
from onehall.domains.billing.model import Account
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.money import CURRENCY
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

POSTPAID_FLOOR = -(10**12)


async def open_account(
    tx: Tx, party: str | None, unit: str | None = None, *, line: str | None = None, number: str | None = None, floor: int = 0,
    currency: str = CURRENCY, once: str | None = None, mode: str = "prepaid", credit_limit: int = 0, cycle_day: int = 1,
) -> Account:  # fmt: skip
    """This will open an account with nothing in it; `floor` (minor units, 0 or less) is how far it may go below zero.

    A "postpaid" one goes as far below zero as its bills take it; `credit_limit` (minor units) is where its lines are barred, and
    its month begins on the `cycle_day` (1-28).
    """
    id_ = keyed_id(tx.home, EPOCH, "account", once) if once else tx.new_id()
    floor = POSTPAID_FLOOR if mode == "postpaid" else floor
    fresh = Account(tx.home, id_, party, unit, line, number, "open", currency, 0, 0, 0, floor, tx.now, mode, 0, credit_limit, cycle_day)
    account = await store.accounts.insert(tx, fresh)
    tx.tell(events.AccountOpened(account.id, party, line))
    if number:
        _point(tx, number, account.id)
    return account


async def join_line(tx: Tx, account: str, *, line: str | None = None, number: str | None = None, party: str | None = None) -> None:
    """This will say which line, number and party an account is for; a number it had before no longer pays into it.

    :raises Refusal: 404.
    """
    row = await store.accounts.join(tx, account, line, number, party)
    if number and row["old"] and row["old"] != number:
        _point(tx, row["old"], None, account)
    if number:
        _point(tx, number, account)


async def close_account(tx: Tx, account: str) -> None:
    """This will close an account that is empty; safe twice.

    :raises Refusal: `account.not_empty`, 409; 404.
    """
    found = await store.accounts.one(tx, account)
    if found is None:
        raise missing(_("account"))
    if found.status == "closed":
        return
    if found.balance_minor or found.deposit_minor or found.reserved_minor:
        raise Refusal("account.not_empty", _("There is still {balance} in this account.", balance=found.balance + found.deposit), 409)
    await store.accounts.close(tx, account)
    if found.number:
        _point(tx, found.number, None, account)


async def let_go(tx: Tx, account: Account) -> None:
    """This will take its number from an account: what is paid for the number goes there no more."""
    if account.number:
        await store.accounts.leave_number(tx, account.id)
        _point(tx, account.number, None, account.id)


async def point(tx: Tx, number: str, account: str | None, instead_of: str | None) -> None:
    """This will make a number pay into an account, in the number's home; None frees it, if it was `instead_of`'s."""
    await store.accounts.point(tx, number, account, instead_of)
    if account and await store.intake.has_waiting(tx, number):
        tx.later("billing.retry_waiting", {"number": number})


def _point(tx: Tx, number: str, account: str | None, instead_of: str | None = None) -> None:
    """The number's own home keeps which account it pays into."""
    body = {"number": number, "account": account, "instead_of": instead_of}
    tx.later("billing.point", body, works_in=home_for(number), lane=f"point|{number}")
