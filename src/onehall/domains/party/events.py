"""What this domain tells: facts, and the TM Forum resources whose changes partners hear of (`api` says what can be done)."""

from typing import Any

from onehall.kernel.events import Fact
from onehall.kernel.resources import Column, Resource


class PartyRegistered(Fact, frozen=True, tag="party.registered"):
    """Somebody became known to us. `how`: prospect, import, api."""

    party: str
    kind: str
    how: str = ""


class RealNameTaken(Fact, frozen=True, tag="party.real_name_taken"):
    """An identity document was checked and belongs to the party; the number itself is told to nobody."""

    party: str
    document_type: str
    first: bool = True


class RealNameRefused(Fact, frozen=True, tag="party.real_name_refused"):
    """An identity check said no; `why` is its code."""

    journey: str
    why: str
    party: str | None = None


class ConsentGiven(Fact, frozen=True, tag="party.consent_given"):
    """A customer allowed something: `way` of marketing ("" for every way), in the `words` that they saw."""

    party: str
    purpose: str
    consent: str
    way: str = ""
    words: dict[str, Any] = {}


class ConsentWithdrawn(Fact, frozen=True, tag="party.consent_withdrawn"):
    """A customer no longer allows something; it counts from this moment. `way` and `words` as where it was given."""

    party: str
    purpose: str
    consent: str
    way: str = ""
    words: dict[str, Any] = {}


class AgentAllowed(Fact, frozen=True, tag="party.agent_allowed"):
    """A customer let a program act for them."""

    party: str
    grant: str
    name: str
    scope: str


class AgentStopped(Fact, frozen=True, tag="party.agent_stopped"):
    """A customer ended what a program may do for them."""

    party: str
    grant: str


class ContactChanged(Fact, frozen=True, tag="party.contact_changed"):
    """A way to reach somebody changed; `what`: phone, email, language. The value is not told."""

    party: str
    what: str


class CustomerChanged(Fact, frozen=True, tag="party.customer_changed"):
    """A customer came to be, or moved to another state."""

    customer: str
    party: str
    status: str


class SlotKept(Fact, frozen=True, tag="party.slot_kept"):
    """A line took one of its holder's five places for good."""

    line: str
    slot: int


class SlotFreed(Fact, frozen=True, tag="party.slot_freed"):
    """A line gave its place back."""

    line: str


class SameDocument(Fact, frozen=True, tag="party.same_document"):
    """Two parties showed one document: they are one person, and may be merged."""

    party: str
    other: str


class PushTurned(Fact, frozen=True, tag="party.push_turned"):
    """A customer has a browser of theirs told things from now on, or no more."""

    device: str
    party: str
    on: bool


INDIVIDUAL = Resource(
    api="party", name="individual", table="party", where="kind = 'individual'", party="id", state="status",
    columns={"status": Column("status", live=True), "fullName": "name"},
)  # fmt: skip
ORGANIZATION = Resource(
    api="party", name="organization", table="party", where="kind = 'organization'", party="id", state="status",
    columns={"status": Column("status", live=True)},
)  # fmt: skip
CUSTOMER = Resource(
    api="customerManagement", name="customer", table="customer", state="status",
    columns={"status": Column("status", live=True), "name": Column("name", live=True), "engagedParty.id": "party"},
)  # fmt: skip
OF_KIND = {"individual": INDIVIDUAL, "organization": ORGANIZATION}
