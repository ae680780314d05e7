"""How a record of use is read: what it must say, and in which units it counts."""

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from typing import Final

from onehall.domains.billing.model import Use
from onehall.kernel.i18n import ZONE, Text, _

LATEST: Final = timedelta(days=1)
EARLIEST_YEAR: Final = 2000
VERSION_MAX: Final = 2**31 - 1
FINEST: Final = Decimal("1e-12")
SCALES: Final[dict[str, dict[str, tuple[int, int]]]] = {
    "voice_min": {"s": (1, 60), "min": (1, 1), "h": (60, 1)},
    "data_mb": {"bytes": (1, 1024**2), "B": (1, 1024**2), "KB": (1, 1024), "MB": (1, 1), "GB": (1024, 1)},
}
_AMOUNT = re.compile(r"\d{1,12}(?:\.\d{1,9})?", re.ASCII).fullmatch
_NUMBER = re.compile(r"\+?[\w.-]{1,40}", re.ASCII).fullmatch
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII).fullmatch
_RECORD = re.compile(r"[^\x00-\x1f]{1,120}").fullmatch
_VERSION = re.compile(r"\d{1,10}", re.ASCII).fullmatch
_SAID = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}


class Unreadable(ValueError):
    """A record of use cannot be taken; `why` says it to its sender."""

    def __init__(self, why: Text) -> None:
        super().__init__(str(why))
        self.why = why


def read_use(
    source: str, record: str, number: str, kind: str, amount: str, at: str, *, before: datetime, peer: str = "", zone: str = "",
    version: str = "", withdrawn: str = "", unit: str = "",
) -> Use:  # fmt: skip
    """A record of use is taken whole or refused: with its name, number, service, an amount not below zero, and a time that has come.

    `before`: what happens later has not come. A time without a zone is in the operator's.
    :raises Unreadable: why not.
    """
    if not _RECORD(record):
        raise Unreadable(_("The record has no name."))
    if not _NUMBER(number):
        raise Unreadable(_("{number} is not a number of ours or anyone's.", number=number[:60]))
    if not _KIND(kind):
        raise Unreadable(_("{kind} is not a service.", kind=kind[:60]))
    when = _time(at)
    if when is None or when.year < EARLIEST_YEAR:
        raise Unreadable(_("{at} is not a time.", at=at[:60]))
    if when >= before:
        raise Unreadable(_("{at} has not come yet.", at=at[:60]))
    exact = _amount(amount)
    if exact is None:
        raise Unreadable(_("{amount} is not an amount of zero or more.", amount=amount[:60]))
    if unit:
        exact = in_units_of_service(kind, exact, unit)
    if version or withdrawn or peer or zone:
        return _in_full(source, record, number, kind, exact, when, peer, zone, version, withdrawn)
    return Use(source=source, record=record, number=number, kind=kind, amount=exact, at=when)


def in_units_of_service(kind: str, amount: Decimal, unit: str) -> Decimal:
    """Calls count in minutes and data in MB of 1,024 KB, whatever unit they are told in; another unit than a service has is refused.

    :raises Unreadable: the service has no such unit.
    """
    scale = SCALES.get(kind, {}).get(unit)
    if scale is None:
        raise Unreadable(_("{kind} is not counted in {unit}.", kind=kind, unit=unit[:20]))
    times, parts = scale
    if parts == 1:
        return amount * times
    # a third of a minute is cut, never rounded up: three of them must not begin a second minute
    return (amount * times / parts).quantize(FINEST, ROUND_DOWN).normalize() if amount else amount


def latest(now: datetime) -> datetime:
    """A clock of the network may be a day ahead of ours; what is told of a later time has not happened."""
    return now + LATEST


def _in_full(
    source: str, record: str, number: str, kind: str, exact: Decimal, when: datetime, peer: str, zone: str, version: str, withdrawn: str
) -> Use:
    count, back = version or "0", _SAID.get(withdrawn.lower())
    if not _VERSION(count) or int(count) > VERSION_MAX:
        raise Unreadable(_("{version} is not a version.", version=version[:60]))
    if back is None:
        raise Unreadable(_("{withdrawn} is neither true nor false.", withdrawn=withdrawn[:60]))
    if (peer and not _NUMBER(peer)) or (zone and not _NUMBER(zone)):
        raise Unreadable(_("{text} is neither a number nor a zone.", text=(peer + " " + zone).strip()[:60]))
    return Use(
        source=source, record=record, number=number, kind=kind, amount=exact, at=when, version=int(count), peer=peer or None,
        zone=zone or None, withdrawn=back,
    )  # fmt: skip


@lru_cache(maxsize=100_000)
def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=100_000)
def _amount(text: str) -> Decimal | None:
    return Decimal(text) if _AMOUNT(text) else None
