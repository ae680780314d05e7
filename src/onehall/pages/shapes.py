"""How numbers and moments are set in type."""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from onehall.kernel.i18n import ZONE

_PHONE: Final = re.compile(r"(?<![\d¥$,.\-A-Za-z])(?:\+?86)?(1\d{10})(?!\d)")


def phones(text: object) -> str:
    """This will group the digits of every mobile number in a sentence: 186 1234 8888."""
    return _PHONE.sub(lambda found: f"{found[1][:3]} {found[1][3:7]} {found[1][7:]}", str(text))


def shelves(options: Sequence[dict[str, Any]] | None) -> list[tuple[str, list[dict[str, Any]]]]:
    """This will lay options out by their group, in the order in which groups first appear."""
    rank: dict[str, int] = {}
    for option in options or ():
        rank.setdefault(option.get("group") or "", len(rank))
    ordered = sorted(options or (), key=lambda option: rank[option.get("group") or ""])
    return [(name, list(each)) for name, each in groupby(ordered, key=lambda option: option.get("group") or "")]


def iso(moment: str | datetime) -> str:
    """This will write a moment for machines."""
    return moment if isinstance(moment, str) else moment.isoformat()


def clock(moment: str | datetime | None, form: str = "%m-%d %H:%M") -> str:
    """This will write a moment for people, in the operator's zone: 11-22 14:32."""
    if moment is None or moment == "":
        return ""
    exact = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return exact.astimezone(ZONE).strftime(form)


def seconds(moment: datetime | None) -> str:
    """This will write a moment to the second: 11-22 14:32:07."""
    return clock(moment, "%m-%d %H:%M:%S")


def day(moment: datetime | None) -> str:
    """This will write the day of a moment: 2026-11-22."""
    return clock(moment, "%Y-%m-%d")


def short(id_: object) -> str:
    """This will write an id so that it can be told from others on one page: its last eight letters."""
    return str(id_ or "")[-8:]


FILTERS: Final = {
    "phones": phones, "shelves": shelves, "iso": iso, "clock": clock, "seconds": seconds, "day": day, "short": short,
}  # fmt: skip
