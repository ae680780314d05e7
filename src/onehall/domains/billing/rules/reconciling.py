"""The decisions on the provider's file: which differences there are, what each means, and which mend themselves."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from onehall.domains.billing.model import Found, Moved
from onehall.kernel.i18n import ZONE, Text, _
from onehall.kernel.ids import is_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

Key = tuple[str, str, str]
Line = tuple[str, str, Money | None]
NOTE_MIN: Final = 3
NOTE_MAX: Final = 500
FILE_DAYS_MAX: Final = 366


def lines_against_books(day: date, lines: Sequence[Moved], books: Mapping[Key, Moved], known: frozenset[str]) -> list[Found]:
    """Every line of the file is one entry of the books, of the same amount and currency and on the same day; the rest is a difference.

    `books` has the entries of these lines on any day, `known` the payments and refunds that we asked for.
    """
    found: list[Found] = []
    for key, times in Counter(line.key for line in lines).items():
        line = next(line for line in lines if line.key == key)
        ours = books.get(key)
        difference = _compare(day, line, ours, known)
        if difference is not None:
            found.append(difference)
        if times > 1:
            found.append(_found("doubled", line, ours, _("The file says it {count} times; the money moved once.", count=times), "open"))
    return found


def books_against_file(ours: Iterable[Moved], keys: frozenset[Key]) -> list[Found]:
    """Money that our books have on a day and the file has not is waited for: it may stand in the next day's file."""
    texts = {
        "payment": ("not_there", _("We booked it, and the provider's file of the day does not have it.")),
        "refund": ("refund_not_there", _("We booked a refund that the provider's file of the day does not have.")),
    }
    return [
        Found(texts[one.kind][0], one.payment, one.reference, one.amount, None, texts[one.kind][1], "open")
        for one in ours if one.key not in keys
    ]  # fmt: skip


def check_decision(status: str, note: str) -> str:
    """A difference that does not mend itself is decided by a person, once, who says why in a few words.

    :raises Refusal: `difference.mending`, `difference.closed`, 409; `difference.note`.
    """
    words = " ".join(note.split())
    if status == "mending":
        raise Refusal("difference.mending", _("This difference is being mended. Please look again in a while."), 409)
    if status != "open":
        raise Refusal("difference.closed", _("This difference is settled already."), 409)
    if not NOTE_MIN <= len(words) <= NOTE_MAX:
        raise Refusal("difference.note", _("Please say in a few words why."))
    return words


def sums_of(moved: Iterable[Moved]) -> dict[str, int]:
    """A day's money is summed by payments and refunds, and by currency."""
    sums: Counter[str] = Counter()
    for one in moved:
        sums[f"{one.kind} {one.amount.currency}"] += one.amount.minor
    return dict(sums)


def mark_of(lines: Iterable[Moved]) -> str:
    """A file is the same when it has the same lines, in whatever order."""
    said = sorted(f"{line.kind}|{line.payment}|{line.reference}|{line.amount.minor}|{line.amount.currency}" for line in lines)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def new_of(found: Iterable[Found], known: frozenset[Line]) -> list[Found]:
    """Of a file that was sent again only new lines make differences: `known` has one of a line that stood in it before."""
    return [one for one in found if one.kind == "doubled" or (one.payment, one.reference, one.theirs) not in known]


def another_amount(asked: Money | None, came: Money) -> Text:
    """Money of another amount than was asked for is booked by nobody but a person."""
    if asked is None:
        return _("Nobody here asked for this.")
    return _("{came} came where {asked} was asked for.", came=came, asked=asked)


def not_booked(line: Moved, books: Iterable[Moved]) -> Text | None:
    """A difference is mended when the books have exactly what the line of the file says."""
    if any(one.key == line.key and one.amount == line.amount for one in books):
        return None
    return _("Our books do not have it at the provider, but in another way.")


def check_day(day: date, now: datetime) -> None:
    """The provider's file of a day can be read once the day is over, and for a year.

    :raises Refusal: `reconciliation.day`.
    """
    if not 0 < (now.astimezone(ZONE).date() - day).days <= FILE_DAYS_MAX:
        raise Refusal("reconciliation.day", _("There is a file of a day once it is over, and for a year."), 422)


def _compare(day: date, line: Moved, ours: Moved | None, known: frozenset[str]) -> Found | None:
    if ours is None:
        return _missing(line, known)
    if ours.amount.currency != line.amount.currency:
        return _found("currency", line, ours, _("The same money in another currency."), "open")
    if ours.amount != line.amount:
        return _found("amount", line, ours, _("The same money, and another amount."), "open")
    if ours.on != day:
        return _found("late", line, ours, _("It is right, and stands in our books on {day}.", day=ours.on), "explained")
    return None


def _missing(line: Moved, known: frozenset[str]) -> Found:
    named = line.payment if line.kind == "payment" else line.reference
    if not is_id(line.payment) or named not in known:
        return _found("unknown", line, None, _("Nobody here asked for this."), "open")
    if line.kind == "payment":
        why = _("The provider has the money and we had not heard of it; it is being booked.")
        return _found("not_here", line, None, why, "mending", "heard")
    why = _("The provider sent it back and we had not heard of it; it is being booked.")
    return _found("refund_not_here", line, None, why, "mending", "returned")


def _found(kind: str, line: Moved, ours: Moved | None, why: Text, status: str, mend: str = "") -> Found:
    return Found(kind, line.payment, line.reference, ours.amount if ours else None, line.amount, why, status, mend)
