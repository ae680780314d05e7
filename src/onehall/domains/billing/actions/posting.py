"""What use costs is posted for many accounts at once: an entry for each account, whose row is held."""

from collections.abc import Sequence

from onehall.domains.billing import rules, store
from onehall.domains.billing.actions import settling
from onehall.domains.billing.model import Book, Entry, Move, Payer, Side
from onehall.kernel.i18n import _, keep
from onehall.kernel.money import Money
from onehall.kernel.store import Tx

Parts = dict[str, int]


async def post_use(tx: Tx, owed: Sequence[tuple[Payer, Parts]], kind: str = "usage") -> None:
    """This will post what accounts owe for use, by offering; below zero it is what they get back."""
    debts = {payer.id: payer.unbilled for payer, _parts in owed}
    entries = [entry for payer, parts in owed if (entry := _entry(tx, payer, parts, kind))]
    made = await store.ledger.post_many(tx, entries) if entries else {}
    once = {entry.account: entry.once for entry in entries}
    for payer, _parts in owed:
        forgiven = debts[payer.id] - payer.unbilled
        if forgiven > 0 and payer.mode == "prepaid":
            await settling.pass_on(tx, payer.id, made[once[payer.id]], Money(forgiven, payer.currency))


def _entry(tx: Tx, payer: Payer, parts: Parts, kind: str) -> Entry | None:
    """Each offering's revenue against the balance as far as it reaches, and what is owed for the rest."""
    minor = sum(parts.values())
    main, owed = rules.rating.settled(minor, payer.unbilled, payer.free, payer.floor, payer.mode)
    payer.free += main
    payer.unbilled += owed
    debts, revenue = Side(Book.UNBILLED, payer.id), [(Side(Book.REVENUE, offering), part) for offering, part in parts.items()]
    moves = [_move(debts, side, part, payer.currency) for side, part in revenue if part]
    if main:
        moves.append(_move(Side(Book.MAIN, payer.id), debts, -main, payer.currency))
    return Entry(f"{kind}:{tx.new_id()}", kind, keep(_("Use")), tuple(moves), payer.id) if moves else None


def _move(debit: Side, credit: Side, minor: int, currency: str) -> Move:
    return Move(debit, credit, Money(minor, currency)) if minor >= 0 else Move(credit, debit, Money(-minor, currency))
