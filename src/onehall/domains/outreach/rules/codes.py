"""What a code may be, and whose it is."""

from collections.abc import Sequence
from datetime import datetime

from onehall.domains.outreach.model import KINDS, Owner, Tenure
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal, missing

LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
LENGTH = 8
CODES_AT_ONCE_MAX = 500
_CAMPAIGN_LENGTH_MAX = 60


def check_code(text: str) -> str:
    """A code is eight signs that cannot be mistaken for one another; case, spaces and dashes do not matter."""
    bare = "".join(sign for sign in text.lower() if sign not in " -")
    if len(bare) != LENGTH or set(bare) - set(LETTERS):
        raise missing(_("code"))
    return bare


def code_in(source: str | None) -> str | None:
    """What somebody came by is one of our codes when it has the form of one; else it is another kind of source."""
    bare = "".join(sign for sign in (source or "").lower() if sign not in " -")
    return bare if len(bare) == LENGTH and not set(bare) - set(LETTERS) else None


def check_owner(kind: str, owner: Owner, offering: str | None) -> None:
    """A store's code names a store, a clerk's a clerk and a store, a shelf's a store and what lies there, a campaign's a campaign."""
    wrong = {
        "store": not owner.unit, "clerk": not (owner.unit and owner.staff), "shelf": not (owner.unit and offering),
        "campaign": not owner.campaign or len(owner.campaign) > _CAMPAIGN_LENGTH_MAX,
    }  # fmt: skip
    if kind not in KINDS:
        raise Refusal("code.kind", _("There is no such kind of code."), 422)
    if wrong[kind]:
        needs = {
            "store": _("A store's code needs a store."), "clerk": _("A clerk's code needs the clerk and their store."),
            "shelf": _("A shelf code needs a store and what lies on the shelf."),
            "campaign": _("A campaign's code needs a name of at most 60 letters."),
        }  # fmt: skip
        raise Refusal("code.owner", needs[kind], 422)


def check_count(count: int) -> int:
    """Codes are made one by one or many at once, 500 at most."""
    if not 1 <= count <= CODES_AT_ONCE_MAX:
        raise Refusal("code.count", _("1 to {count} codes are made at once.", count=CODES_AT_ONCE_MAX), 422)
    return count


def wished(
    kind: str, units: Sequence[str], clerks: Sequence[Owner], offerings: Sequence[str], campaign: str, copies: int
) -> tuple[tuple[Owner, str | None], ...]:
    """One order for codes makes one for each store, each clerk, each thing on each store's shelf, or so many of a campaign."""
    named: dict[str, list[tuple[Owner, str | None]]] = {
        "store": [(Owner(unit), None) for unit in units],
        "clerk": [(clerk, None) for clerk in clerks],
        "shelf": [(Owner(unit), offering) for unit in units for offering in offerings],
        "campaign": [(Owner(units[0] if units else None, None, campaign or None), None)],
    }
    return tuple(one for one in named.get(kind, [(Owner(), None)]) for _copy in range(max(1, copies)))


def owner_at(tenures: Sequence[Tenure], at: datetime) -> Owner:
    """A code belongs at any moment to the owner that it was given last by then."""
    before = [one for one in tenures if one.since <= at]
    found = max(before, key=lambda one: one.since, default=None) or min(tenures, key=lambda one: one.since, default=None)
    return found.owner if found else Owner()


def availability(here: int, centre: int) -> str:
    """What does not lie in the store is sold there all the same, as long as the centre has it."""
    if here > 0:
        return "here"
    return "centre" if centre > 0 else "none"
