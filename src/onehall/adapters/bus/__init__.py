"""The bus outside: NATS JetStream, and a simulated one that keeps its messages in a table."""

from onehall.adapters.bus.nats import NatsBus
from onehall.adapters.bus.simulated import SimulatedBus
from onehall.kernel.store import Store
from onehall.ports.bus import Bus

SIMULATED = "simulated"


def bus(url: str, store: Store) -> Bus | None:
    """This will give the bus of a setting: `nats://host:4222` (several, comma separated), `simulated`, or none when blank."""
    if not url:
        return None
    return SimulatedBus(store) if url == SIMULATED else NatsBus(url)
