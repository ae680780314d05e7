"""The turn of the month: allowances of the new cycle are granted, and prepaid accounts pay its fees in advance."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from onehall.domains.billing import events, rules, store
from onehall.domains.billing.actions.recurring import Terms, allowances, recurring
from onehall.domains.billing.actions.rolling import plan_end
from onehall.domains.billing.model import Book, Entry, Move, Side
from onehall.domains.billing.model.bills import Debtor, Line
from onehall.domains.billing.model.usage import Subscription
from onehall.kernel.i18n import keep
from onehall.kernel.ids import keyed_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

AT_ONCE: Final = 200  # accounts of one home in one transaction
Row = tuple[Any, ...]


async def homes(tx: Tx, cycle_day: int) -> list[int]:
    """This will name the homes that have accounts of a cycle day."""
    return await store.bill_runs.homes(tx, cycle_day)


async def turn(tx: Tx, cycle_day: int, after: str = "") -> str | None:
    """This will bring accounts of this home to the cycle that runs now; gives the account to go on after, None when all are done.

    Safe twice: an account that is there already stays as it is.
    """
    cycle = rules.rating.cycle_start(tx.now, cycle_day)
    accounts = await store.turning.waiting(tx, cycle_day, cycle, after, AT_ONCE)
    await turn_accounts(tx, accounts, cycle)
    return accounts[-1] if len(accounts) == AT_ONCE else None


async def turn_accounts(tx: Tx, accounts: Sequence[str], cycle: date) -> None:
    """This will bring accounts of this home to a cycle: granted once, charged once."""
    debtors = {
        id_: one for id_, one in (await store.bills.lock(tx, accounts)).items()
        if one.status == "open" and (one.turned is None or one.turned < cycle)
    }  # fmt: skip
    if not debtors:
        return
    start, end = rules.bills.midnight(cycle), rules.bills.midnight(rules.bills.next_cycle(cycle))
    await store.turning.fill(tx, debtors, start, end)
    held = await store.turning.granted(tx, list(debtors), start, end)
    terms, entries, buckets, there = Terms(tx), [], [], []
    for debtor in debtors.values():
        try:
            entries += await _charge(tx, terms, debtor, cycle)
            buckets += await _grants(terms, debtor, cycle, held)
        except Refusal:
            continue  # terms that nobody knows: the bill run tells of them
        there.append(debtor.id)
        tx.tell(events.MonthTurned(debtor.id, cycle))
    await store.ledger.post_many(tx, entries)
    await store.turning.grant(tx, buckets, start, end)
    for account, of in dict.fromkeys((row[1], row[3]) for row in buckets):
        plan_end(tx, account, of, end)
    await store.turning.turned(tx, there, cycle)


async def begin(tx: Tx, account: str, one: Subscription) -> None:
    """This will charge a prepaid account the cycle in which a plan or pack begins, and grant what that cycle holds.

    Cycles that were turned to before this was heard are charged too. What was not charged with an order comes here, once.
    """
    terms, debtor = Terms(tx), (await store.bills.lock(tx, [account]))[account]
    cycle = rules.rating.cycle_start(max(one.since, debtor.opened), debtor.cycle_day)
    for each in [cycle, *rules.bills.cycles_until(cycle, debtor.turned)]:
        debtor = (await store.bills.lock(tx, [account]))[account]
        debtor.subscriptions.append(one)
        await store.ledger.post_many(tx, await _charge(tx, terms, debtor, each))
    start, end = rules.bills.midnight(cycle), rules.bills.midnight(rules.bills.next_cycle(cycle))
    if tx.now < end:
        held = await store.turning.granted(tx, [account], start, end)
        buckets = await _grants(terms, debtor, cycle, held, one.since)
        await store.turning.grant(tx, buckets, start, end)
        for of in dict.fromkeys(row[3] for row in buckets):
            plan_end(tx, account, of, end)


async def _charge(tx: Tx, terms: Terms, debtor: Debtor, cycle: date) -> list[Entry]:
    """What there is stays where it does not reach for all: the fees are owed, and it is told."""
    if debtor.mode != "prepaid":
        return []
    lines = await recurring(terms, debtor, cycle, advance=True)
    wanted = sum(line.minor for line in lines)
    taken = rules.bills.advance_due([line.minor for line in lines], debtor.free, debtor.floor)
    if wanted > taken:
        tx.tell(events.FeeNotCovered(debtor.id, Money(wanted - taken, debtor.currency), cycle))
    return [_entry(debtor, line, covered=bool(taken)) for line in lines]


def _entry(debtor: Debtor, line: Line, *, covered: bool) -> Entry:
    source = Side(Book.MAIN if covered else Book.UNBILLED, debtor.id)
    revenue, amount = Side(Book.REVENUE, line.offering), Money(abs(line.minor), line.currency)
    move = Move(source, revenue, amount) if line.minor >= 0 else Move(revenue, source, amount)
    return Entry(line.entry or "", line.kind, line.what, (move,), debtor.id, of=line.product)


async def _grants(terms: Terms, debtor: Debtor, cycle: date, held: set[tuple[str, str, str]], at: datetime | None = None) -> list[Row]:
    """Allowances of plans and monthly packs that stand when the cycle begins (or `at` a time), unless a first use has granted them."""
    start, end = rules.bills.midnight(cycle), rules.bills.midnight(rules.bills.next_cycle(cycle))
    found: list[Row] = []
    for one in debtor.subscriptions:
        if one.kind not in ("plan", "pack") or one.doc.get("share") or not one.stands(at or start):
            continue
        offering = await terms.of(one)
        if one.kind == "pack" and not offering.monthly:
            continue
        for kind, total in allowances(offering, one, start, end).items():
            if total and not {(debtor.id, one.product, kind), (debtor.id, one.offering, kind)} & held:
                once = f"{debtor.id}:{one.product}:{start.isoformat()}"
                id_ = keyed_id(terms.tx.home, EPOCH, "bucket", once, kind)
                found.append((id_, debtor.id, kind, one.product, keep(one.name), Decimal(total)))
    return found
