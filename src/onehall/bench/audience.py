"""Customers for a campaign: made by COPY, all of whom allow marketing by every way, in so many homes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from onehall.domains.party import WAYS
from onehall.kernel.i18n import _
from onehall.kernel.ids import HOMES, home_for, keyed_id
from onehall.kernel.store import Store
from onehall.kernel.store.leaving import EPOCH

UNIT = "onehall.gd.gz.s1"
FIRST = 13_700_000_000
BATCH = 20_000
WORDS = msgspec.to_builtins(_("We may tell you of offers by message and call. You can stop this at any time by sending TD."))


class Customer(msgspec.Struct, frozen=True):
    """One of them: their phone is a login, so that what it writes is known to be theirs."""

    party: str
    home: int
    phone: str


def customer(place: int, homes: int = HOMES) -> Customer:
    """This will give the customer at a place; every `HOMES / homes`-th home has some."""
    phone = str(FIRST + place)
    home = place % homes * (HOMES // homes)
    return Customer(keyed_id(home, EPOCH, "audience", phone), home, phone)


async def settle(store: Store, count: int, homes: int = HOMES, first: int = 0) -> None:
    """This will make customers who said yes to marketing before anything is sent to them."""
    at = store.clock.now()
    async with store.pool.acquire() as connection:
        for start in range(first, first + count, BATCH):
            some = [customer(place, homes) for place in range(start, min(start + BATCH, first + count))]
            for table, (columns, row) in _ROWS.items():
                await connection.copy_records_to_table(table, records=[row(one, at) for one in some], columns=columns)


Row = tuple[Any, ...]
_LANGUAGES = ("zh-CN", "en")
_ROWS: dict[str, tuple[tuple[str, ...], Callable[[Customer, datetime], Row]]] = {
    "party": (
        ("home", "id", "kind", "unit", "status", "name", "language", "phone", "doc", "created", "updated"),
        lambda one, at: (
            one.home, one.party, "individual", UNIT, "initialized", "李雷", _LANGUAGES[int(one.phone) % 2], one.phone, {}, at, at
        ),
    ),
    "consent": (
        ("home", "id", "party", "purpose", "allowed", "channel", "words", "at"),
        lambda one, at: (one.home, keyed_id(one.home, EPOCH, "consent", one.phone), one.party, "marketing", True, "web", WORDS, at),
    ),
    "marketing_standing": (("home", "party", "ways", "since"), lambda one, at: (one.home, one.party, list(WAYS), at)),
    "login_name": (("home", "kind", "value", "party", "at"), lambda one, at: (home_for(one.phone), "phone", one.phone, one.party, at)),
    "reach": (("home", "party", "way", "address", "at"), lambda one, at: (one.home, one.party, "wechat", f"o{one.phone}", at)),
}  # fmt: skip
