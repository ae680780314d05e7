"""Two example resources: books (a reference table that partners write) and loans (rows with home, party, unit and state)."""

from datetime import datetime
from typing import Any

import msgspec

from onehall.kernel import ids
from onehall.kernel.i18n import _
from onehall.kernel.identity.who import Who
from onehall.kernel.lifecycle import Lifecycle
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Access, Body, Column, Kept, Kind, Note, RelatedParty, Resource, TimePeriod, instant, keeping
from onehall.kernel.store import Store, Tx

API = "libraryManagement"
TABLES = (
    """CREATE TABLE book (id text COLLATE "C" PRIMARY KEY, doc jsonb NOT NULL, revision int NOT NULL, name text NOT NULL,
       changed timestamptz NOT NULL, status text NOT NULL)""",
    """CREATE TABLE loan (home smallint NOT NULL, id text COLLATE "C" NOT NULL, doc jsonb NOT NULL, revision int NOT NULL,
       party text NOT NULL, unit text, state text NOT NULL, days int NOT NULL, begun timestamptz NOT NULL, PRIMARY KEY (home, id))""",
)
LOAN_LIFE = Lifecycle("loan", "open -> returned | lost")


class Size(msgspec.Struct, kw_only=True):
    pages: int
    weight: float | int | None = None


class Book(Body):
    name: str
    is_rare: bool | None = None
    size: Size | None = None
    valid_for: TimePeriod | None = None
    note: list[Note] | None = None
    lifecycle_status: str | None = None


class Loan(Body):
    related_party: list[RelatedParty]
    days: int
    due: datetime | None = None
    state: str | None = None
    note: list[Note] | None = None


async def add_book(tx: Tx, doc: dict[str, Any], who: Who) -> dict[str, Any]:
    return await keeping.insert(tx, BOOK, doc, changed=tx.now, status=doc.get("lifecycleStatus", "Active"))


async def amend_book(tx: Tx, kept: Kept, wanted: dict[str, Any], who: Who) -> dict[str, Any]:
    return await keeping.update(tx, BOOK, kept, wanted, changed=tx.now)


async def drop_book(tx: Tx, kept: Kept, who: Who) -> None:
    if kept["lifecycleStatus"] == "Kept":
        raise Refusal("book.kept", _("This book stays."), 409)
    await keeping.remove(tx, BOOK, kept)


async def lend(tx: Tx, doc: dict[str, Any], who: Who) -> str:
    party = doc["relatedParty"][0]["id"]
    if who.party and party != who.party:
        raise Refusal("loan.party", _("You may not do this."), 403)
    if doc["days"] > 30:
        raise Refusal("loan.long", _("{days} days are too long.", days=doc["days"]))
    new = await keeping.insert(tx, LOAN, doc, party=party, unit=who.unit, state="open", begun=tx.now, days=doc["days"])
    return str(new["id"])


async def amend_loan(tx: Tx, kept: Kept, wanted: dict[str, Any], who: Who) -> None:
    state = wanted["state"]
    if state != kept["state"]:
        LOAN_LIFE.check(kept["state"], state)
    await keeping.update(tx, LOAN, kept, wanted, state=state)


BOOK = Resource(
    api=API,
    name="book",
    table="book",
    reference=True,
    attributes=Book,
    state="lifecycleStatus",
    columns={
        "name": "name",
        "lifecycleStatus": Column("status", live=True),
        "lastUpdate": Column("changed", Kind.TIME, live=True),
    },
    fixed=("lastUpdate",),
    defaults={"lifecycleStatus": "Active"},
    may_read=Access.PUBLIC,
    may_write=Access.PARTNER,
    create=add_book,
    patch=amend_book,
    delete=drop_book,
)
LOAN = Resource(
    api=API,
    name="loan",
    table="loan",
    attributes=Loan,
    state="state",
    mandatory=("relatedParty.id",),
    patchable=("note", "state", "due"),
    columns={
        "relatedParty.id": "party",
        "state": Column("state", live=True),
        "days": Column("days", Kind.INTEGER),
        "loanDate": Column("begun", Kind.TIME, live=True),
        "fee": Column("jsonb_build_object('unit', 'CNY', 'value', days * 10)", Kind.JSON, live=True),
    },
    create=lend,
    patch=amend_loan,
)
RESOURCES = (BOOK, LOAN)

MEI = ids.new_id(7, datetime(2025, 1, 1))
LEI = ids.new_id(2000, datetime(2025, 1, 1))
GUEST = Who()
PARTNER = Who(partner="p1", scopes=frozenset({"tmf:read", "tmf:write"}), by="bearer")
OTHER_PARTNER = Who(partner="p2", scopes=frozenset({"tmf:read", "tmf:write"}), by="bearer")
READER = Who(partner="p3", scopes=frozenset({"tmf:read"}), by="bearer")
CUSTOMER = Who(party=MEI, by="bearer")
OTHER = Who(party=LEI, by="bearer")
BROWSER = Who(party=MEI, by="cookie")
CLERK = Who(staff="s1", unit="onehall.gd.gz.s1", roles=frozenset({"clerk"}), by="bearer")
PROVINCE = Who(staff="s2", unit="onehall.gd", roles=frozenset({"supervisor"}), by="bearer")
ELSEWHERE = Who(staff="s3", unit="onehall.gdx", roles=frozenset({"supervisor"}), by="bearer")
ROOT = Who(staff="s4", unit="onehall", roles=frozenset({"operations"}), by="bearer")


async def build(store: Store) -> None:
    async with store.edge(0) as tx:
        for statement in TABLES:
            await tx.write(statement)


def loan(party: str, days: int = 5, **more: Any) -> dict[str, Any]:
    return {"relatedParty": [{"id": party, "role": "reader"}], "days": days, **more}


def now_text(store: Store) -> str:
    return instant(store.clock.now())
