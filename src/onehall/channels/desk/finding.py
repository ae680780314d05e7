"""Finding a customer, and all that is theirs, as far as this clerk's part of the operator may see."""

from typing import Any

import msgspec

from onehall.domains import billing, inventory, order
from onehall.domains import party as parties
from onehall.domains.billing import Account, Bill
from onehall.domains.inventory import Line
from onehall.domains.order import Order
from onehall.domains.party import Party
from onehall.kernel import ids, timeline
from onehall.kernel.events import Fact, Origin
from onehall.kernel.i18n import _, show
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.journeys import Row
from onehall.kernel.journeys.row import load
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx
from onehall.kernel.timeline import Told
from onehall.pages import Visit

STORY_MAX = 60
JOURNEYS_READ_MAX = 30
BILLS_SHOWN = 4


class CustomerSeen(Fact, frozen=True, tag="desk.customer_seen"):
    """A clerk looked at a customer: who looks at whom is told too."""

    party: str


class Card(msgspec.Struct, frozen=True):
    """What a clerk sees of a customer."""

    party: Party
    lines: list[Line]
    accounts: dict[str, Account]
    left: dict[str, list[dict[str, Any]]]
    orders: list[Order]
    bills: list[Bill]
    told: list[Told]
    rows: dict[str, Row]


async def find(visit: Visit, words: str) -> list[Party]:
    """This will look for customers whom this clerk may serve, by phone, number, name or document."""
    if len(words) < 2:
        return []
    async with visit.store.edge(0) as tx:
        found = {one.id: one for one in await parties.queries.find(tx, words, visit.who.unit)}
        owner = await _owner_of_number(tx, words)
        if owner is not None and parties.serves_here(owner.unit, visit.who.unit):
            found[owner.id] = owner
    return list(found.values())


async def customer(visit: Visit, id_: str) -> Party:
    """This will give a customer whom this clerk may serve.

    :raises Refusal: `not.found`, 404, also for those of another province.
    """
    if not ids.is_id(id_):
        raise missing(_("customer"))
    async with visit.store.edge(id_) as tx:
        found = await parties.queries.party(tx, id_)
    if not parties.serves_here(found.unit, visit.who.unit):
        raise missing(_("customer"))
    return found


async def card(visit: Visit, party: Party, before: str = "", quiet: bool = True) -> Card:
    """This will gather what is a customer's, and tell the log that it was looked at."""
    origin = Origin(channel="desk", party=party.id, staff=visit.who.staff, unit=visit.who.unit)
    async with visit.store.edge(party.id, origin) as tx:
        lines = await inventory.queries.lines_of(tx, party.id)
        accounts = {one.line or one.id: one for one in await billing.queries.accounts(tx, party.id)}
        left = {number or "": [_bucket(one, visit.lang) for one in some] for number, some in await billing.queries.allowances(tx, party.id)}
        orders = await order.queries.orders_of(tx, party.id)
        keys = (party.id, *(one.id for one in orders), *(one.id for one in lines), *(one.id for one in accounts.values()))
        bills = await billing.queries.bills.bills(tx, party.id, BILLS_SHOWN)
        told = await timeline.of_party(tx, party.id, keys, before, STORY_MAX * 2 if quiet else STORY_MAX)
        rows = await _journeys(tx, told)
        if not before:
            tx.tell(CustomerSeen(party.id))
    return Card(party, lines, accounts, left, orders, bills, told, rows)


async def _journeys(tx: Tx, told: list[Told]) -> dict[str, Row]:
    named = list(dict.fromkeys(one.journey for one in told if one.journey))[:JOURNEYS_READ_MAX]
    found = [await load(tx, journey) for journey in named if ids.home_of(journey) == tx.home]
    return {row.id: row for row in found if row is not None}


async def _owner_of_number(tx: Tx, words: str) -> Party | None:
    try:
        line = await inventory.queries.line_of_number(tx, phone_of(words).removeprefix("+86"))
        return await parties.queries.party(tx, line.party) if line else None
    except Refusal:
        return None


def _bucket(bucket: billing.Bucket, lang: str) -> dict[str, Any]:
    unit = {"data_mb": _("data"), "voice_min": _("calls"), "sms": _("texts")}.get(bucket.kind)
    share = round(100 * bucket.left / bucket.total) if bucket.total else 0
    amounts = {
        "data_mb": _("{left} of {total} MB", left=bucket.left, total=bucket.total),
        "voice_min": _("{left} of {total} min", left=bucket.left, total=bucket.total),
    }
    said = amounts.get(bucket.kind) or _("{left} of {total}", left=bucket.left, total=bucket.total)
    label = f"{show(unit or bucket.kind, lang)} · {show(bucket.name, lang)}"
    return {"label": label, "value": said.render(lang), "share": share, "kind": "text"}
