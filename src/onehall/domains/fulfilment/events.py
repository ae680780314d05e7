"""What fulfilment tells."""

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
