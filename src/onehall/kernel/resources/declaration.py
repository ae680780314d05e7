"""What a domain says of one TM Forum resource; paging, filters, PATCH, errors and notifications follow from it.

    OFFERING = Resource(
        api="productCatalogManagement", name="productOffering", table="product_offering", reference=True,
        attributes=Offering, columns={"lifecycleStatus": Column("status", live=True), "name": "name"},
        state="lifecycleStatus", create=actions.publish, patch=actions.amend, delete=actions.withdraw,
    )

The table has `id`, `doc jsonb` (the body), `revision int` (every write of the row adds one), `home` unless it is a
reference table, and the typed columns that are named. `id`, `href` and `@type` need not stand in `doc`.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from onehall.kernel import ids
from onehall.kernel.identity.who import Who
from onehall.kernel.store import Tx

Doc = dict[str, Any]
VERSION = "v4"
ROOT = "/tmf-api"
ID_LENGTH_MAX = 100


class Access(StrEnum):
    """Who may do a thing. A partner always needs the scope `tmf:read` or `tmf:write`."""

    PUBLIC = "public"  # anyone, guests too
    OWN = "own"  # a customer their own rows; staff the rows of their units; a partner all
    PARTNER = "partner"  # a partner; staff with one of the resource's `roles`
    NOBODY = "nobody"  # no one through this API


class Kind(StrEnum):
    """Types a column can have."""

    TEXT = "text"
    TIME = "timestamptz"
    INTEGER = "bigint"
    NUMBER = "numeric"
    BOOLEAN = "boolean"
    JSON = "jsonb"


class Column(msgspec.Struct, frozen=True):
    """A typed column (or an SQL expression over the row) that stands for an attribute.

    `live`: the attribute is shown from here, not from `doc`, because it changes often or lives elsewhere.
    """

    sql: str
    kind: Kind = Kind.TEXT
    live: bool = False


class Kept(dict[str, Any]):
    """A resource as it stands in its row: its attributes as shown, and the revision that a change must name."""

    def __init__(self, doc: Doc, revision: int) -> None:
        super().__init__(doc)
        self.revision = revision

    @property
    def id(self) -> str:
        """This will give the row's id."""
        return str(self["id"])


BodyType = type[msgspec.Struct]
Create = Callable[[Tx, Doc, Who], Awaitable[Doc | str]]
Patch = Callable[[Tx, Kept, Doc, Who], Awaitable[Any]]
Delete = Callable[[Tx, Kept, Who], Awaitable[None]]
HomeOf = Callable[[Doc, Who], "str | int | None"]
Seek = Callable[[Tx, Doc, Who], Awaitable["str | int | None"]]
Became = Callable[[Tx, str], Awaitable["str | None"]]


class Resource(msgspec.Struct, frozen=True, kw_only=True, dict=True, eq=False):
    """One TM Forum resource. `table` may be any FROM item; `doc` any jsonb expression over it; `where` narrows it.

    `create(tx, doc, who)` stores and gives the doc with its `id`, or the id; `patch(tx, kept, wanted, who)` and
    `delete(tx, kept, who)` store too (see `keeping`). They are the domain's own verbs, shared with the channels, and
    tell `changed(...)` themselves where the change may also come from elsewhere; what they forget the engine tells.
    `patchable`: first-level attributes that PATCH may change (None: all but `fixed`). `home`: where a created row
    lives, as a bucket or an id that carries it; if not said, the caller's own, that of the first related party, or a new one.
    `seek`: as `home`, where the body alone does not say it; it may read, and changes nothing.
    `became`: what is answered for an id that was given away and is no row any more: the id that it has now.
    `page`: rows of a page when the caller does not say, 1000 at most.
    """

    api: str
    name: str
    table: str
    type: str = ""
    doc: str = "doc"
    where: str = ""
    reference: bool = False
    party: str | None = "party"
    unit: str | None = "unit"
    columns: Mapping[str, Column | str] = {}
    attributes: BodyType | None = None
    mandatory: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = {}
    patchable: tuple[str, ...] | None = None
    fixed: tuple[str, ...] = ()
    state: str = ""
    may_read: Access = Access.OWN
    may_write: Access = Access.OWN
    roles: tuple[str, ...] = ("operations", "admin")
    create: Create | None = None
    patch: Patch | None = None
    delete: Delete | None = None
    home: HomeOf | None = None
    seek: Seek | None = None
    became: Became | None = None
    asynchronous: bool = False
    page: int = 100
    version: str = VERSION
    about: str = ""

    @cached_property
    def noun(self) -> str:
        """This will give the resource's type: ProductOffering."""
        return self.type or self.name[0].upper() + self.name[1:]

    @cached_property
    def path(self) -> str:
        """This will give the absolute path of the collection."""
        return f"{ROOT}/{self.api}/{self.version}/{self.name}"

    @cached_property
    def typed(self) -> dict[str, Column]:
        """This will give the columns by attribute path, the id among them."""
        named = {path: column if isinstance(column, Column) else Column(column) for path, column in self.columns.items()}
        return {"id": Column("id"), **named}

    @cached_property
    def live(self) -> dict[str, Column]:
        """This will give the first-level attributes that are shown from columns."""
        return {path: column for path, column in self.typed.items() if column.live}

    @cached_property
    def protected(self) -> frozenset[str]:
        """This will give the attributes that no PATCH may change."""
        return frozenset({"id", "href", *self.fixed})

    def href(self, id_: str) -> str:
        """This will give the absolute path of one."""
        return f"{self.path}/{id_}"

    def event(self, kind: str) -> str:
        """This will give the name of a notification: stateChange -> ProductOfferingStateChangeEvent."""
        return f"{self.noun}{kind[0].upper()}{kind[1:]}Event"

    def knows(self, id_: str) -> bool:
        """This will tell whether a text can be an id here."""
        if self.reference:
            return 0 < len(id_) <= ID_LENGTH_MAX and id_.isprintable()
        return ids.is_id(id_)

    def home_of(self, id_: str) -> int:
        """This will give the home of a row by its id; reference rows have none and are written from bucket 0."""
        return 0 if self.reference else ids.home_of(id_)
