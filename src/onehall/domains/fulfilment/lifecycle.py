"""How a plan and its steps move."""

from onehall.kernel.lifecycle import Lifecycle

PLAN = Lifecycle("plan", "running -> undoing | done\nundoing -> undone")
STEP = Lifecycle(
    "step",
    """
    waiting -> running | dropped
    running -> done | failed
    done    -> undoing
    undoing -> undone
    """,
)
