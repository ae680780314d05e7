"""The nouns of reaching out."""

from datetime import date, datetime

import msgspec

KINDS = ("store", "clerk", "shelf", "campaign")


class Owner(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who stands behind a code: a unit of the tree (its path), a member of staff (id), a campaign (its name)."""

    unit: str | None = None
    staff: str | None = None
    campaign: str | None = None


class Tenure(msgspec.Struct, frozen=True):
    """An owner of a code, from a moment until the next one's."""

    since: datetime
    owner: Owner
    by_staff: str | None = None


class Code(msgspec.Struct, frozen=True):
    """A code to be scanned. `offering` is what stands on the shelf; `label` what is printed above it."""

    code: str
    kind: str
    owner: Owner
    made: datetime
    offering: str | None = None
    label: str = ""
    state: str = "active"
    batch: str | None = None


class Batch(msgspec.Struct, frozen=True):
    """Codes that were made together, as they were made: what a printed sheet shows."""

    id: str
    unit: str | None
    made: datetime
    codes: tuple[Code, ...]
    by_staff: str | None = None


class Touch(msgspec.Struct, frozen=True):
    """A scan of a code, with the owner that the code had then."""

    id: str
    code: str
    kind: str
    owner: Owner
    at: datetime
    channel: str = ""


class Weighed(msgspec.Struct, frozen=True):
    """A scan and what became of it: `verdict` names the sentence of the rule, `credits` what it won (unit, staff, campaign)."""

    touch: Touch
    verdict: str
    credits: tuple[str, ...] = ()


class Credit(msgspec.Struct, frozen=True):
    """To whom an order is credited and why; `code` is the scan that counts for most, `assisted` the staff who placed it."""

    order: str
    party: str
    access: str
    owner: Owner
    at: datetime
    code: str | None = None
    source: str | None = None
    assisted: str | None = None
    scans: tuple[Weighed, ...] = ()
    rule: str = ""


class Share(msgspec.Struct, frozen=True):
    """A part of an order's credit. `kind`: staff, unit, campaign, or access (the way in itself); `percent` of the whole."""

    kind: str
    who: str
    percent: int


class Stock(msgspec.Struct, frozen=True):
    """SIM cards that lay in a store and in the centre when they were counted; a count stops at its limit."""

    unit: str
    here: int
    centre: int
    counted: datetime


class Ticket(msgspec.Struct, frozen=True):
    """A place in a store's queue for one day."""

    id: str
    unit: str
    day: date
    number: int
    state: str
    channel: str
    taken: datetime
    called: datetime | None = None
    staff: str | None = None
    calls: int = 0
