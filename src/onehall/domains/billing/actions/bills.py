"""Accounts are billed: under their row locks, one bill for each cycle, everything with a part of revenue on exactly one bill."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from onehall.domains.billing import events, queries, rules, store
from onehall.domains.billing.actions import settling
from onehall.domains.billing.actions.lines import charge_line, taxed, use_lines
from onehall.domains.billing.actions.recurring import Terms, recurring
from onehall.domains.billing.model import Book, Entry, Move, Side
from onehall.domains.billing.model.bills import Bill, Debtor, Line, TaxRate, Used
from onehall.kernel.i18n import _, keep
from onehall.kernel.ids import keyed_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH


class Billing(msgspec.Struct):
    """What a transaction bills: bills, entries to post, use taken, and accounts that could not be billed."""

    bills: list[Bill] = []
    entries: list[Entry] = []
    taken: list[tuple[str, Used]] = []
    faults: list[tuple[str, date, str]] = []


async def bill_accounts(tx: Tx, accounts: Sequence[str], cycles: Sequence[date], runs: dict[date, str]) -> Billing:
    """This will bill accounts of this home for cycles that are over, the earliest first; what is billed already stays. Safe twice."""
    debtors = await store.bills.lock(tx, accounts)
    work = Billing([], [], [], [])
    if not debtors or not cycles:
        return work
    until = rules.bills.midnight(rules.bills.next_cycle(cycles[-1]))
    await store.bills.fill(tx, debtors, cycles[0], rules.bills.midnight(cycles[0]), until)
    terms, rates = Terms(tx), await queries.bills.tax_rates(tx)
    for debtor in debtors.values():
        await _bill_all(tx, work, debtor, cycles, terms, rates)
    await write(tx, work, runs)
    return work


async def bill_on_demand(tx: Tx, account: str) -> Bill:
    """This will bill what an account owes up to now, without the fees of the cycle that runs.

    :raises Refusal: 404; `bill.nothing`, 409, there is nothing to bill.
    """
    debtors = await store.bills.lock(tx, [account])
    if account not in debtors:
        raise Refusal("not.found", _("There is no such account here."), 404)
    debtor = debtors[account]
    cycle = rules.rating.cycle_start(tx.now, debtor.cycle_day)
    await store.bills.fill(tx, debtors, cycle, rules.bills.midnight(cycle), tx.now)
    rates = await queries.bills.tax_rates(tx)
    work = Billing([], [], [], [])
    lines = _charges(debtor, cycle, tx.now)
    lines += await _by_tiers(Terms(tx), use_lines(debtor, cycle, work.taken, changed_only=True))
    if not any(line.minor for line in lines):
        raise Refusal("bill.nothing", _("There is nothing to bill now."), 409)
    sequence = max(_sequences(debtor, cycle), default=0) + 1
    _add(tx, work, debtor, cycle, taxed(debtor, lines, rates, cycle), sequence)
    await write(tx, work, {})
    return work.bills[0]


async def write(tx: Tx, work: Billing, runs: dict[date, str]) -> None:
    """This will post what bills charge, write them, and tell of them."""
    made = await store.ledger.post_many(tx, work.entries)
    for bill in work.bills:
        for line in bill.lines:
            line.entry = made.get(line.entry or "", line.entry) if line.fresh else line.entry
    if work.bills:
        await store.bills.insert(tx, work.bills, runs)
    await store.bills.take_use(tx, work.taken)
    for bill in work.bills:
        given, entry = -sum(_unbilled(line) for line in bill.lines), made.get(f"bill:{bill.id}")
        if entry and given > 0:
            await settling.pass_on(tx, bill.account, entry, Money(given, bill.currency))
        await settling.net(tx, bill)
        tx.tell(events.BillIssued(bill.id, bill.account, bill.party, bill.cycle, bill.amount, Money(bill.due, bill.currency), bill.due_on))


async def _bill_all(tx: Tx, work: Billing, debtor: Debtor, cycles: Sequence[date], terms: Terms, rates: list[TaxRate]) -> None:
    """One cycle after another; an account that cannot be billed for one of them is left for a person, and holds up nobody else."""
    for cycle in cycles:
        try:
            if 0 not in _sequences(debtor, cycle):
                await _bill(tx, work, debtor, cycle, terms, rates)
        except Refusal as refusal:
            work.faults.append((debtor.id, cycle, f"{refusal.code}: {refusal}"[:500]))
            return


async def _bill(tx: Tx, work: Billing, debtor: Debtor, cycle: date, terms: Terms, rates: list[TaxRate]) -> None:
    until = rules.bills.midnight(rules.bills.next_cycle(cycle))
    fresh = await recurring(terms, debtor, cycle, advance=False)
    lines = _charges(debtor, cycle, until) + fresh + await _by_tiers(terms, use_lines(debtor, cycle, work.taken))
    if lines:
        work.entries += [_posting(debtor, line) for line in fresh]
        _add(tx, work, debtor, cycle, taxed(debtor, lines, rates, cycle), 0)


async def _by_tiers(terms: Terms, lines: list[Line]) -> list[Line]:
    """Where units cost differently by how many there are, a line says so: it has no one price of a unit."""
    for line in lines:
        if line.minor and line.service and (tariff := (await terms.known_as(line.offering)).get(line.service)):
            if any(case.key == (line.key or "") and len(case.tiers) > 1 for case in tariff.cases):
                line.doc = {**line.doc, "tiers": True}
    return lines


def _charges(debtor: Debtor, cycle: date, until: datetime) -> list[Line]:
    mine = [one for one in debtor.charges if one.at < until]
    debtor.charges = [one for one in debtor.charges if one.at >= until]
    return [charge_line(debtor, one, cycle) for one in mine]


def _posting(debtor: Debtor, line: Line) -> Entry:
    """A fee is owed, and taken from prepaid money at once as far as that reaches."""
    main, owed = rules.rating.settled(line.minor, debtor.unbilled, debtor.free, debtor.floor, debtor.mode)
    debtor.free += main
    debtor.balance += main
    debtor.unbilled += owed
    debts, revenue = Side(Book.UNBILLED, debtor.id), Side(Book.REVENUE, line.offering)
    moves = [_move(debts, revenue, line.minor, line.currency)]
    if main:
        moves.append(_move(Side(Book.MAIN, debtor.id), debts, -main, line.currency))
    return Entry(line.entry or "", line.kind, line.what, tuple(moves), debtor.id, of=line.product)


def _add(tx: Tx, work: Billing, debtor: Debtor, cycle: date, lines: list[Line], sequence: int) -> None:
    """The bill; of a postpaid account its debts move to the balance, below zero."""
    id_ = keyed_id(tx.home, EPOCH, "bill", debtor.id, cycle.isoformat(), str(sequence))
    no = rules.bills.bill_no(cycle, sequence, id_)
    if debtor.mode == "postpaid":
        _to_balance(work, debtor, id_, no, sum(_unbilled(line) for line in lines))
    due = rules.bills.due(debtor.owed, debtor.open)
    debtor.open += due
    total, tax = sum(line.minor for line in lines), sum(line.tax for line in lines)
    for place, line in enumerate(lines):
        line.id = keyed_id(tx.home, EPOCH, "bill line", id_, str(place))
    start, until = rules.bills.midnight(cycle), rules.bills.midnight(rules.bills.next_cycle(cycle))
    work.bills.append(Bill(
        home=tx.home, id=id_, no=no, account=debtor.id, party=debtor.party, unit=debtor.unit, number=debtor.number, mode=debtor.mode,
        cycle=cycle, sequence=sequence, start=start, until=min(until, tx.now) if sequence else until,
        kind="on_demand" if sequence else "cycle", status=rules.bills.bill_status(due, 0), currency=debtor.currency, total=total, tax=tax,
        due=due, paid=0, credited=0, issued=tx.now, due_on=rules.bills.due_on(tx.now), lines=lines,
    ))  # fmt: skip


def _to_balance(work: Billing, debtor: Debtor, bill: str, no: str, minor: int) -> None:
    if minor:
        move = _move(Side(Book.MAIN, debtor.id), Side(Book.UNBILLED, debtor.id), minor, debtor.currency)
        work.entries.append(Entry(f"bill:{bill}", "bill", keep(_("Bill {no}", no=no)), (move,), debtor.id, of=bill))
        debtor.balance -= minor
        debtor.unbilled -= minor


def _unbilled(line: Line) -> int:
    """What of a line is not on the balance yet: all of use and fees, of other charges what their entry says."""
    return int(line.doc["unbilled"]) if "unbilled" in line.doc else line.minor


def _sequences(debtor: Debtor, cycle: date) -> set[int]:
    return debtor.billed.get(cycle, set())


def _move(debit: Side, credit: Side, minor: int, currency: str) -> Move:
    return Move(debit, credit, Money(minor, currency)) if minor >= 0 else Move(credit, debit, Money(-minor, currency))
