"""The words between a function and a channel: questions, options, summaries, and what is said at the end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from onehall.kernel.functions import Ask, Proof
from onehall.kernel.i18n import Words, keep
from onehall.kernel.money import Money


def as_kept(value: msgspec.Struct) -> dict[str, Any]:
    """This will give a structure exactly as it comes back from a row, so that the two can be compared."""
    return msgspec.json.decode(msgspec.json.encode(value))


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """A labelled value. `kind`: text money data date number status bar; `share` is 0-100 for a bar."""

    label: Any
    value: Any
    kind: str = "text"
    share: int | None = None


def item(label: Words, value: Any, kind: str | None = None, share: int | None = None) -> Item:
    """This will make an Item, finding its kind from the value where it is not said."""
    found = kind or ("money" if isinstance(value, Money) else "date" if isinstance(value, datetime) else "text")
    return Item(label, keep(value), found, share)


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to choose: `value` is its stable name, `holds` what the function wants back, as it was when chosen."""

    value: str
    text: Any
    note: Any = ""
    price: Money | None = None
    per: Any = ""
    badge: Any = ""
    group: Any = ""
    facts: Sequence[Item] = ()
    holds: dict[str, Any] = {}


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One box of a form. `kind`: text phone amount select date file image code email number."""

    name: str
    text: Any
    kind: str = "text"
    required: bool = True
    hint: Any = ""
    options: Sequence[Option] = ()
    value: str = ""


class Summary(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is agreed to: it is recorded word for word with the yes."""

    lines: Sequence[Item]
    total: Money | None = None
    terms: Sequence[Any] = ()


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question as it is kept and shown; `turn` numbers the questions of a journey."""

    kind: Ask
    key: str
    text: Any
    turn: int = 0
    why: Any = None
    options: Sequence[Option] = ()
    more: bool = False
    search: bool = False
    fields: Sequence[Field] = ()
    summary: Summary | None = None
    amount: Money | None = None
    url: str | None = None
    expires: datetime | None = None
    level: Proof | None = None
    ways: Sequence[str] = ()


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of a function: a sentence, facts, a series for a chart, and the functions that follow, with what they are `given`."""

    text: Any
    facts: Sequence[Item] = ()
    next: Sequence[str] = ()
    series: Sequence[Item] = ()
    given: dict[str, Any] = {}


class Entry(msgspec.Struct, omit_defaults=True):
    """One line of a journey's state. `kind`: answer effect payment hold proof arrival.

    `made` is what was made of an answer in words; `of` the answer that a hold belongs to. Of a `secret` answer both are
    sealed in `value`. `agreed` says whose yes it is, where programs speak too: person, elicited, limit.
    """

    kind: str
    key: str
    value: Any
    turn: int = 0
    text: Any = None
    shown: Any = None
    at: datetime | None = None
    channel: str = ""
    staff: str | None = None
    party: str | None = None
    made: Any = None
    of: str | None = None
    until: datetime | None = None
    secret: bool = False
    agreed: str = ""


class Held(msgspec.Struct, frozen=True):
    """Something scarce, held under a lease: `what` names the kind, `ref` the thing, `token` whose it is."""

    what: str
    ref: str
    home: int
    token: str
    until: datetime


class Proved(msgspec.Struct, frozen=True):
    """Who somebody turned out to be, and how well we know it."""

    party: str
    level: Proof
    by: str
    until: datetime
    new: bool = False
