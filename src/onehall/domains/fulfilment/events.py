"""What fulfilment tells."""

from datetime import datetime

from onehall.kernel.events import Fact


class StepDone(Fact, frozen=True, tag="fulfilment.step_done"):
    """A step was done."""

    order: str
    step: str
    seconds: int


class StepFailed(Fact, frozen=True, tag="fulfilment.step_failed"):
    """A step could not be done."""

    order: str
    step: str
    why: str


class StepUndone(Fact, frozen=True, tag="fulfilment.step_undone"):
    """A done step was taken back."""

    order: str
    step: str


class StepSentBack(Fact, frozen=True, tag="fulfilment.step_sent_back"):
    """An order went back from a step to an earlier one, to be done again from there; its card is thrown away."""

    order: str
    step: str
    to: str
    card: str


class CardShipped(Fact, frozen=True, tag="fulfilment.card_shipped"):
    """A card left the centre with a courier."""

    order: str
    party: str
    tracking: str


class CardArrived(Fact, frozen=True, tag="fulfilment.card_arrived"):
    """A courier stood at the buyer's door for the first time; the card is to be activated until then."""

    order: str
    party: str
    until: datetime


class FaceRefused(Fact, frozen=True, tag="fulfilment.face_refused"):
    """At the door the authority did not find the face to be that of the document; `reference` is its own number for the check."""

    order: str
    party: str
    reference: str


class CardHandedOver(Fact, frozen=True, tag="fulfilment.card_handed_over"):
    """A card was handed over on three confirmations; `reference` is the authority's number for the comparison of the face."""

    order: str
    party: str
    reference: str


class CardRecycled(Fact, frozen=True, tag="fulfilment.card_recycled"):
    """A card was not activated in time: its number goes back and the order is taken back."""

    order: str
    party: str
    number: str
    step: str
