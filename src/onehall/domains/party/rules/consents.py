"""What is decided of a customer's word: what it allows, what it changes, and from when it counts."""

from datetime import datetime, timedelta

from onehall.domains.party.model import WAYS
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal


def may_market(latest: bool | None) -> bool:
    """Marketing needs a yes; no answer is a no (MIIT Order 31 of 2015)."""
    return latest is True


def ways_after(before: frozenset[str], way: str | None, allowed: bool) -> frozenset[str]:
    """A word about one way of marketing leaves the others as they are; one that names no way counts for all.

    :raises Refusal: `consent.way`, 422.
    """
    if way is not None and way not in WAYS:
        raise Refusal("consent.way", _("There is no such way."), 422)
    meant = frozenset(WAYS) if way is None else frozenset({way})
    return before | meant if allowed else before - meant


def stops_at(now: datetime, sent: datetime | None) -> datetime:
    """A stop counts from when it is heard, and after whatever was sent before it, also by a clock that is ahead of ours."""
    return now if sent is None or sent < now else sent + timedelta(microseconds=1)


def may_personalise(latest: bool | None) -> bool:
    """Offers are chosen for a person unless they switched that off (PIPL, article 24)."""
    return latest is not False
