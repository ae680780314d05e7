"""The bus outside: NATS JetStream, and a simulated one that keeps its messages in a table."""

from onehall.adapters.bus.simulated import SimulatedBus
from onehall.kernel.store import Store
from onehall.ports.bus import Bus

SIMULATED = "simulated"


def bus(url: str, store: Store) -> Bus | None:
    """This will give the bus of a setting: `nats://host:4222` (several, comma separated), `simulated`, or none when blank."""
    if not url:
        return None
    if url == SIMULATED:
        return SimulatedBus(store)
    from onehall.adapters.bus.nats import NatsBus  # its client takes a quarter of a house's start; few have one

    return NatsBus(url)
