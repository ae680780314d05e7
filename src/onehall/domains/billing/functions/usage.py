"""What a customer sees of their use: a month by kind and day, and a day record by record."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from onehall.domains.billing import queries, rules
from onehall.domains.billing.functions.money import CLERK_MINUTE, given_line, shared_bar, some
from onehall.domains.billing.model.comparing import DayOfUse, Used
from onehall.kernel.functions import function
from onehall.kernel.i18n import ZONE, Text, Words, _
from onehall.kernel.identity.proof import Proof
from onehall.kernel.journeys import Item, Journey, Option, Said, item
from onehall.kernel.money import Money

MONTHS_BACK = 6
DAYS_BACK = 31
SHOWN = {"data_mb": "data"}


@function(
    "usage.month", title=_("My use"), family="query", proof=Proof.LINE, words=("CXYL",), takes=("month",), cost_by_hand=CLERK_MINUTE * 4
)
async def use_of_month(journey: Journey) -> Said:
    """This will tell what was used in the bill's month that runs, or in the one brought along, by kind and by day."""
    named = journey.given("month")
    return await _told(journey, rules.explaining.month_wanted(str(named), journey.tx.now) if named else None)


@function(
    "usage.earlier", title=_("My use of earlier months"), family="query", proof=Proof.LINE, takes=("month",), asks="choose",
    cost_by_hand=CLERK_MINUTE * 5,
)  # fmt: skip
async def use_of_earlier_month(journey: Journey) -> Said:
    """This will tell what was used in one of the last months, by kind and by day."""

    async def months() -> Sequence[Option]:
        [now, *_more] = await queries.looking.spans(journey.tx, journey.party, None, given_line(journey))
        return [Option(f"{day:%Y-%m}", rules.explaining.month_name(day), note=_dates(day)) for day in _months(now.first)]

    chosen = await journey.choose("month", _("Which month?"), months)
    return await _told(journey, date.fromisoformat(f"{chosen.value}-01"))


@function(
    "usage.day", title=_("Use of a day in detail"), family="query", proof=Proof.CODE, words=("CXXD",), takes=("day",), asks="choose",
    cost_by_hand=CLERK_MINUTE * 6,
)  # fmt: skip
async def use_of_day(journey: Journey) -> Said:
    """This will list each call, message and session of a day of the customer's own numbers; of the other side some digits are hidden."""
    today = _today(journey)
    found = await queries.looking.use_of_days(journey.tx, journey.party, today - timedelta(days=DAYS_BACK - 1), today + timedelta(days=1))
    if not found:
        return Said(_("Nothing was used in the last {days} days.", days=DAYS_BACK), next=("usage.earlier",))

    async def days() -> Sequence[Option]:
        latest = sorted({one.day for one in found}, reverse=True)
        return [Option(day.isoformat(), _("{day}", day=day), note=_day_said(day, found)) for day in latest]

    chosen = await journey.choose("day", _("Which day?"), days)
    day = date.fromisoformat(chosen.value)
    records = await queries.looking.records_of_day(journey.tx, journey.party, day)
    following = ("usage.month", "bill.detail")
    if not records:
        return Said(_("On {day} only others drew from what you share.", day=day), next=following)
    total = Money(sum(one.minor for one in records), records[0].currency)
    text = _("{count} records on {day}, charged beyond your allowances: {total}.", count=len(records), day=day, total=total)
    if len(records) == 1:
        text = _("1 record on {day}, charged beyond your allowances: {total}.", day=day, total=total)
    return Said(text, [_record(one) for one in records], following)


async def _told(journey: Journey, month: date | None) -> Said:
    given = given_line(journey)
    spans = await queries.looking.spans(journey.tx, journey.party, month, given)
    found = await queries.looking.use_of_spans(journey.tx, journey.party, spans, given)
    called = rules.explaining.month_name(spans[0].first)
    following = ("usage.day", "usage.earlier", "data.left")
    dates = [item(_("{number}: bill's month", number=", ".join(one.numbers)), _dates(one.first)) for one in spans if len(spans) > 1]
    left = [shared_bar(one) for one in await queries.looking.left_of_shares(journey.tx, journey.party, given)] if month is None else []
    if not found:
        some(await queries.accounts(journey.tx, journey.party, given))
        return Said(_("Nothing was used in {month} ({dates}).", month=called, dates=_dates(spans[0].first)), dates + left, following)
    what = _joined([_kind_said(kind, found) for kind in _kinds(found)])
    text = _("In {month} ({dates}) you used {what}.", month=called, dates=_dates(spans[0].first), what=what)
    if len(spans) > 1:
        text = _("In {month} you used {what}.", month=called, what=what)
    if minor := sum(one.minor for one in found):
        text = _("{text} Charged beyond your allowances: {total}.", text=text, total=Money(minor, found[0].currency))
    days = sorted({one.day for one in found}, reverse=True)
    members = await queries.looking.members_of_spans(journey.tx, journey.party, spans)
    facts = [_kind_fact(kind, found) for kind in _kinds(found)] + [_member_fact(*one) for one in members.items()]
    facts += [item(_("{day}", day=day), _day_said(day, found)) for day in days]
    return Said(text, dates + left + facts, following, _chart(spans[0].first, found))


def _dates(first: date) -> Text:
    return _("{first} to {last}", first=first, last=rules.bills.last_day(first))


def _chart(first: date, found: Sequence[DayOfUse]) -> list[Item]:
    """The days of the month with the data of each, or calls where there was no data."""
    kind = next((kind for kind in rules.KINDS if any(one.kind == kind for one in found)), found[0].kind)
    units: dict[date, Decimal] = {}
    for one in found:
        if one.kind == kind:
            units[one.day] = units.get(one.day, Decimal(0)) + one.units
    days = [first + timedelta(days=number) for number in range((max(units) - first).days + 1)]
    return [item(str(day.day), f"{units.get(day, Decimal(0)).quantize(Decimal(1))}") for day in days] if len(units) > 1 else []


def _kind_fact(kind: str, found: Iterable[DayOfUse]) -> Item:
    mine = [one for one in found if one.kind == kind]
    used, records = rules.quantity(kind, sum(one.units for one in mine)), sum(one.records for one in mine)
    value = _("{used}, in {count} records", used=used, count=records) if records != 1 else _("{used}, in 1 record", used=used)
    return item(rules.kind_name(kind), value, SHOWN.get(kind, "text"))


def _member_fact(number: str, used: dict[str, Decimal]) -> Item:
    return item(_("Of that, {number}", number=number), _joined([rules.quantity(kind, used[kind]) for kind in sorted(used)]))


def _kind_said(kind: str, found: Iterable[DayOfUse]) -> Text:
    return rules.quantity(kind, sum(one.units for one in found if one.kind == kind))


def _day_said(day: date, found: Iterable[DayOfUse]) -> Words:
    mine = [one for one in found if one.day == day]
    return _joined([_kind_said(kind, mine) for kind in _kinds(mine)])


def _kinds(found: Iterable[DayOfUse]) -> list[str]:
    """The usual services in their order, then others."""
    there = {one.kind for one in found}
    return [kind for kind in rules.KINDS if kind in there] + sorted(there - set(rules.KINDS))


def _record(one: Used) -> Item:
    what: Words = rules.kind_name(one.kind)
    if one.peer:
        what = _("{what} with {peer}", what=what, peer=rules.explaining.peer_masked(one.peer))
    elif one.zone:
        what = _("{what} in {zone}", what=what, zone=one.zone)
    value: Words = rules.quantity(one.kind, one.units)
    if one.minor:
        value = _("{used}, {price}", used=value, price=Money(one.minor, one.currency))
    return item(_("{time} {what}", time=f"{one.at.astimezone(ZONE):%H:%M}", what=what), value)


def _joined(parts: Sequence[Words]) -> Words:
    text = parts[0]
    for part in parts[1:]:
        text = _("{first}, {then}", first=text, then=part)
    return text


def _months(now: date) -> list[date]:
    found = [now]
    for _place in range(MONTHS_BACK - 1):
        found.append(rules.bills.cycle_before(found[-1]))
    return found


def _today(journey: Journey) -> date:
    return journey.tx.now.astimezone(ZONE).date()
