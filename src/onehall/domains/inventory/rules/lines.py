"""What may become of a line, and when."""

from datetime import datetime

from onehall.domains.inventory.model import Line
from onehall.kernel.i18n import ZONE, Text, _
from onehall.kernel.refusals import Refusal

REASONS: dict[str, Text] = {
    "loss": _("reported lost"),
    "arrears": _("a bill is not paid"),
    "credit": _("the credit limit is reached"),
    "empty": _("the balance is not enough for the fee"),
    "risk": _("the holder has to be verified again"),
    "request": _("at the customer's wish"),
    "operator": _("by the operator"),
}


def effective(when: str, now: datetime) -> datetime:
    """A change counts at once, or from the first of next month in the operator's zone.

    :raises Refusal: `effective.unknown`, 422, for any other time.
    """
    if when == "now":
        return now
    if when != "next_month":
        raise Refusal("effective.unknown", _("A change counts now or from next month."), 422)
    return _months_on(now, 1).replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def bound_until(start: datetime, months: int) -> datetime | None:
    """A contract or lock of so many months ends that many months on, on the same day or the last of a shorter month."""
    return _months_on(start, months).astimezone(start.tzinfo) if months else None


def check_reason(why: str) -> str:
    """A line stands still for a reason that is on the list.

    :raises Refusal: `suspend.reason`, 422.
    """
    if why not in REASONS:
        raise Refusal("suspend.reason", _("{why} is no reason to suspend a line.", why=why[:40]), 422)
    return why


def left_after(reasons: frozenset[str], why: str) -> frozenset[str]:
    """A line works again only when no reason to stand still is left."""
    return reasons - {why}


def check_restorable(line: Line, why: str) -> None:
    """Only a line that stands still for a reason can be freed of it.

    :raises Refusal: `line.not_suspended`, `line.other_reason`, 409.
    """
    if line.status != "suspended":
        raise Refusal("line.not_suspended", _("The line {number} is not suspended.", number=line.number), 409)
    if why not in line.suspended_why:
        others = REASONS.get(min(line.suspended_why, default=""), _("by the operator"))
        reason = _("The line {number} is suspended for another reason: {why}.", number=line.number, why=others)
        raise Refusal("line.other_reason", reason, 409)


def check_may_change(line: Line, now: datetime) -> None:
    """A plan can be changed on a line that works and is not bound by a contract.

    :raises Refusal: `line.status`, `line.contract`, 409.
    """
    if line.status not in ("active", "suspended"):
        raise Refusal("line.status", _("The line {number} is not active.", number=line.number), 409)
    if line.contract_until is not None and line.contract_until > now:
        raise Refusal("line.contract", _("A contract binds this line until {day}.", day=line.contract_until), 409)


def check_may_renumber(line: Line, number: str, now: datetime) -> None:
    """A line that works gets another number, unless the one it has locks it for a while.

    :raises Refusal: `line.status`, `number.same`, `number.locked`, 409.
    """
    if line.status not in ("active", "suspended"):
        raise Refusal("line.status", _("The line {number} is not active.", number=line.number), 409)
    if number == line.number:
        raise Refusal("number.same", _("The line has this number already."), 409)
    _check_unlocked(line, now)


def check_may_hand_over(line: Line, to: str, now: datetime) -> None:
    """A line goes to another owner while it works, unless its number locks it for a while; its contract goes along.

    :raises Refusal: `line.status`, `owner.same`, `number.locked`, 409.
    """
    if line.status != "active":
        raise Refusal("line.status", _("The line {number} is not active.", number=line.number), 409)
    if to == line.party:
        raise Refusal("owner.same", _("This line is theirs already."), 409)
    _check_unlocked(line, now)


def _check_unlocked(line: Line, now: datetime) -> None:
    if line.lock_until is not None and line.lock_until > now:
        raise Refusal("number.locked", _("The number {number} is locked until {day}.", number=line.number, day=line.lock_until), 409)


def _months_on(start: datetime, months: int) -> datetime:
    local = start.astimezone(ZONE)
    years, month = divmod(local.month - 1 + months, 12)
    for day in (local.day, 30, 29, 28):
        try:
            return local.replace(year=local.year + years, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
