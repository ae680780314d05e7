"""The nouns: campaigns, audiences, contacts."""

from datetime import datetime

import msgspec


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """Who is meant: all who fit every condition that is said; `parties` are those of a list, where there is one.

    `unit` is a part of the operator, `language` what they read, `months_min` for how long they are customers,
    `plan` what a line of theirs has.
    """

    parties: tuple[str, ...] = ()
    unit: str = ""
    language: str = ""
    months_min: int = 0
    plan: str = ""


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign: `texts` by language, `ways` in the order in which they are tried, `unit` the part of the operator whose it is."""

    id: str
    state: str
    name: str
    texts: dict[str, str]
    ways: tuple[str, ...]
    audience: Audience
    created: datetime
    unit: str | None = None
    staff: str | None = None
    began: datetime | None = None
    ended: datetime | None = None


class Weighed(msgspec.Struct, frozen=True):
    """What is decided for one customer: a way to send by, or why nothing is sent."""

    way: str = ""
    why: str = ""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign did for a customer. `at` is the stamp of the send, or of the decision against it."""

    id: str
    campaign: str
    party: str
    state: str
    way: str
    address: str
    language: str
    why: str
    at: datetime
    ended: datetime | None = None


class Figures(msgspec.Struct, frozen=True):
    """How many contacts of a campaign there are by state, way and reason, and what the log has of each of its facts."""

    contacts: list[tuple[str, str, str, int]]
    told: dict[str, int]

    def of(self, state: str) -> int:
        """This will count the contacts in a state."""
        return sum(count for one, _way, _why, count in self.contacts if one == state)

    @property
    def sent(self) -> int:
        """This will count the contacts that were ever stamped as sent."""
        return sum(self.of(state) for state in ("sent", "delivered", "withdrawn", "failed"))

    @property
    def fits(self) -> bool:
        """This will tell whether the rows and the log say the same."""
        rows = {state: self.of(state) for state in ("suppressed", "delivered", "withdrawn", "failed")} | {"sent": self.sent}
        return all(self.told.get(name, 0) == count for name, count in rows.items())
