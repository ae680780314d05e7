"""What a customer sees of their bills, and has done about them: the list, a bill explained, compared, a line contested."""

from collections.abc import Sequence
from datetime import datetime

from onehall.domains.billing import actions, queries, rules
from onehall.domains.billing.functions.money import CLERK_MINUTE, given_line
from onehall.domains.billing.model.bills import Bill, Line
from onehall.domains.billing.model.comparing import Comparison
from onehall.kernel.functions import function
from onehall.kernel.i18n import ZONE, Text, Words, _, keep, thaw
from onehall.kernel.identity.proof import Proof
from onehall.kernel.journeys import Item, Journey, Option, Said, item
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, missing

MONTHS_SHOWN = 6
NO_BILL = _("You have no bill yet.")


@function("bill.list", title=_("My bills"), family="query", proof=Proof.LINE, words=("LSZD",), cost_by_hand=CLERK_MINUTE * 3)
async def list_bills(journey: Journey) -> Said:
    """This will list the latest bills with what is still to be paid."""
    found = await queries.bills.bills(journey.tx, journey.party, given=given_line(journey))
    if not found:
        return Said(NO_BILL, next=("bill.so_far", "balance.check"))
    owed = sum((one.open for one in found), Money(0, found[0].currency))
    several = len({one.account for one in found}) > 1
    facts = [item(_called(one, several), _state(one, journey.tx.now)) for one in found]
    text = _("Your latest bill, {month}, came to {total}.", month=_month(found[0]), total=found[0].amount)
    if owed:
        text = _("{text} In all {open} is to be paid.", text=text, open=owed)
    following = ("bill.pay", "bill.detail", "bill.compare") if owed else ("bill.detail", "bill.compare", "invoice.request")
    return Said(text, facts, following, [] if several else _chart(found))


@function(
    "bill.detail", title=_("A bill, line by line"), family="query", proof=Proof.LINE, words=("ZDXQ",), takes=("bill",), asks="choose",
    cost_by_hand=CLERK_MINUTE * 6,
)  # fmt: skip
async def explain_bill(journey: Journey) -> Said:
    """This will explain each line of the latest bill, or of the one brought along (its month, its number): by which rule it came about."""
    one = await wanted(journey)
    if one is None:
        return Said(NO_BILL, next=("bill.so_far", "balance.check"))
    bill = await queries.looking.own_bill(journey.tx, journey.party, one.id)
    lines = sorted(bill.lines, key=lambda line: line.minor == 0)
    several = len({line.number for line in lines}) > 1
    text = _("Your bill of {month} came to {total}, {tax} tax contained.", month=_month(bill), total=bill.amount, tax=bill.contained_tax)
    if bill.open:
        text = _still_open(text, bill, journey.tx.now)
    following = ("bill.pay", "bill.compare", "bill.dispute") if bill.open else ("bill.compare", "invoice.request", "bill.dispute")
    return Said(text, [_line(line, several) for line in lines], following)


@function(
    "bill.compare", title=_("Why is my bill not like last month's?"), family="query", proof=Proof.LINE, words=("ZDBD",), takes=("bill",),
    asks="choose", cost_by_hand=CLERK_MINUTE * 8,
)  # fmt: skip
async def compare_bill(journey: Journey) -> Said:
    """This will tell why the latest bill (or the one brought along) differs from the one before: causes that sum to the difference."""
    one = await wanted(journey)
    if one is None:
        return Said(NO_BILL, next=("bill.so_far", "balance.check"))
    found = await queries.looking.compared(journey.tx, journey.party, one.id)
    following = ("bill.detail", "bill.dispute", "plan.change")
    if found.before is None:
        first, total = _month(found.bill), found.bill.amount
        return Said(_("{month} is your first bill: {total}. There is none to compare it with.", month=first, total=total), next=following)
    currency = found.bill.currency
    facts = [
        item(rules.explaining.cause_words(cause), rules.explaining.signed(Money(cause.minor, currency)))
        for cause in rules.comparing.told(found.causes)
    ]  # fmt: skip
    return Said(difference_said(found), facts, following)


@function(
    "bill.dispute", title=_("Object to a line of a bill"), family="serve", proof=Proof.CODE, asks="choose enter",
    cost_by_hand=CLERK_MINUTE * 10,
)  # fmt: skip
async def contest_line(journey: Journey) -> Said:
    """This will have a line of a bill looked into by a person; what was wrong is given back."""
    one = await wanted(journey)
    if one is None:
        return Said(NO_BILL, next=("bill.so_far",))

    async def lines() -> Sequence[Option]:
        bill = await queries.looking.own_bill(journey.tx, journey.party, one.id)
        return [Option(line.id, line.what, price=line.money, note=rules.explaining.reason(line)) for line in bill.lines if line.minor > 0]

    if not await lines():
        raise Refusal("dispute.nothing", _("No line of this bill costs anything."), 409)
    chosen = await journey.choose("of", _("Which line do you object to?"), lines)
    note = await journey.enter("note", _("What is wrong with it?"), rules.explaining.objection)
    await journey.do("contest", actions.disputing.contest, line=chosen.value, note=note, party=journey.party)
    facts = [item(_("Month"), _month(one)), item(_("Line of the bill"), chosen.text), item(_("Amount"), chosen.price)]
    return Said(_("We have your objection. A person looks into it, and you hear of it by SMS."), facts, ("bill.detail",))


@function("bill.by_mail", title=_("Bills by mail"), family="serve", proof=Proof.CODE, asks="choose enter", cost_by_hand=CLERK_MINUTE * 3)
async def bills_by_mail(journey: Journey) -> Said:
    """This will have new bills mailed to an address besides the SMS, or no more."""

    async def ways() -> Sequence[Option]:
        return [Option("mail", _("By SMS and by mail")), Option("sms", _("By SMS only"))]

    way = await journey.choose("way", _("How would you like to hear of a new bill?"), ways)
    if way.value == "sms":
        await journey.do("choose", actions.noticing.choose_mail, party=journey.party, address=None)
        return Said(_("You hear of new bills by SMS only."), next=("bill.list",))
    email = await journey.enter("email", _("To which mail address?"), rules.invoicing.email_address, kind="email")
    await journey.do("choose", actions.noticing.choose_mail, party=journey.party, address=email)
    facts = [item(_("Mailed to"), email)]
    return Said(_("New bills are mailed to {email} too.", email=email), facts, ("bill.list",))


async def wanted(journey: Journey) -> Bill | None:
    """This will give the bill brought along, else the latest; of customers with several lines it is asked of which. None: there is none.

    :raises Refusal: 404, what was brought along is no bill of this customer.
    """
    found = await queries.bills.bills(journey.tx, journey.party, given=given_line(journey))
    named = journey.given("bill")
    if named:
        fitting = [one for one in found if rules.explaining.is_called(one, str(named))]
        if not fitting:
            raise missing(_("bill"))
        found = fitting
    latest: dict[str, Bill] = {}
    for one in found:
        latest.setdefault(one.account, one)
    if len(latest) < 2:
        return next(iter(latest.values()), None)

    async def lines() -> Sequence[Option]:
        return [Option(one.account, one.number or one.no, note=_month(one), price=one.amount) for one in latest.values()]

    return latest[(await journey.choose("account", _("The bill of which line?"), lines)).value]


def difference_said(found: Comparison) -> Text:
    """This will tell a difference in a sentence, with its biggest cause."""
    assert found.before is not None
    says = {"month": _month(found.bill), "total": found.bill.amount, "other": _month(found.before)}
    if not found.causes:
        return _("Your bill of {month} is like that of {other}: {total}.", **says)
    if not found.difference:
        return _("Your bills of {month} and {other} both came to {total}, though not of the same things.", **says)
    says |= {"by": Money(abs(found.difference.minor), found.bill.currency), "was": found.before.amount}
    text = _("Your bill of {month} ({total}) is {by} higher than that of {other} ({was}).", **says)
    if found.difference.minor < 0:
        text = _("Your bill of {month} ({total}) is {by} lower than that of {other} ({was}).", **says)
    return _("{text} Biggest cause: {cause}.", text=text, cause=rules.explaining.cause_words(found.causes[0]))


def _called(one: Bill, several: bool) -> Words:
    return _("{month}, {number}", month=_month(one), number=one.number or one.no) if several else _month(one)


def _month(one: Bill) -> Text:
    return rules.explaining.month_name(one.cycle)


def _state(one: Bill, now: datetime) -> Text:
    return _("{total}, {state}", total=one.amount, state=rules.explaining.bill_state(one, now))


def _still_open(text: Text, one: Bill, now: datetime) -> Text:
    says = {"text": text, "open": one.open, "day": one.due_on.astimezone(ZONE).date()}
    if rules.bills.is_overdue(one.due_on, now):
        return _("{text} {open} is overdue since {day}.", **says)
    return _("{text} {open} is to be paid by {day}.", **says)


def _line(line: Line, several: bool) -> Item:
    what = _("{number}: {what}", number=line.number, what=keep(thaw(line.what))) if several and line.number else line.what
    if not line.minor:
        return item(what, _("{amount} ({why})", amount=line.money, why=rules.explaining.reason(line)))
    tax = rules.explaining.tax_said(line)
    if tax is None:
        return item(what, _("{amount} ({why})", amount=line.money, why=rules.explaining.reason(line)))
    return item(what, _("{amount} ({why}; {tax})", amount=line.money, why=rules.explaining.reason(line), tax=tax))


def _chart(found: Sequence[Bill]) -> list[Item]:
    sums: dict[str, tuple[Text, Money]] = {}
    for one in found:
        label, before = sums.get(one.cycle.isoformat(), (rules.explaining.SHORT_MONTHS[one.cycle.month - 1], Money(0, one.currency)))
        sums[one.cycle.isoformat()] = (label, before + one.amount)
    latest = sorted(sums)[-MONTHS_SHOWN:]
    return [item(sums[day][0], str(sums[day][1].decimal())) for day in latest] if len(latest) > 1 else []
