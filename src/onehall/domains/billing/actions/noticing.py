"""Customers are told of a bill once it is issued: by SMS, and by mail where they chose it."""

from onehall.domains import party
from onehall.domains.billing import rules, store
from onehall.domains.billing.events import BillIssued
from onehall.domains.billing.model import Account
from onehall.kernel.i18n import ZONE, Text, _, keep
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import current
from onehall.kernel.store import Tx


async def tell_of_bill(tx: Tx, fact: BillIssued) -> bool:
    """This will tell a customer of their new bill, once for each bill; False when there is nothing to tell, or nobody."""
    ended = rules.bills.midnight(rules.bills.next_cycle(fact.cycle))
    if not rules.bills.is_told(ended, fact.total.minor, fact.due.minor, tx.now):
        return False
    account = await store.accounts.one(tx, fact.account)
    if account is None or not await store.bills.tell_once(tx, fact.bill):
        return False
    text, language = await _words(tx, account, fact), await _language(tx, account)
    if (account.number or "").isdigit():
        tx.later("billing.tell", {"party": account.party, "account": account.id, "text": keep(text), "language": language})
    address = await store.accounts.bill_mail(tx, account.id)
    if address:
        body = {"bill": fact.bill, "to": address, "text": keep(text), "month": keep(rules.explaining.month_name(fact.cycle))}
        tx.later("billing.mail_bill", body | {"url": f"{current().url}/bills/{fact.bill}", "language": language})
    return True


async def choose_mail(tx: Tx, party: str, address: str | None) -> None:
    """This will have a party's bills mailed to an address besides the SMS, or no more (None)."""
    await store.accounts.set_bill_mail(tx, party, address)


async def _words(tx: Tx, account: Account, fact: BillIssued) -> Text:
    month, day = rules.explaining.month_name(fact.cycle), fact.due_on.astimezone(ZONE).date()
    if not fact.due:
        return _("Your bill of {month} is here: {total}. Nothing is left to be paid.", month=month, total=fact.total)
    method = await store.methods.of_account(tx, account.id)
    if method is not None and method.status == "active":
        return _(
            "Your bill of {month} is here: {total}. {due} is charged automatically on {day}.",
            month=month, total=fact.total, due=fact.due, day=day,
        )  # fmt: skip
    return _("Your bill of {month} is here: {total}. Please pay {due} by {day}.", month=month, total=fact.total, due=fact.due, day=day)


async def _language(tx: Tx, account: Account) -> str | None:
    """The customer's own, wherever they logged in last; None: as the house speaks to that number."""
    if account.party is None:
        return None
    try:
        return (await party.queries.contact(tx, account.party)).language
    except Refusal:
        return None  # somebody whom we no longer know
