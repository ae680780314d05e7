"""The decisions on top-up cards: the form of a PIN, who may still try, and for how long not."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from onehall.kernel.i18n import _
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

LUCK_DIGITS: Final = 16
CHECK_DIGITS: Final = 2
CHECKED_BY: Final = 97
TRIES_FREE: Final = 4
TRIES_FREE_OF_ADDRESS: Final = 20
LOCK_FIRST: Final = timedelta(minutes=10)
LOCK_MAX: Final = timedelta(hours=24)
FORGOTTEN_AFTER: Final = timedelta(hours=48)
CARDS_MAX: Final = 1_000_000
WORTH_MAX: Final = Money(100_000)


def pin_with_check(luck: int) -> str:
    """A PIN has sixteen digits of luck and two by which a slip of the finger is found without asking anybody."""
    return f"{luck:0{LUCK_DIGITS}}{CHECKED_BY + 1 - luck * 100 % CHECKED_BY:0{CHECK_DIGITS}}"


def card_pin(words: str) -> str:
    """A PIN is eighteen digits, spaces and dashes aside, whose last two fit the others; what does not fit was mistyped.

    :raises Refusal: `card.form`.
    """
    digits = "".join(words.split()).replace("-", "")
    whole = digits.isascii() and digits.isdigit() and len(digits) == LUCK_DIGITS + CHECK_DIGITS
    if not whole or int(digits) % CHECKED_BY != 1:
        raise Refusal("card.form", _("This PIN is mistyped: it has 18 digits that belong together. Please look again."))
    return digits


def locked_for(tries: int, free: int) -> timedelta | None:
    """Who guesses is locked out after four wrong PINs (an address after twenty), each time twice as long, a day at most."""
    if tries <= free:
        return None
    return min(LOCK_FIRST * 2 ** min(tries - free - 1, 10), LOCK_MAX)


def why_not_good(batch: str) -> Refusal | None:
    """A card is good when its whole batch was made and is not blocked."""
    if batch == "active":
        return None
    if batch == "blocked":
        return Refusal("card.blocked", _("This card is blocked. Please take it back to where you bought it."), 409)
    return Refusal("card.not_yet", _("This card is not good yet. Please try later, or take it back to where you bought it."), 409)


def check_batch(cards: int, amount: Money, expires: datetime, now: datetime) -> None:
    """A batch is one to a million cards of one to a thousand yuan each that can be used for a while.

    :raises Refusal: `cards.count`, `cards.amount`, `cards.expiry`.
    """
    if not 1 <= cards <= CARDS_MAX:
        raise Refusal("cards.count", _("A batch has 1 to {most} cards.", most=CARDS_MAX))
    if not 100 <= amount.minor <= WORTH_MAX.minor or amount.currency != WORTH_MAX.currency:
        raise Refusal("cards.amount", _("A card is worth {least} to {most}.", least=Money(100), most=WORTH_MAX))
    if expires <= now:
        raise Refusal("cards.expiry", _("Cards must be good for a while."))


def check_making(status: str) -> None:
    """Cards are added to a batch only while it is made: not when it is whole, or blocked.

    :raises Refusal: `batch.blocked`, `batch.whole`, 409.
    """
    if status == "blocked":
        raise Refusal("batch.blocked", _("This batch is blocked."), 409)
    if status != "making":
        raise Refusal("batch.whole", _("This batch is whole already."), 409)


def serials(batch: str, cards: int) -> list[str]:
    """The cards of a batch are numbered one after another from nothing, under the first letters of its name."""
    return [f"{batch[:9].upper()}{place:07}" for place in range(cards)]


def check_serials(batch: str, cards: int, written: Sequence[str]) -> None:
    """A file that is gone on with has numbers of its own batch only, and each once.

    :raises Refusal: `batch.other_file`.
    """
    if len(set(written)) != len(written) or not set(written) <= set(serials(batch, cards)):
        raise Refusal("batch.other_file", _("This file is not of that batch alone."), 409)


def grouped(pin: str) -> str:
    """A PIN is printed in groups of six, so that it can be read."""
    return " ".join(pin[place : place + 6] for place in range(0, len(pin), 6))
