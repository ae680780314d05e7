"""The nouns of reconciliation: what the provider's file says, what our books say, and how the two differ."""

from datetime import date, datetime
from typing import Any

import msgspec

from onehall.kernel.money import Money


class Moved(msgspec.Struct, frozen=True):
    """Money that moved, in the file or in the books. `kind`: payment or refund; `reference` is the provider's number, or the refund."""

    kind: str
    payment: str
    reference: str
    amount: Money
    on: date | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """This will give what tells it from other movements."""
        return self.kind, self.payment, self.reference


class Found(msgspec.Struct, frozen=True):
    """A difference as it is found. `mend`: how it is put right without asking anybody: heard, returned, or "" for by nobody."""

    kind: str
    payment: str
    reference: str
    ours: Money | None
    theirs: Money | None
    why: Any
    status: str
    mend: str = ""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A difference as it is kept.

    `status`: open (waits for a decision), mending (until its money is booked), mended, explained or decided (with who and why).
    """

    home: int
    id: str
    run: str
    day: date
    kind: str
    payment: str
    reference: str
    ours: int | None
    our_currency: str | None
    theirs: int | None
    their_currency: str | None
    why: Any
    status: str
    note: str | None
    staff: str | None
    found: datetime
    ended: datetime | None


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """A day's run. `theirs` and `ours`: minor units by "payment CNY", "refund CNY"; `counts`: differences by status.

    `look`: how often the day was looked at.
    """

    id: str
    provider: str
    day: date
    status: str
    parts: int
    done: int
    lines: int
    matched: int
    theirs: dict[str, int]
    ours: dict[str, int]
    started: datetime
    ended: datetime | None
    look: int = 1
    counts: dict[str, int] = {}
