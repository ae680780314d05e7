"""How well a caller is known."""

from enum import IntEnum


class Proof(IntEnum):
    """What was shown: nothing, a number the network vouches for, a one-time code, a checked identity document."""

    NONE = 0
    LINE = 1
    CODE = 2
    REAL_NAME = 3
