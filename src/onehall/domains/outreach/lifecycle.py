"""How a code and a place in the queue move."""

from onehall.kernel.lifecycle import Lifecycle

CODE = Lifecycle("code", "active -> ended")
TICKET = Lifecycle(
    "ticket",
    """
    waiting -> called | left
    called  -> served | no_show | waiting
    """,
)
