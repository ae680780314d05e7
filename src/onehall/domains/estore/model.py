"""The nouns of private shops."""

from datetime import datetime
from typing import Any

import msgspec

from onehall.kernel.money import Money

KINDS = ("enterprise", "building", "campus")
PROOFS = ("mail", "roster", "student")
COLOURS = ("green", "blue", "red", "violet", "amber", "slate")


class Look(msgspec.Struct, frozen=True):
    """How a store looks: one of `COLOURS`, a few letters for a mark, and a sentence."""

    colour: str = "green"
    logo: str = ""
    motto: str = ""


class Terms(msgspec.Struct, frozen=True):
    """What a store has agreed on. `discount` and `company_percent` are per cent; amounts are minor units a month, 0 for none.

    `company_most` is the most that the company pays of one line; `member_budget` what it pays of all lines of a member, and
    `store_budget` of all members, before an approver is asked. `frames` are the origins of the company's pages that may show the store.
    """

    proofs: tuple[str, ...] = ("mail", "roster")
    domains: tuple[str, ...] = ()
    discount: int = 0
    company_percent: int = 0
    company_most: int = 0
    member_budget: int = 0
    store_budget: int = 0
    frames: tuple[str, ...] = ()


class Template(msgspec.Struct, frozen=True):
    """From what a store is made: its terms, its colour, how many plans of the first family stand on its shelf."""

    terms: Terms
    colour: str
    plans: int


class Shelved(msgspec.Struct, frozen=True):
    """An offering on a store's shelf: its private fee a month, and who pays which part of it, each by a price id of its own.

    `kind`: a plan, or a pack, which only the company orders and pays for.
    """

    offering: str
    name: dict[str, str]
    fee: Money
    member: Money
    company: Money
    member_price: str
    company_price: str | None = None
    kind: str = "plan"


class EStore(msgspec.Struct, frozen=True, kw_only=True):
    """A private shop of one enterprise, building or campus. `owner` is the organisation, `account` what its part is charged to."""

    home: int
    id: str
    slug: str
    kind: str
    name: str
    look: Look
    owner: str
    account: str
    unit: str | None
    status: str
    terms: Terms
    shelf: tuple[Shelved, ...]
    created: datetime
    staff: str | None = None
    revision: int = 1

    def offer(self, offering: str) -> Shelved | None:
        """This will find an offering on the shelf."""
        return next((one for one in self.shelf if one.offering == offering), None)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A person of the company's list; `key` is a mail address, or a staff or student number."""

    key: str
    name: str
    department: str = ""
    role: str = "member"
    since: datetime | None = None
    until: datetime | None = None


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has shown that they belong to a store."""

    id: str
    store: str
    party: str
    key: str
    name: str
    department: str
    role: str
    proof: str
    status: str
    joined: datetime
    until: datetime | None = None


class Card(msgspec.Struct, frozen=True):
    """That a party belongs to a store, as its own home knows it."""

    store: str
    slug: str
    name: str


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the company is asked to pay for: `minor` a month of a line whose fee is `fee`, by the price id `part_price`.

    `kind`: a new line (open), another plan for a line, in place of the request `replaces`, or a pack on one. `batch` names the sheet
    that it stood in; `first_minor` is what the member was charged for the first month.
    """

    id: str
    store: str
    member: str | None
    party: str | None
    key: str
    token: str | None
    offering: str
    name: Any
    number: str | None
    fee: int
    minor: int
    currency: str
    state: str
    reply_to: str | None
    why: str
    asked: datetime
    due: datetime
    decided: datetime | None = None
    decided_by: str | None = None
    product_order: str | None = None
    line: str | None = None
    part_price: str | None = None
    began: datetime | None = None
    ended: datetime | None = None
    kind: str = "open"
    replaces: str | None = None
    batch: str | None = None
    first_minor: int | None = None

    @property
    def company(self) -> Money:
        """This will give what the company pays of it a month."""
        return Money(self.minor, self.currency)

    @property
    def price(self) -> Money:
        """This will give the whole fee a month."""
        return Money(self.fee, self.currency)


class Split(msgspec.Struct, frozen=True):
    """What is paid for one line of a store for one month, minor units: by the company and by its member."""

    request: Request
    company: int
    member: int
    name: str = ""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet of orders that was taken over."""

    id: str
    store: str
    name: str
    lines: int
    staff: str | None
    at: datetime


class SheetLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a sheet. `kind`: open, plan or pack. `state`: queued, taken (its request tells on), refused or repeated, with `words`.

    `told` is when the person was last told, `told_by` how: sms or mail.
    """

    batch: str
    place: int
    store: str
    reference: str
    kind: str
    key: str
    offering: str
    number: str | None
    phone: str | None
    state: str
    words: Any = ""
    request: str | None = None
    told: datetime | None = None
    told_by: str | None = None


class Reported(msgspec.Struct, frozen=True):
    """What became of one line of the company's list: `words` say it, `done` whether it was taken."""

    place: int
    reference: str
    done: bool
    words: Any
