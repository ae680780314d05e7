"""The decisions of the counter: which band a customer is of, what is simple, and which channel is better for it."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import msgspec

from onehall.kernel.functions import Ask, Proof

BANDS: Final = ("guest", "basic", "middle", "high")
VALUED: Final = frozenset({"high"})
HIGH_MINOR: Final = 15_000  # a month
MIDDLE_MINOR: Final = 5_000
LOYAL_MONTHS: Final = 60
SETTLED_MONTHS: Final = 24
ROUTINE: Final = frozenset({"query", "recharge", "serve"})
PAPERS: Final = frozenset({Ask.ATTACH, Ask.SIGN})
SHARES: Final = 100


class Way(msgspec.Struct, frozen=True):
    """A channel in which a thing can be done: what one contact there costs (minor units), and whether a person serves it."""

    channel: str
    minor: int
    human: bool = False


def band_of(monthly_minor: int | None, months: int) -> str:
    """Customers are high from 150 a month (100 after five years), middle from 50 a month or after two years, else basic.

    `monthly_minor` is None for one who has no account: a guest.
    """
    if monthly_minor is None:
        return "guest"
    if monthly_minor >= HIGH_MINOR or (monthly_minor * 3 >= HIGH_MINOR * 2 and months >= LOYAL_MONTHS):
        return "high"
    return "middle" if monthly_minor >= MIDDLE_MINOR or months >= SETTLED_MONTHS else "basic"


def is_simple(family: str, asks: Iterable[Ask], proof: Proof) -> bool:
    """A thing is simple that looks up, pays or serves and needs no document, no signature and no proof of the real name."""
    return family in ROUTINE and PAPERS.isdisjoint(asks) and proof < Proof.REAL_NAME


def better_way(simple: bool, band: str, here: Way, others: Iterable[Way], least_minor: int) -> Way | None:
    """The simple goes to the cheapest channel without a person where that saves enough; what is not simple, to a person for the valued.

    A valued customer who has come to a person is never sent away.
    """
    if simple and not is_valued(band):
        cheaper = [way for way in others if not way.human and here.minor - way.minor >= max(1, least_minor)]
        return min(cheaper, key=_order, default=None)
    if not simple and is_valued(band) and not here.human:
        return min((way for way in others if way.human), key=_order, default=None)
    return None


def is_valued(band: str) -> bool:
    """A customer is valued who is of the band high."""
    return band in VALUED


def is_held_out(party: str, share: int) -> bool:
    """A share of the customers, in per cent and always the same ones, is told of no other channel."""
    return int.from_bytes(sha256(f"routing/{party}".encode()).digest()[:8], "big") % SHARES < share


def is_closed(closed: frozenset[tuple[str, str, str]], function: str, channel: str, band: str) -> bool:
    """A function is closed in a channel when its cell is closed for all customers or for those of the band."""
    return (function, channel, "") in closed or (function, channel, band) in closed


def _order(way: Way) -> tuple[int, str]:
    return way.minor, way.channel
