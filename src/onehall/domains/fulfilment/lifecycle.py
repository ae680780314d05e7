"""How a plan and its steps move."""

from onehall.kernel.lifecycle import Lifecycle

PLAN = Lifecycle("plan", "running -> undoing | done\nundoing -> undone")
# A step that waits again was sent back for (a card that could not be written); a person's step that was not done is dropped.
STEP = Lifecycle(
    "step",
    """
    waiting -> running | dropped
    running -> done | failed | waiting | dropped
    done    -> undoing | waiting
    undoing -> undone
    """,
)
