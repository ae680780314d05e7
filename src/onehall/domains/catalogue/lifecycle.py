"""The life of an offering, and of what it is made of; TMF620 has the names."""

from onehall.kernel.lifecycle import Lifecycle

OFFERING = Lifecycle("offering", """
    In study  -> In design | In test | Active | Launched | Rejected
    In design -> In study | In test | Active | Launched | Rejected
    In test   -> In design | Active | Launched | Rejected
    Active    -> Launched | Retired
    Launched  -> Active | Retired
    Retired   -> Active | Launched | Obsolete
""")  # fmt: skip
SOLD = frozenset({"Active", "Launched"})
_KNOWN = {state.lower().replace(" ", ""): state for state in OFFERING.states}


def state_of(written: str) -> str:
    """This will give the state that a text means ("inStudy", "launched"), or the text itself where it means none."""
    return _KNOWN.get(written.lower().replace(" ", "").replace("_", ""), written)


def check_step(source: str, target: str) -> None:
    """This will refuse a step that the table does not have; out of a state of no meaning every step is free.

    :raises Refusal: `lifecycle.step`, 409.
    """
    before, after = state_of(source), state_of(target)
    if before != after and before in OFFERING.states:
        OFFERING.check(before, after)
