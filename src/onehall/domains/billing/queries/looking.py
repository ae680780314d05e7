"""What a customer looks at: their use day by day, their bills, and why one is not like the one before."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from onehall.domains.billing import rules, store
from onehall.domains.billing.model import Account
from onehall.domains.billing.model.bills import Bill
from onehall.domains.billing.model.comparing import Comparison, DayOfUse, Used
from onehall.domains.billing.queries import bills
from onehall.kernel.i18n import _, thaw
from onehall.kernel.ids import home_of, is_id
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx

BEFORE_MAX = 60


class Span(msgspec.Struct, frozen=True):
    """The bill's month of some accounts of one home: from its first day to its last."""

    accounts: tuple[str, ...]
    numbers: tuple[str, ...]
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """This will give when it begins."""
        return rules.bills.midnight(self.first)

    @property
    def until(self) -> datetime:
        """This will give when it is over."""
        return rules.bills.midnight(self.last + timedelta(days=1))


class Shared(msgspec.Struct, frozen=True):
    """What is left for a member of an allowance that `payer` shares with them, and what they have drawn of it."""

    payer: str
    name: Any
    kind: str
    left: Decimal
    used: Decimal
    until: datetime | None


async def spans(tx: Tx, party: str, month: date | None, given: str | None = None) -> list[Span]:
    """This will give the cycles of a party's accounts (or that of the line or number given) that begin in a month, or run now.

    Without an account it is the calendar's month.
    """
    found: dict[date, list[Account]] = {}
    for one in await store.accounts.of_party(tx, party, given):
        found.setdefault(rules.explaining.cycle_of(month, one.cycle_day, tx.now), []).append(one)
    if not found:
        found[rules.explaining.cycle_of(month, 1, tx.now)] = []
    return [
        Span(tuple(one.id for one in some), tuple(one.number for one in some if one.number), first, rules.bills.last_day(first))
        for first, some in sorted(found.items())
    ]


async def use_of_spans(tx: Tx, party: str, some: Sequence[Span], given: str | None = None) -> list[DayOfUse]:
    """This will give what a party's lines used in their cycles, by day and service, oldest first; as members of a share too.

    One statement for each cycle, and one for each share in its payer's home.
    """
    parts = [await store.looking.days(tx, home_of(party), one.accounts, one.start, one.until) for one in some if one.accounts]
    for share, number in await _shares(tx, party, given):
        span = next((one for one in some if number in one.numbers), some[0])
        parts.append(await store.looking.days_shared(tx, share, span.start, span.until))
    return _summed(parts)


async def members_of_spans(tx: Tx, party: str, some: Sequence[Span]) -> dict[str, dict[str, Decimal]]:
    """This will give which part of a party's use in their cycles is that of members they share with: by number and service."""
    found: dict[str, dict[str, Decimal]] = {}
    for one in some:
        for row in await store.looking.of_members(tx, home_of(party), one.accounts, one.start, one.until) if one.accounts else ():
            mine = found.setdefault(row["number"], {})
            mine[row["kind"]] = mine.get(row["kind"], Decimal(0)) + row["units"]
    return found


async def use_of_days(tx: Tx, party: str, first: date, until: date) -> list[DayOfUse]:
    """This will give what a party's lines used in [first, until), by day and service, oldest first; as members of a share too."""
    start, end = rules.bills.midnight(first), rules.bills.midnight(until)
    parts = [await store.looking.days(tx, home_of(party), await _accounts(tx, party), start, end)]
    parts += [await store.looking.days_shared(tx, share, start, end) for share, _number in await _shares(tx, party)]
    return _summed(parts)


async def records_of_day(tx: Tx, party: str, day: date) -> list[Used]:
    """This will give what the party's own numbers used on a day, record by record, the latest first; under a share only theirs."""
    start, end = rules.bills.midnight(day), rules.bills.midnight(date.fromordinal(day.toordinal() + 1))
    found = await store.looking.records(tx, home_of(party), await _accounts(tx, party), start, end)
    for share, _number in await _shares(tx, party):
        found += await store.looking.records_shared(tx, share, start, end)
    return sorted(found, key=lambda one: one.at, reverse=True)


async def left_of_shares(tx: Tx, party: str, given: str | None = None, kind: str | None = None) -> list[Shared]:
    """This will give what is left for a party of the allowances that others share with them. One statement for each payer's home."""
    found = []
    for row in await store.looking.joined(tx, party):
        if row["status"] != "accepted" or given not in (None, row["line"], row["number"]):
            continue
        for one in await store.looking.left_of_share(tx, row["share"]):
            if kind in (None, one["kind"]):
                left = rules.charging.left_for_member(one["rest"], one["most"], one["used"])
                found.append(Shared(row["payer"], thaw(one["name"]), one["kind"], left, one["used"], one["until"]))
    return found


async def _shares(tx: Tx, party: str, given: str | None = None) -> list[tuple[str, str]]:
    rows = await store.looking.joined(tx, party)
    return [(row["share"], row["number"]) for row in rows if given in (None, row["line"], row["number"])]


async def _accounts(tx: Tx, party: str) -> list[str]:
    return [one.id for one in await store.accounts.of_party(tx, party)]


def _summed(parts: Sequence[Sequence[DayOfUse]]) -> list[DayOfUse]:
    """Of each day and service one row, whichever account or share it came from."""
    found: dict[tuple[date, str, str], DayOfUse] = {}
    for one in (day for part in parts for day in part):
        key = (one.day, one.kind, one.currency)
        old = found.get(key)
        more = (old.records, old.units, old.minor) if old else (0, Decimal(0), 0)
        found[key] = DayOfUse(one.day, one.kind, one.records + more[0], one.units + more[1], one.minor + more[2], one.currency)
    return [found[key] for key in sorted(found)]


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
