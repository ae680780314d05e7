"""What private shops tell."""

from onehall.kernel.events import Fact


class StoreOpened(Fact, frozen=True, tag="estore.opened"):
    """A store was made."""

    store: str
    slug: str
    kind: str


class StoreChanged(Fact, frozen=True, tag="estore.changed"):
    """A store's look, terms or shelf are others now; `what` names them."""

    store: str
    what: str


class RosterTaken(Fact, frozen=True, tag="estore.roster_taken"):
    """A list of people was taken over."""

    store: str
    people: int


class SheetTaken(Fact, frozen=True, tag="estore.sheet_taken"):
    """A sheet of orders was taken over; each line is worked by itself."""

    batch: str
    store: str
    lines: int


class MemberJoined(Fact, frozen=True, tag="estore.member_joined"):
    """Somebody has shown that they belong to a store."""

    store: str
    member: str
    party: str
    proof: str


class RequestMade(Fact, frozen=True, tag="estore.request_made"):
    """The company is asked to pay; `state` says whether it lies within the budget (approved) or waits (asked)."""

    request: str
    store: str
    party: str
    minor: int
    currency: str
    state: str


class RequestDecided(Fact, frozen=True, tag="estore.request_decided"):
    """An approver said yes or no."""

    request: str
    store: str
    by: str
    state: str


class RequestMoved(Fact, frozen=True, tag="estore.request_moved"):
    """What was asked for was ordered, works, has ended, or was withdrawn."""

    request: str
    store: str
    state: str
