"""People as they use the house: what each kind of service is, as a script that speaks through a channel's own protocol.

A script is given a `Door`, which only sends and gives back what came: over sockets, over ASGI, with faults or without. So the
same people make the load of a measurement, a simulated day, and the crowd in front of a house that is broken on purpose.
"""

from onehall.traffic.door import Answer, Customer, Door, Unexpected
from onehall.traffic.kinds import KINDS, MIX, Kind

__all__ = ["KINDS", "MIX", "Answer", "Customer", "Door", "Kind", "Unexpected"]
