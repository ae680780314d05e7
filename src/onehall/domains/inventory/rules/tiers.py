"""Which numbers are nice, and when a number can be had."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from onehall.domains.inventory.model import ORDINARY, Number, Pattern
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

REST = timedelta(days=90)
"""A number that comes back rests so long before another has it: the wait of the trade, no published figure (unverified)."""
SEARCH_MAX = 30
TAIL = 8
_NUMBER = re.compile(r"[1-9]\d{7,14}", re.ASCII)


def tier(number: str, patterns: Iterable[Pattern]) -> int:
    """A number stands in the finest tier of whose patterns one fits its end; with none it is ordinary."""
    best = min((pattern.level for pattern in patterns if fits(number, pattern.shape, pattern.but)), default=ORDINARY)
    return best


def tier_of_many(patterns: Iterable[Pattern]) -> Callable[[str], int]:
    """Many numbers are sorted into tiers by the same rule as one; the last four digits tell which shapes are worth trying."""
    every, tries = sorted(patterns, key=lambda pattern: pattern.level), dict[str, list[Pattern]]()

    def read(number: str) -> int:
        tail = number[-4:]
        if tail not in tries:
            tries[tail] = [pattern for pattern in every if fits(tail, pattern.shape[-4:], pattern.but)]
        return next((one.level for one in tries[tail] if len(one.shape) <= 4 or fits(number, one.shape, one.but)), ORDINARY)

    return read


def fits(number: str, shape: str, but: str = "") -> bool:
    """A shape fits a number's end: like letters are like digits, ABCD rises, DCBA falls, a digit stands for itself."""
    return _read(shape, but).search(number) is not None


def tail_mask(number: str) -> int:
    """What a customer can choose of a number is its last eight digits; bit d tells that digit d is among them."""
    mask = 0
    for digit in set(number[-TAIL:]):
        mask |= 1 << int(digit)
    return mask


def check_number(text: str) -> str:
    """A number is 8 to 15 digits and does not begin with 0; spaces and hyphens are only for the eye.

    :raises Refusal: `number.form`, 422; gives the bare digits.
    """
    bare = re.sub(r"[\s\-]", "", text)
    if not _NUMBER.fullmatch(bare):
        raise Refusal("number.form", _("{text} is not a phone number.", text=text[:40]), 422)
    return bare


def may_have(state: str, until: datetime | None, token: str | None, who: str, now: datetime) -> bool:
    """A number can be had when it is free, when a hold or its rest is over, or when it is held for the one who asks."""
    if state == "free":
        return True
    if state == "held" and token == who:
        return True
    return state in ("held", "resting") and until is not None and until <= now


def may_be_sold(number: Number, token: str, line: str, now: datetime) -> bool:
    """A number is sold to whom its token holds it for, and of the open stock to anybody while nobody has it; what is sold stays sold."""
    if number.state == "sold":
        return number.line == line
    ours = number.state == "held" and number.token == token
    return ours or (number.pool is None and may_have(number.state, number.until, number.token, token, now))


def is_known_in(number: Number | None, pool: str | None) -> bool:
    """A number of a private pool is there only for its own store, and a store sees only its own pool."""
    return number is not None and number.pool == pool


def rest_until(now: datetime, unused: bool) -> datetime | None:
    """A number that was used rests before another has it; one that never worked is free at once."""
    return None if unused else now + REST


@lru_cache(maxsize=1024)
def _read(shape: str, but: str) -> re.Pattern[str]:
    """Letters in their order (ABC.. of three or more) rise, backwards they fall; else each letter is a digit of its own."""
    letters = "".join(dict.fromkeys(sign for sign in shape if sign.isalpha()))
    if len(shape) >= 3 and shape == letters and _in_step(shape, 1):
        return _runs("0123456789", len(shape), but)
    if len(shape) >= 3 and shape == letters and _in_step(shape, -1):
        return _runs("9876543210", len(shape), but)
    found, seen = "", list[str]()
    for sign in shape:
        if sign.isdigit():
            found += sign
        elif sign in seen:
            found += rf"(?P={sign})"
        else:
            others = "".join(rf"(?!(?P={letter}))" for letter in seen)
            spoilt = f"(?![{but}])" if but else ""
            found += rf"{others}{spoilt}(?P<{sign}>\d)"
            seen.append(sign)
    return re.compile(rf"{found}\Z")


def _in_step(letters: str, step: int) -> bool:
    return all(ord(after) - ord(before) == step for before, after in zip(letters, letters[1:], strict=False))


def _runs(digits: str, length: int, but: str) -> re.Pattern[str]:
    runs = [digits[start : start + length] for start in range(len(digits) - length + 1)]
    return re.compile(rf"(?:{'|'.join(run for run in runs if not set(run) & set(but)) or '(?!)'})\Z")
