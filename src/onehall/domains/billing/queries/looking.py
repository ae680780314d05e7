"""What a customer looks at: their use day by day, their bills, and why one is not like the one before."""

from datetime import date

from onehall.domains.billing import rules, store
from onehall.domains.billing.model.bills import Bill
from onehall.domains.billing.model.comparing import Comparison, DayOfUse, Used
from onehall.domains.billing.queries import bills
from onehall.kernel.i18n import _
from onehall.kernel.ids import is_id
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

BEFORE_MAX = 60


async def use_of_month(tx: Tx, party: str, month: date, given: str | None = None) -> list[DayOfUse]:
    """This will give what a party's lines used in a calendar month, by day and service, oldest first. One statement."""
    until = rules.bills.next_cycle(month)
    return await store.looking.days(tx, party, given, rules.bills.midnight(month), rules.bills.midnight(until))


async def use_of_days(tx: Tx, party: str, first: date, until: date, given: str | None = None) -> list[DayOfUse]:
    """This will give what a party's lines used in [first, until), by day and service, oldest first. One statement."""
    return await store.looking.days(tx, party, given, rules.bills.midnight(first), rules.bills.midnight(until))


async def records_of_day(tx: Tx, party: str, day: date, given: str | None = None) -> list[Used]:
    """This will give what the party's own numbers used on a day, record by record, the latest first. One statement."""
    until = date.fromordinal(day.toordinal() + 1)
    return await store.looking.records(tx, party, given, rules.bills.midnight(day), rules.bills.midnight(until))


async def own_bill(tx: Tx, party: str, bill: str) -> Bill:
    """This will give a bill of a party with its lines.

    :raises Refusal: 404, also of somebody else's.
    """
    found = await bills.bill(tx, bill) if is_id(bill) else None
    if found is None or found.party != party:
        raise missing(_("bill"))
    return found


async def compared(tx: Tx, party: str, bill: str) -> Comparison:
    """This will set a party's bill beside the one of the cycle before, and give the causes of the difference.

    :raises Refusal: 404, also of somebody else's.
    """
    found = await own_bill(tx, party, bill)
    earlier = [one for one in await bills.bills_of_account(tx, found.account, BEFORE_MAX) if one.cycle < found.cycle]
    if not earlier:
        return Comparison(found, None)
    before = await bills.bill(tx, next((one for one in earlier if one.kind == "cycle"), earlier[0]).id)
    return Comparison(found, before, tuple(rules.comparing.causes(before, found)))
