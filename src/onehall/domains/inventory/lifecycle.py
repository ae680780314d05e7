"""The states of numbers, SIMs and products."""

from onehall.kernel.lifecycle import Lifecycle

# A hold that has lapsed, and a number that has rested, are as good as free: time alone makes them so.
NUMBER = Lifecycle(
    "number",
    """
    free    -> held | resting
    held    -> free | held | sold
    sold    -> free | resting
    resting -> free | held
    """,
)

SIM = Lifecycle(
    "sim",
    """
    stock    -> reserved | spoilt
    reserved -> stock | written | active | spoilt
    written  -> active | spoilt
    active   -> retired
    """,
)

# SID's ProductStatusType
PRODUCT = Lifecycle(
    "product",
    """
    created          -> pendingActive | active | cancelled | aborted | terminated
    pendingActive    -> active | cancelled | aborted | terminated
    active           -> suspended | pendingTerminate | terminated
    suspended        -> active | pendingTerminate | terminated
    pendingTerminate -> active | terminated
    """,
)
