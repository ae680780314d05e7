"""Paying bills: chosen ones or a part, now or automatically."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from onehall.domains.billing import actions, queries, rules
from onehall.domains.billing.functions.money import given_line, some
from onehall.domains.billing.model import OpenBill, TopUp
from onehall.kernel.functions import function
from onehall.kernel.i18n import ZONE, Text, _
from onehall.kernel.identity.proof import Proof
from onehall.kernel.journeys import Journey, Option, Said, Summary, item
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

Owed = tuple[str, str | None, OpenBill]
PART = "part"
CLERK_MINUTE = Money(50)


@function(
    "bill.pay", title=_("Pay a bill"), family="recharge", proof=Proof.LINE, words=("JF",), asks="choose enter pay",
    cost_by_hand=CLERK_MINUTE * 4,
)  # fmt: skip
async def pay_bill(journey: Journey) -> Said:
    """This will pay bills that are open: one, all of an account, or a part."""
    owed = await queries.open_bills(journey.tx, journey.party, given_line(journey))
    if not owed and not journey.has_paid("pay"):
        return Said(_("You have no bill to pay."), next=("bill.so_far", "topup"))

    async def options() -> list[Option]:
        return _options(owed, journey.tx.now)

    chosen = await journey.choose("bill", _("What would you like to pay?"), options, gone=_("This bill was paid meanwhile."))
    account, number, bills = chosen.holds["account"], chosen.holds["number"], chosen.holds["bills"]
    amount = Money(chosen.holds["minor"], chosen.holds["currency"])
    if chosen.value.startswith(PART):
        amount = await journey.enter("amount", _("How much, in yuan?"), rules.settling.part_amount, kind="amount")
    text = _("Bills of {number}", number=number) if number else _("Payment of a bill")
    payment = await journey.pay("pay", amount, text)
    await _put(journey, account, amount, payment, number, bills)
    left = await queries.left_to_pay(journey.tx, account)
    facts = [item(_("Paid"), amount), item(_("Still open"), left)]
    if left:
        return Said(_("{amount} is paid. {left} is still open.", amount=amount, left=left), facts, ("bill.pay", "receipt"))
    return Said(_("{amount} is paid. No bill is open any more.", amount=amount), facts, ("receipt", "autopay.set"))


@function(
    "autopay.set", title=_("Pay bills automatically"), family="recharge", proof=Proof.CODE, asks="choose confirm",
    cost_by_hand=CLERK_MINUTE * 6,
)  # fmt: skip
async def set_autopay(journey: Journey) -> Said:
    """This will have bills of an account charged on the day they are due, by agreement with the payment provider."""
    accounts = some(await queries.accounts(journey.tx, journey.party, given_line(journey)))
    has = {method.account for method, _number in await queries.autopay_of(journey.tx, journey.party)}
    free = [one for one in accounts if one.id not in has]
    if not free:
        raise Refusal("autopay.set", _("Your bills are paid automatically already."), 409)

    async def lines() -> list[Option]:
        return [Option(one.id, one.number or one.id) for one in free]

    account = free[0].id if len(accounts) == 1 and free else (await journey.choose("line", _("Which line?"), lines)).value
    await journey.confirm("agree", _mandate(next((one.number for one in accounts if one.id == account), None)))
    await journey.do("set", actions.autopay.set_autopay, account=account, once=f"autopay:{journey.id}")
    return Said(_("We have asked your payment provider. You will hear by SMS as soon as it has agreed."), next=("autopay.stop", "bill.pay"))


@function(
    "autopay.stop", title=_("Stop paying automatically"), family="recharge", proof=Proof.CODE, asks="choose", cost_by_hand=CLERK_MINUTE * 4
)
async def stop_autopay(journey: Journey) -> Said:
    """This will end automatic payment of an account's bills, from the next bill on."""
    found = await queries.autopay_of(journey.tx, journey.party)
    if not found:
        return Said(_("None of your bills is paid automatically."), next=("autopay.set",))

    async def methods() -> list[Option]:
        return [Option(method.id, number or method.id, note=method.label) for method, number in found]

    chosen = await journey.choose("method", _("For which line?"), methods)
    await journey.do("stop", actions.autopay.stop_autopay, method=chosen.value)
    return Said(_("Bills of {line} are no longer paid automatically.", line=chosen.text), next=("bill.pay",))


async def _put(journey: Journey, account: str, amount: Money, payment: str, number: str | None, bills: Sequence[str]) -> TopUp:
    done: TopUp = await journey.do(
        "credit", actions.top_up, account=account, amount=amount, payment=payment, number=number, bills=bills
    )
    return done


def _options(owed: Sequence[Owed], now: datetime) -> list[Option]:
    """All bills of an account together first, then each, then a part."""
    found: list[Option] = []
    for account in dict.fromkeys(one[0] for one in owed):
        mine = [(number, bill) for owner, number, bill in owed if owner == account]
        number, bills = mine[0][0], [bill for _number, bill in mine]
        holds: dict[str, Any] = {"account": account, "number": number, "currency": bills[0].currency}
        total = sum(bill.minor for bill in bills)
        if len(bills) > 1:
            together = holds | {"bills": [bill.id for bill in bills], "minor": total}
            text = _("All {count} open bills", count=len(bills))
            found.append(Option(f"all-{account}", text, note=number or "", price=Money(total, bills[0].currency), holds=together))
        found += [_one(bill, number, holds, now) for bill in bills]
        part = holds | {"bills": [bill.id for bill in bills], "minor": total}
        found.append(Option(f"{PART}-{account}", _("A part"), note=number or "", holds=part))
    return found


def _one(bill: OpenBill, number: str | None, holds: dict[str, Any], now: datetime) -> Option:
    day = bill.due_on.astimezone(ZONE).date()
    note: Text = _("overdue since {day}", day=day) if rules.bills.is_overdue(bill.due_on, now) else _("due on {day}", day=day)
    return Option(
        bill.id, _("Bill {no}", no=bill.no), note=note, price=bill.amount, group=number or "",
        holds=holds | {"bills": [bill.id], "minor": bill.minor},
    )  # fmt: skip


def _mandate(number: str | None) -> Summary:
    lines = [
        item(_("Line"), number or "-", "number"), item(_("Charged"), _("what is open of a bill, on the day it is due")),
        item(_("If it cannot be charged"), _("it is tried again after 1, 4 and 9 days, and you are told")),
    ]  # fmt: skip
    return Summary(lines, terms=[_("You can stop it at any time.")])
