"""To whom an order is credited. This is the published rule: the page that tells it shows these very limits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from onehall.domains.outreach.model import Owner, Touch, Weighed

RULE = "2026-1"
CREDIT_DAYS = 7
SHOWN_DAYS = 30
SCAN_MINUTES = 10
_BY_CHANNEL = {"desk": "DESK", "kiosk": "KIOSK", "hotline": "HOTLINE", "tmf": "API", "agent": "API", "field": "AIR", "estore": "ESTORE"}
_NAMES = ("unit", "staff", "campaign")


def shown_since(placed: datetime) -> datetime:
    """Scans of the thirty days before an order are shown with it, so that one that was too old is seen to be."""
    return placed - timedelta(days=SHOWN_DAYS)


def kept_since(now: datetime, days: int) -> datetime:
    """A scan is kept for the days that are set, and never less than the thirty for which it is shown with an order."""
    return now - timedelta(days=max(days, SHOWN_DAYS + 1))


def is_own_scan(staff: str | None, program: str | None) -> bool:
    """Only what people scan themselves is kept for them: no clerk scans on a customer's behalf, and no program."""
    return staff is None and program is None


def counts(touch: Touch, placed: datetime) -> bool:
    """A scan counts for seven days; one made after the order was placed never counts for it."""
    return placed - timedelta(days=CREDIT_DAYS) <= touch.at <= placed


def scan_moment(at: datetime) -> datetime:
    """Scans of one code by one person within the same ten minutes are one scan."""
    return at - timedelta(minutes=at.minute % SCAN_MINUTES, seconds=at.second, microseconds=at.microsecond)


def is_news(began: Touch, scans: Sequence[Touch]) -> bool:
    """The code by which a journey came counts as scanned when the journey began, unless it is the latest scan by then anyway."""
    before = [one for one in scans if one.at <= began.at]
    latest = max(before, key=lambda one: one.at, default=None)
    return latest is None or latest.code != began.code


def weigh(touches: Sequence[Touch], placed: datetime) -> tuple[Weighed, ...]:
    """Store, clerk and campaign are each credited to the latest scan that names one; a clerk not when another store's scan came later."""
    counted = sorted((one for one in touches if counts(one, placed)), key=lambda one: (one.at, one.id), reverse=True)
    winners = {name: _latest(counted, name) for name in _NAMES}
    store, clerk = winners["unit"], winners["staff"]
    outdone = bool(store and clerk and clerk.owner.unit != store.owner.unit)
    if outdone:
        winners["staff"] = _latest([one for one in counted if store and one.owner.unit == store.owner.unit], "staff")
    return tuple(
        _weighed(one, winners, placed, clerk if outdone else None) for one in sorted(touches, key=lambda one: one.at, reverse=True)
    )


def credited(weighed: Sequence[Weighed]) -> Owner:
    """An order's store, clerk and campaign are what the winning scans name, as their codes were owned when scanned."""
    found = {name: getattr(one.touch.owner, name) for one in weighed for name in one.credits}
    return Owner(**found)


def leading_code(weighed: Sequence[Weighed]) -> str | None:
    """The code that an order is told to have come by is the latest scanned of those that won something."""
    return next((one.touch.code for one in weighed if one.credits), None)


def access_type(channel: str, by_code: bool) -> str:
    """An order that a scan brought is code-to-buy (O2M); any other has the access type of the channel in which it was begun."""
    return "O2M" if by_code else _BY_CHANNEL.get(channel, "SELF")


def _latest(counted: Sequence[Touch], name: str) -> Touch | None:
    return next((one for one in counted if getattr(one.owner, name)), None)


def _weighed(touch: Touch, winners: dict[str, Touch | None], placed: datetime, outdone: Touch | None) -> Weighed:
    won = tuple(name for name, winner in winners.items() if winner is not None and winner.id == touch.id)
    if won:
        return Weighed(touch, "credited", won)
    if not counts(touch, placed):
        return Weighed(touch, "after" if touch.at > placed else "too_old")
    return Weighed(touch, "other_store" if touch is outdone else "later_scan")
