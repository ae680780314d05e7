"""What a line that leaves before its contract is over is charged: as the contract's terms say, part by part."""

from datetime import datetime

from onehall.domains import catalogue
from onehall.domains.billing import rules, store
from onehall.domains.billing.actions.charges import owe
from onehall.domains.billing.model import Account
from onehall.domains.billing.model.usage import Subscription
from onehall.domains.catalogue import Offering
from onehall.domains.inventory import Line
from onehall.kernel.i18n import _
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx


async def charge_exit(tx: Tx, account: Account, line: Line, mine: list[Subscription], at: datetime) -> None:
    """This will charge what is left of a contract: of its minimum spend, of discounts to pay back, of a handset's instalments.

    `mine`: what the account was charged by for the line. Each part is charged once.
    """
    terms = await _terms(tx, line)
    number, contract = rules.bills.months_left(line.lock_until, at), rules.bills.months_left(line.contract_until, at)
    fee = rules.leaving.least_left(number, line.min_spend, contract, terms.min_spend, terms.exit_percent)
    if fee:
        what = _("Leaving before the end of the contract")
        await owe(tx, account.id, fee, what, line.id, f"exit:{line.id}", offering=line.offering, kind="exit")
    if contract and terms.pay_back != "none" and line.contract_until:
        since = rules.month_later(line.contract_until, -line.contract_months)
        given = Money(await store.subscriptions.discounted(tx, account.id, line.id, since), account.currency)
        back = rules.leaving.paid_back(terms.pay_back, given, contract, line.contract_months)
        if back:
            what = _("Discounts of the contract paid back, with {months} months left", months=contract)
            await owe(tx, account.id, back, what, line.id, f"exit:{line.id}:discounts", offering=line.offering, kind="exit")
    if account.mode == "prepaid":
        await _instalments(tx, account, mine, at)


async def _instalments(tx: Tx, account: Account, mine: list[Subscription], at: datetime) -> None:
    """What is paid with bills stands on the last one; prepaid money pays at once what the month has not taken yet."""
    debtor = (await store.bills.lock(tx, [account.id]))[account.id]
    cycle = rules.rating.cycle_start(at, debtor.cycle_day)
    for one in mine:
        began = rules.rating.cycle_start(one.since, debtor.cycle_day)
        charged = began == cycle or (debtor.turned is not None and debtor.turned >= cycle)
        if one.kind != "instalment" or not one.stands(at) or not charged:
            continue  # the turn to this month, still to be done, takes all that is left
        parts = int(one.doc.get("parts", 1))
        whole = Money(int(one.doc.get("whole", one.fee * parts)), one.currency)
        paid = rules.leaving.instalments_paid(int(one.doc.get("paid", 0)), rules.bills.cycles_between(began, cycle), charged)
        left = rules.bills.instalments_left(whole, parts, paid)
        if left:
            what = _("Instalments left of {name}", name=one.name)
            await owe(tx, account.id, left, what, one.product, f"exit:{one.id}", offering=one.offering, kind="instalment")


async def _terms(tx: Tx, line: Line) -> Offering:
    """The terms as they were signed; of what nobody knows, those without a minimum spend."""
    try:
        return await (catalogue.queries.at_price(tx, line.price_id) if line.price_id else catalogue.queries.known(tx, line.offering))
    except Refusal:
        return Offering(id=line.offering)
