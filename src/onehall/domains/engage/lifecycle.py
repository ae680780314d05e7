"""How campaigns and their contacts move."""

from onehall.kernel.lifecycle import Lifecycle

CAMPAIGN = Lifecycle(
    "campaign",
    """
    draft   -> running | stopped
    running -> paused | stopped | done
    paused  -> running | stopped
    """,
)
CONTACT = Lifecycle(
    "contact",
    """
    weighed -> sent | suppressed
    sent    -> delivered | withdrawn | failed
    """,
)
