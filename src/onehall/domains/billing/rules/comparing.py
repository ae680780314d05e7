"""Why a bill differs from the one before: causes that sum to the difference, the biggest first."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Final

import msgspec

from onehall.domains.billing.model.bills import Bill, Line
from onehall.domains.billing.model.comparing import Cause
from onehall.kernel.i18n import Text, thaw

CAUSES_SHOWN: Final = 6
ONCE: Final = ("once", "charge", "exit")
Key = tuple[Hashable, ...]
Sides = tuple[list[Line], list[Line]]


def causes(before: Bill, after: Bill) -> list[Cause]:
    """A bill differs from another by fees that came, went or changed, by parts of months, use, single charges, discounts, instalments and
    credits; together these make up the whole difference. The biggest comes first."""
    groups: dict[Key, Sides] = {}
    moved = _moved(before.lines, after.lines)
    for place, bill in enumerate((before, after)):
        for line in bill.lines:
            groups.setdefault(_key(line, bill, moved), ([], []))[place].append(line)
    found = [cause for key, sides in groups.items() for cause in _of(str(key[0]), *sides) if cause.minor]
    return sorted(found, key=lambda one: (-abs(one.minor), one.kind, _frozen(one.what)))


def told(found: Sequence[Cause], most: int = CAUSES_SHOWN) -> list[Cause]:
    """Of many causes the biggest are told by name, and the others together."""
    if len(found) <= most:
        return list(found)
    rest = found[most - 1 :]
    return [*found[: most - 1], Cause("rest", None, sum(one.minor for one in rest), after=len(rest))]


def name_of(line: Line) -> Any:
    """A fee, a discount or an instalment is called by what it is for, whatever else its line says."""
    what = thaw(line.what)
    return thaw(what.values["name"]) if isinstance(what, Text) and "name" in what.values else what


def full_fee(lines: Sequence[Line]) -> int | None:
    """What a fee comes to for a whole month is known where every line of it says so."""
    fees = [line.doc.get("fee") for line in lines]
    return sum(fee for fee in fees if isinstance(fee, int)) if all(isinstance(fee, int) for fee in fees) else None


def _moved(before: Iterable[Line], after: Iterable[Line]) -> set[str]:
    """Lines that had one plan and have one other plan."""
    was, now = _plans(before), _plans(after)
    return {line for line in was.keys() & now.keys() if len(was[line]) == len(now[line]) == 1 and was[line] != now[line]}


def _plans(lines: Iterable[Line]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in lines:
        if line.kind == "fee" and line.doc.get("kind") == "plan" and line.line:
            found.setdefault(line.line, set()).add(line.offering)
    return found


def _key(line: Line, bill: Bill, moved: set[str]) -> Key:
    if line.kind == "fee":
        return ("plan", line.line) if line.line in moved and line.doc.get("kind") == "plan" else ("fee", line.line, line.offering)
    if line.kind == "usage":
        return ("late",) if line.month < bill.cycle else ("use", line.service)
    if line.kind in ("discount", "instalment"):
        return line.kind, line.line, line.offering, _frozen(name_of(line))
    return "once" if line.kind in ONCE else line.kind, _frozen(line.what)


def _of(kind: str, before: list[Line], after: list[Line]) -> list[Cause]:
    minor, one = _sum(after) - _sum(before), (after or before)[0]
    match kind:
        case "fee":
            return _fee(before, after)
        case "plan":
            return [Cause("plan", name_of(after[0]), minor, name_of(before[0]))]
        case "use":
            return [Cause("use", one.service, minor, _over(before), _over(after))]
        case "late":
            return [Cause("late", None, minor)]
        case "discount" | "instalment":
            return [Cause(kind + ("" if not before else "_ended" if not after else "_changed"), name_of(one), minor)]
        case "credit":
            return [Cause("credit" if after else "credit_over", one.what, minor)]
    return [Cause("once" if after else "once_over", one.what, minor)]


def _fee(before: list[Line], after: list[Line]) -> list[Cause]:
    minor, name = _sum(after) - _sum(before), name_of((after or before)[0])
    was, now = full_fee(before), full_fee(after)
    if not before or not after:
        return [Cause("fee_new" if after else "fee_ended", name, minor)]
    if was is None or now is None:
        return [Cause("fee_changed", name, minor, _sum(before), _sum(after))]
    return [Cause("fee_changed", name, now - was, was, now), Cause("part", name, minor - (now - was), _sum(before), _sum(after))]


def _sum(lines: Iterable[Line]) -> int:
    return sum(line.minor for line in lines)


def _over(lines: Iterable[Line]) -> Any:
    return str(sum((line.left_over or 0) for line in lines))


def _frozen(what: Any) -> str:
    return msgspec.json.encode(what, order="sorted").decode()
