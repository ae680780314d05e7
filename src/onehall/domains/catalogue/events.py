"""What the catalogue tells."""

from onehall.kernel.events import Fact


class OfferingPublished(Fact, frozen=True, tag="offering.published"):
    """An offering came into the catalogue; whether it is on sale its gaps say."""

    offering: str
    kind: str
    status: str


class TermsChanged(Fact, frozen=True, tag="offering.terms_changed"):
    """New customers get other terms from `since` on; those who hold the old ones keep them."""

    offering: str
    price_id: str
    before: str
    minor: int
    currency: str


class OfferingWithdrawn(Fact, frozen=True, tag="offering.withdrawn"):
    """An offering is no longer sold."""

    offering: str
