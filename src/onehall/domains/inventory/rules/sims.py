"""Cards: which are real, and how often a line may have a new one."""

import re
from datetime import datetime

from onehall.domains.inventory.model import Line
from onehall.kernel.i18n import ZONE, _
from onehall.kernel.money import Money, money
from onehall.kernel.refusals import Refusal

REPLACEMENTS_A_MONTH_MAX = 3
"""Domain rules, "Replacement SIM" (confidence C): at most three in a month."""
REPLACEMENT_FEE: dict[str, Money] = {"plastic": money(10), "esim": money(0)}
"""Yuan; the same source names 10 and 20 for a card. A profile costs nothing to make (our own figure)."""
_ICCID = re.compile(r"89\d{17,18}", re.ASCII)


def check_iccid(text: str) -> str:
    """A SIM's number is 19 or 20 digits, begins with 89, and its last digit is right by Luhn (ITU-T E.118).

    :raises Refusal: `iccid.form`, 422; gives the bare digits.
    """
    bare = re.sub(r"[\s\-]", "", text)
    if not _ICCID.fullmatch(bare) or not luhn(bare):
        raise Refusal("iccid.form", _("This is not the number of a SIM card. Please read it again."), 422)
    return bare


def luhn(digits: str) -> bool:
    """Every second digit from the right is doubled; the digits of all must sum to a multiple of ten (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def month_start(now: datetime) -> datetime:
    """A month begins at midnight of its first day in the operator's zone."""
    return now.astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def check_replacement(line: Line, this_month: int, open_now: bool) -> None:
    """A line that is connected may have three new SIMs in a month, one after the other.

    :raises Refusal: `line.status`, `sim.replacing`, `sim.too_often`, 409.
    """
    if line.status not in ("active", "suspended"):
        raise Refusal("line.status", _("The line {number} is not active.", number=line.number), 409)
    if open_now:
        raise Refusal("sim.replacing", _("A new SIM for {number} is already on its way.", number=line.number), 409)
    if this_month >= REPLACEMENTS_A_MONTH_MAX:
        raise Refusal("sim.too_often", _("A SIM can be replaced {count} times a month at most.", count=REPLACEMENTS_A_MONTH_MAX), 409)


def replacement_fee(kind: str) -> Money:
    """A new card has its price; a new eSIM profile is free.

    :raises Refusal: `sim.kind`, 422.
    """
    if kind not in REPLACEMENT_FEE:
        raise Refusal("sim.kind", _("A SIM is a card or an eSIM."), 422)
    return REPLACEMENT_FEE[kind]


def check_usable(state: str | None) -> None:
    """A SIM can be used once: only one that lies in stock is given out.

    :raises Refusal: `sim.unknown`, 404; `sim.taken`, 409.
    """
    if state is None:
        raise Refusal("sim.unknown", _("There is no such SIM in our stock."), 404)
    if state != "stock":
        raise Refusal("sim.taken", _("This SIM is no longer free. Please take another one."), 409)
