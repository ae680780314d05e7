"""The decisions on the provider's file: which differences there are, what each means, and which mend themselves."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from onehall.domains.billing.model import Found, Moved
from onehall.kernel.i18n import Text, _
from onehall.kernel.ids import is_id
from onehall.kernel.refusals import Refusal

Key = tuple[str, str, str]
NOTE_MIN: Final = 3
NOTE_MAX: Final = 500


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

    :raises Refusal: `difference.closed`, 409; `difference.note`.
    """
    words = " ".join(note.split())
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
        why = _("The provider has the money and we had not heard of it; it is heard of now.")
        return _found("not_here", line, None, why, "mended", "heard")
    return _found("refund_not_here", line, None, _("The provider sent it back and we had not heard of it."), "mended", "returned")


def _found(kind: str, line: Moved, ours: Moved | None, why: Text, status: str, mend: str = "") -> Found:
    return Found(kind, line.payment, line.reference, ours.amount if ours else None, line.amount, why, status, mend)
