"""A line of a bill contested and decided; credit notes: what was wrong is given back by an entry, never by an edit."""

from onehall.domains.billing import events, rules, store
from onehall.domains.billing.actions import settling
from onehall.domains.billing.lifecycle import BILL, DISPUTE
from onehall.domains.billing.model import Book, CreditNote, Entry, Move, Side
from onehall.domains.billing.model.bills import Bill, Debtor, Dispute, Line
from onehall.kernel.i18n import Words, _, keep
from onehall.kernel.ids import keyed_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH


async def contest(tx: Tx, line: str, note: str, party: str | None) -> str:
    """This will write down that a customer does not accept a line of a bill of theirs; gives the dispute's id.

    :raises Refusal: 404; `dispute.late`, `dispute.nothing`, `dispute.known`, 409.
    """
    bill, found = await _line(tx, line)
    if bill.party != party:
        raise missing(_("bill"))
    rules.bills.check_dispute(await store.disputes.of_line(tx, line) or "", found.minor, bill.issued, tx.now)
    id_ = tx.new_id()
    if not await store.disputes.insert(tx, id_, bill, found, note[: rules.bills.NOTE_LENGTH_MAX]):
        rules.bills.check_dispute("open", found.minor, bill.issued, tx.now)
    tx.tell(events.BillDisputed(id_, bill.id, line, found.money))
    return id_


async def decide(tx: Tx, dispute: str, *, accept: bool, answer: str) -> Dispute:
    """This will decide a dispute: accepted, the line is given back by a credit note. Staff's work; done twice, it is done once.

    :raises Refusal: 404; `lifecycle.step`, 409, it was decided the other way; `credit.amount`, 422.
    """
    found = await store.disputes.one(tx, dispute, lock=True)
    if found is None:
        raise missing(_("dispute"))
    status = "accepted" if accept else "rejected"
    if found.status == status:
        return found
    DISPUTE.check(found.status, status)
    note = None
    if accept:
        _bill, line = await _line(tx, found.line)
        left = line.minor - await store.disputes.credited(tx, found.line, found.bill)
        note = await credit(tx, found.line, Money(left, line.currency), _("Your objection was right"), f"dispute:{dispute}")
    await store.disputes.decide(tx, dispute, status, answer[: rules.bills.NOTE_LENGTH_MAX], note.id if note else None, tx.origin.staff)
    tx.tell(events.DisputeDecided(dispute, found.bill, accept))
    return await store.disputes.one(tx, dispute) or found


async def credit(tx: Tx, line: str, amount: Money, why: Words, once: str) -> CreditNote:
    """This will give back (a part of) a line of a bill, once for each `once`: it lowers what is open, and stands on the next bill.

    :raises Refusal: 404; `credit.amount`, 422, more than was billed.
    """
    bill, found = await _line(tx, line)
    known = await store.disputes.note_once(tx, bill.home, once)
    if known is not None:
        return known
    debtor = (await store.bills.lock(tx, [bill.account]))[bill.account]
    now = await store.bills.one(tx, bill.id, lock=True) or bill
    rules.bills.check_credit(amount.minor, found.minor, await store.disputes.credited(tx, line, bill.id))
    entry = await store.ledger.post(tx, _entry(debtor, bill, found, amount, why, once))
    note = CreditNote(
        id=keyed_id(bill.home, EPOCH, "credit note", once), bill=bill.id, line=line, account=bill.account, minor=amount.minor,
        currency=amount.currency, why=keep(why), at=tx.now,
    )  # fmt: skip
    if await store.disputes.insert_note(tx, note, once, bill, entry.id):
        part = min(amount.minor, now.open.minor)
        await store.disputes.credit_bill(tx, now, part, rules.bills.bill_status(now.due - now.credited - part, now.paid))
        if amount.minor > part:
            await settling.pass_on(tx, bill.account, entry.id, Money(amount.minor - part, amount.currency))
        tx.tell(events.CreditNoted(note.id, bill.id, bill.account, amount))
    return note


async def move_bill(tx: Tx, bill: str, status: str) -> None:
    """This will bring a bill to a status: held back, or sent.

    :raises Refusal: 404; `lifecycle.step`, 409.
    """
    found = await store.bills.one(tx, bill, lock=True)
    if found is None:
        raise missing(_("bill"))
    if found.status != status:
        await store.disputes.set_status(tx, found, BILL.check(found.status, status))
        if found.status == "on_hold" and found.open:
            tx.tell(events.BillReopened(found.id, found.account, found.open))


def _entry(debtor: Debtor, bill: Bill, line: Line, amount: Money, why: Words, once: str) -> Entry:
    """To the balance of a postpaid account; of a prepaid one what it owes is forgiven first."""
    main, owed = (amount.minor, 0)
    if debtor.mode == "prepaid":
        main, owed = rules.rating.settled(-amount.minor, debtor.unbilled, debtor.free, debtor.floor, debtor.mode)
    revenue = Side(Book.REVENUE, line.offering)
    parts = ((Side(Book.MAIN, debtor.id), main), (Side(Book.UNBILLED, debtor.id), -owed))
    moves = tuple(Move(revenue, side, Money(minor, amount.currency)) for side, minor in parts if minor)
    what = keep(_("Credit for bill {no}: {why}", no=bill.no, why=why))
    return Entry(f"credit:{once}", "credit_note", what, moves, debtor.id, of=line.line or bill.id)


async def _line(tx: Tx, line: str) -> tuple[Bill, Line]:
    found = await store.disputes.line(tx, line)
    bill = await store.bills.one(tx, found[0]) if found else None
    if found is None or bill is None:
        raise missing(_("line of a bill"))
    return bill, found[1]
