"""What the pages of codes share: words for kinds and verdicts, the reader's stores and clerks, a code as a row."""

from typing import Any

from onehall.domains import catalogue, outreach
from onehall.domains.outreach import Code, Owner
from onehall.kernel.i18n import Text, _, show
from onehall.kernel.identity import staff
from onehall.kernel.identity.scope import can_see, is_root, lies_in
from onehall.kernel.refusals import missing
from onehall.kernel.settings import current
from onehall.pages import Visit
from onehall.pages.codes.sheet import Card, spaced
from onehall.pages.visit import unit_names

KINDS: dict[str, Text] = {"store": _("Store"), "clerk": _("Clerk"), "shelf": _("Shelf item"), "campaign": _("Campaign")}
STATES: dict[str, Text] = {"active": _("in use"), "ended": _("no longer in use")}
VERDICTS: dict[str, Text] = {
    "credited": _("credited"), "too_old": _("more than {days} days before the order"), "after": _("scanned after the order"),
    "other_store": _("another store was scanned later"), "later_scan": _("a later scan was credited"),
}  # fmt: skip
PARTS: dict[str, Text] = {"unit": _("Store"), "staff": _("Clerk"), "campaign": _("Campaign")}
CLERKS_MAX = 200


class Names:
    """The names of units, clerks and offerings, as the reader says them."""

    def __init__(self, visit: Visit, units: dict[str, str], clerks: list[staff.Staff], offerings: dict[str, str]) -> None:
        self.lang = visit.lang
        self.units = units
        self.clerks = clerks
        self.offerings = offerings
        self._people = {one.id: one.name for one in clerks}

    def person(self, member: str | None) -> str:
        """This will name a member of staff; one who is not known here by their id."""
        return self._people.get(member or "", member or "")

    def unit(self, unit: str | None) -> str:
        """This will name a unit."""
        return self.units.get(unit or "", unit or "")

    def owner(self, owner: Owner) -> str:
        """This will name an owner in a line."""
        return " · ".join(part for part in (self.unit(owner.unit), self.person(owner.staff), owner.campaign or "") if part)

    def offering(self, offering: str | None) -> str:
        """This will name what lies on a shelf."""
        return self.offerings.get(offering or "", offering or "")


async def names(visit: Visit) -> Names:
    """This will read the names that pages of codes need."""
    async with visit.store.edge(0) as tx:
        clerks = await staff.all_of(tx, visit.who.unit or "", CLERKS_MAX)
        sold = [*await catalogue.queries.plans(tx), *await catalogue.queries.packs(tx)]
    return Names(visit, await unit_names(visit.store, visit.lang), clerks, {one.id: show(one.name, visit.lang) for one in sold})


async def stores(visit: Visit) -> list[tuple[str, str]]:
    """This will list the stores of the reader's part of the operator."""
    async with visit.store.edge(0) as tx:
        found = await outreach.queries.stores(tx)
    return [(path, show(name, visit.lang)) for path, name, _city in found if lies_in(path, visit.who.unit)]


def check_within(visit: Visit, unit: str | None) -> None:
    """This will check that a code belongs to the reader's part of the operator.

    :raises Refusal: `not.found`, 404.
    """
    if not can_see(visit.who, None, unit):
        raise missing(_("code"))


def own_unit(visit: Visit) -> str | None:
    """This will give the unit that a code without a store belongs to: none for those at the root, who see all."""
    return None if is_root(visit.who.unit) else visit.who.unit


def address(code: str) -> str:
    """This will give the address that stands in a code's pattern."""
    return f"{current().url}/q/{code}"


def row(one: Code, said: Names, used: dict[str, tuple[int, int]] | None = None) -> dict[str, Any]:
    """This will show a code as a row."""
    scans, orders = (used or {}).get(one.code, (0, 0))
    return {
        "code": one.code, "letters": spaced(one.code), "kind": KINDS[one.kind].render(said.lang), "owner": said.owner(one.owner),
        "offering": said.offering(one.offering) if one.offering else "", "label": one.label, "state": one.state,
        "says": STATES[one.state].render(said.lang), "made": one.made, "scans": scans, "orders": orders, "url": address(one.code),
    }  # fmt: skip


def card(one: Code, said: Names) -> Card:
    """This will lay out a code for paper: what it leads to above, whose it is below."""
    kinds = {"store": _("Take a number, see our plans"), "clerk": _("{name} serves you", name=said.person(one.owner.staff))}
    title = said.offering(one.offering) if one.offering else show(kinds.get(one.kind, one.owner.campaign or ""), said.lang)
    return Card(one.code, address(one.code), one.label or title, said.owner(one.owner))
