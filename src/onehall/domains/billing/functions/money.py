"""What a customer can have done with money and allowances."""

from typing import Any

from onehall.domains.billing import actions, queries, rules
from onehall.domains.billing.actions.topping_up import CLOSED
from onehall.domains.billing.model import Account, BillLine, Bucket, Payment, TopUp
from onehall.domains.billing.queries.looking import Shared
from onehall.kernel.functions import function
from onehall.kernel.i18n import Text, Words, _, keep
from onehall.kernel.identity.proof import Proof
from onehall.kernel.journeys import Item, Journey, Option, Said, item
from onehall.kernel.journeys.signals import Died
from onehall.kernel.money import ZERO, Money
from onehall.kernel.refusals import Refusal, missing

CLERK_MINUTE = Money(50)
ANOTHER = "another"


@function("balance.check", title=_("Check balance"), family="query", proof=Proof.LINE, words=("CXYE",), cost_by_hand=CLERK_MINUTE * 2)
async def check_balance(journey: Journey) -> Said:
    """This will tell what there is on each of the customer's accounts."""
    accounts = some(await queries.accounts(journey.tx, journey.party, given_line(journey)))
    facts = [fact for account in accounts for fact in _balance_facts(account, len(accounts) > 1)]
    following = ("topup", "bill.so_far", "data.left")
    if len(accounts) == 1:
        return Said(_("Your balance is {balance}.", balance=accounts[0].balance), facts, following)
    total = sum((account.balance for account in accounts), ZERO)
    return Said(_("Your {count} lines have {total} in all.", count=len(accounts), total=total), facts, following)


@function("data.left", title=_("Data left"), family="query", proof=Proof.LINE, words=("CXLL",), cost_by_hand=CLERK_MINUTE * 2)
async def traffic_left(journey: Journey) -> Said:
    """This will tell how much data is left, with a bar for each allowance."""
    found, shared = await queries.allowances_and_shares(journey.tx, journey.party, given_line(journey), "data_mb")
    some(found)
    buckets = [bucket for _number, each in found for bucket in each]
    if not buckets and not shared:
        return Said(_("You have no data in your plan or packs now."), next=("pack.add",))
    total = rules.quantity("data_mb", sum(bucket.total for bucket in buckets))
    text = _("You have {left} of {total} of data left.", left=_left(buckets), total=total)
    if shared:
        ours = rules.quantity("data_mb", sum(one.left for one in shared))
        text = _("Of the data that is shared with you {left} is left for you.", left=ours)
    return Said(text, [*map(shared_bar, shared), *[_bar(bucket, len(found) > 1) for bucket in buckets]], ("pack.add", "allowances"))


@function("allowances", title=_("All allowances"), family="query", proof=Proof.LINE, cost_by_hand=CLERK_MINUTE * 2)
async def all_allowances(journey: Journey) -> Said:
    """This will tell what is left of everything that was granted."""
    found, shared = await queries.allowances_and_shares(journey.tx, journey.party, given_line(journey))
    some(found)
    buckets = [bucket for _number, each in found for bucket in each]
    if not buckets and not shared:
        return Said(_("You have no allowances now."), next=("pack.add",))
    facts = [*map(shared_bar, shared), *[_bar(bucket, len(found) > 1) for bucket in buckets]]
    text = _("You have {count} allowances.", count=len(facts)) if len(facts) > 1 else _("You have 1 allowance.")
    return Said(text, facts, ("pack.add",))


@function("bill.so_far", title=_("Bill so far"), family="query", proof=Proof.LINE, words=("CXZD",), cost_by_hand=CLERK_MINUTE * 3)
async def bill_so_far(journey: Journey) -> Said:
    """This will tell what this month has cost until now, by what."""
    found = some(await queries.bill_so_far(journey.tx, journey.party, given_line(journey)))
    lines = [line for _number, some in found for line in some]
    text = _("This month has cost {total} so far.", total=sum((line.amount for line in lines), ZERO))
    facts = [item(_labelled(line.what, line.number if len(found) > 1 else None), line.amount) for line in lines]
    return Said(text, facts, ("fee.explain", "balance.check", "topup"))


@function("fee.explain", title=_("Why was I charged?"), family="query", proof=Proof.LINE, cost_by_hand=CLERK_MINUTE * 6)
async def explain_fees(journey: Journey) -> Said:
    """This will tell each charge of this month: when, what for, and by which rule."""
    found = some(await queries.bill_so_far(journey.tx, journey.party, given_line(journey), each=True))
    lines = [line for _number, some in found for line in some]
    if not lines:
        return Said(_("Nothing was charged this month."), next=("balance.history",))
    facts = [_explained(line) for line in lines]
    total = sum((line.amount for line in lines), ZERO)
    text = _("{count} charges this month come to {total}.", count=len(lines), total=total)
    if len(lines) == 1:
        text = _("1 charge this month comes to {total}.", total=total)
    return Said(text, facts, ("bill.so_far", "balance.history"))


@function("balance.history", title=_("Balance history"), family="query", proof=Proof.LINE, cost_by_hand=CLERK_MINUTE * 3)
async def balance_history(journey: Journey) -> Said:
    """This will list the latest changes of the balance."""
    lines = await queries.history(journey.tx, journey.party, given_line(journey))
    if not lines:
        return Said(_("Your balance has not changed yet."), next=("topup",))
    facts = [item(_("{day}: {what}", day=line.at, what=keep(line.what)), line.amount) for line in lines]
    return Said(_("Your balance last changed by {amount}.", amount=lines[0].amount), facts, ("balance.check", "fee.explain"))


@function("payment.history", title=_("My payments"), family="query", proof=Proof.LINE, cost_by_hand=CLERK_MINUTE * 3)
async def payment_history(journey: Journey) -> Said:
    """This will list the latest payments and how they ended."""
    payments = await queries.payments(journey.tx, journey.party)
    if not payments:
        return Said(_("You have not paid anything yet."), next=("topup",))
    facts = [item(_("{day}: {what}", day=one.asked, what=keep(one.text)), _paid_and_how(one)) for one in payments]
    return Said(_("Your last payment was {amount}.", amount=payments[0].amount), facts, ("receipt", "topup"))


@function("receipt", title=_("Payment receipt"), family="query", proof=Proof.LINE, cost_by_hand=CLERK_MINUTE * 3)
async def receipt(journey: Journey) -> Said:
    """This will show the receipt of the last payment, or of the one that was brought along."""
    payments = await queries.payments(journey.tx, journey.party, done=True)
    wanted = journey.given("payment")
    one = next((payment for payment in payments if wanted in (None, payment.id)), None)
    if one is None:
        raise missing(_("payment"))
    facts = [
        item(_("Amount"), one.amount), item(_("For"), one.text), item(_("Paid"), one.settled, "date"),
        item(_("How"), _method(one)), item(_("Number of the payment"), one.reference or one.id),
    ]  # fmt: skip
    return Said(_("You paid {amount} for {what}.", amount=one.amount, what=keep(one.text)), facts, ("payment.history",))


@function(
    "topup", title=_("Top up"), family="recharge", words=("CZ",), takes=("amount", "number"), asks="choose enter pay",
    cost_by_hand=CLERK_MINUTE * 3,
)  # fmt: skip
async def top_up(journey: Journey) -> Said:
    """This will top up a line: the customer's own, or any number of ours."""
    account, number, mine = await payee(journey)
    amount = await journey.enter("amount", _("How much, in yuan?"), rules.top_up_amount, kind="amount", hint=_("10 to 5,000, whole yuan"))
    text = _("Top-up of {number}", number=number) if number else _("Top-up")
    payment = await journey.pay("pay", amount, text)
    done: TopUp = await journey.do("credit", actions.top_up, account=account, amount=amount, payment=payment, number=number)
    facts = [item(_("Number"), number or "", "number"), item(_("Amount"), amount)] if number else [item(_("Amount"), amount)]
    if done.balance is None or not mine:
        return Said(_("{amount} is on its way to {number}.", amount=amount, number=number), facts, ("receipt",))
    text = _("{amount} has been added. Your balance is now {balance}.", amount=amount, balance=done.balance)
    return Said(text, [*facts, item(_("Balance"), done.balance)], ("balance.check", "receipt"))


@function(
    "refund.hand_over", title=_("Hand back a refund"), family="serve", asks="enter", for_staff=True, cost_by_hand=CLERK_MINUTE * 3,
    why=_("Money that was taken over a counter is given back from hand to hand."),
)
async def hand_over_refund(journey: Journey) -> Said:
    """This will hand a customer at the counter what was promised back of a payment made there."""
    staff = journey.caller.who
    if not staff.staff:
        raise Refusal("forbidden", _("You may not do this."), 403)
    payment = await journey.enter("payment", _("The number of the payment?"), rules.payment_id)
    amount = await journey.do("hand_over", actions.hand_over, payment=payment, unit=staff.unit)
    return Said(_("Hand {amount} to the customer.", amount=amount), [item(_("Amount"), amount)])


async def payee(journey: Journey) -> tuple[str, str | None, bool]:
    """This will find whose account is topped up, its number, and whether it is the customer's: of a number that was named, else their line.

    It is asked for when there are several. What was paid for one goes to no other, whatever becomes of it.
    :raises Refusal: `account.closed`, 409, it was paid for and is no more.
    """
    noted = journey.row.notes.get("payee")
    if noted and (journey.has_paid("pay") or journey.row.has("hold", "card")):
        mine = await own(journey, noted["account"])
        if noted["number"] and not mine and await queries.account_of_number(journey.tx, noted["number"]) is None:
            raise Refusal("account.closed", CLOSED, 409)
        return noted["account"], noted["number"], mine
    account, number = await _asked_payee(journey)
    journey.row.notes["payee"] = {"account": account, "number": number}
    return account, number, False  # nothing is paid yet: it is asked again when it is


async def _asked_payee(journey: Journey) -> tuple[str, str | None]:
    named = journey.row.has("answer", "number") and not journey.row.has("answer", "line")
    if not journey.known or named or journey.given("number") is not None:
        return await _another(journey)
    accounts = await queries.accounts(journey.tx, journey.party, given_line(journey))
    if len(accounts) == 1:
        return accounts[0].id, accounts[0].number
    if not accounts:
        return await _another(journey)

    async def lines() -> list[Option]:
        mine = [Option(one.id, one.number or one.id, note=_("Balance {balance}", balance=one.balance)) for one in accounts]
        return [*mine, Option(ANOTHER, _("Another number"))]

    chosen = await journey.choose("line", _("Which line?"), lines)
    if chosen.value == ANOTHER:
        return await _another(journey)
    return chosen.value, str(chosen.text)


async def _another(journey: Journey) -> tuple[str, str | None]:
    number = await journey.enter("number", _("Which number shall be topped up?"), rules.phone_number, kind="phone")
    account = await queries.account_of_number(journey.tx, number)
    if account is None:
        raise Died("number", _("{number} is not a number of ours.", number=number))
    return account, number


async def own(journey: Journey, account: str) -> bool:
    """This will tell whether an account is the customer's: another's balance is nobody's business."""
    return journey.known and any(one.id == account for one in await queries.accounts(journey.tx, journey.party))


def given_line(journey: Journey) -> str | None:
    """This will give the line that was brought along."""
    given = journey.given("line")
    return str(given) if given is not None else None


def some(found: list[Any]) -> list[Any]:
    """This will give what was found.

    :raises Refusal: `line.none`, 404, nothing was.
    """
    if not found:
        raise Refusal("line.none", _("You have no line with us yet."), 404)
    return found


def _balance_facts(account: Account, several: bool) -> list[Item]:
    facts = [item(_labelled(_("Balance"), account.number if several else None), account.balance)]
    if account.reserved_minor:
        facts.append(item(_labelled(_("Free to spend"), account.number if several else None), account.free))
    if account.deposit_minor:
        facts.append(item(_labelled(_("Prepaid"), account.number if several else None), account.deposit))
    return facts


def _bar(bucket: Bucket, several: bool) -> Item:
    name = _("{name}, {kind}", name=keep(bucket.name), kind=rules.kind_name(bucket.kind))
    value = _("{left} of {total}", left=rules.quantity(bucket.kind, bucket.left), total=rules.quantity(bucket.kind, bucket.total))
    if bucket.until:
        value = _("{left}, until {day}", left=value, day=rules.stands_until(bucket.until))
    return item(_labelled(name, bucket.number if several else None), value, "bar", rules.share(bucket.left, bucket.total))


def shared_bar(one: Shared) -> Item:
    """This will show what is left for a member of an allowance that somebody shares with them; what others drew is not told."""
    name = _("{name}, {kind}, shared by {payer}", name=keep(one.name), kind=rules.kind_name(one.kind), payer=one.payer or "-")
    value = _("{left} left for you, {used} used by you", left=rules.quantity(one.kind, one.left), used=rules.quantity(one.kind, one.used))
    if one.until:
        value = _("{left}, until {day}", left=value, day=rules.stands_until(one.until))
    return item(name, value, "bar", rules.share(one.left, one.left + one.used))


def _left(buckets: list[Bucket]) -> Text:
    return rules.quantity("data_mb", sum(bucket.left for bucket in buckets))


def _labelled(what: Words, number: str | None) -> Words:
    return _("{number}: {what}", number=number, what=keep(what)) if number else what


def _explained(line: BillLine) -> Item:
    reasons = {
        "fee": _("monthly fee; the first month by the plan's rule"), "pack": _("a pack you added"), "once": _("once only"),
    }  # fmt: skip
    value = _("{amount} ({why})", amount=line.amount, why=reasons.get(line.kind, _("a single charge")))
    return item(_("{day}: {what}", day=line.at, what=keep(_labelled(line.what, line.number))), value)


def _paid_and_how(payment: Payment) -> Text:
    states = {
        "pending": _("waiting to be paid"), "done": _("paid"), "failed": _("not paid"), "expired": _("not paid in time"),
        "voided": _("cancelled"), "late": _("came too late, goes back"),
    }  # fmt: skip
    return _("{amount}, {state}", amount=payment.amount, state=states[payment.status])


def _method(payment: Payment) -> Text:
    return {"cash": _("Cash"), "card": _("Card")}.get(payment.method or "", _("Online"))
