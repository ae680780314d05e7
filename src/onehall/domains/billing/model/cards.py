"""The nouns of top-up cards."""

from datetime import datetime

import msgspec

from onehall.kernel.money import Money


class Batch(msgspec.Struct, frozen=True):
    """Cards that were made together: as many, each worth `minor`. `status`: making, active, blocked."""

    home: int
    id: str
    cards: int
    minor: int
    currency: str
    expires: datetime
    status: str
    made: datetime

    @property
    def amount(self) -> Money:
        """This will give what each card is worth."""
        return Money(self.minor, self.currency)


class Card(msgspec.Struct, frozen=True):
    """A card, known by the keyed hash of its PIN."""

    hash: str
    batch: str
    serial: str
    minor: int
    currency: str
    expires: datetime
    status: str
    token: str | None = None
    account: str | None = None

    @property
    def amount(self) -> Money:
        """This will give what it is worth."""
        return Money(self.minor, self.currency)
