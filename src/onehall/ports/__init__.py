"""What we ask of the world: one Protocol a file. `World` holds the adapters that answer, real or simulated."""

from typing import Any

import msgspec


class World(msgspec.Struct):
    """The adapters of a running house, by port; `engine` is where the world's answers to journeys go."""

    sms: Any = None
    payment: Any = None
    identity_check: Any = None
    sim_writer: Any = None
    network: Any = None
    invoice: Any = None
    mail: Any = None
    wechat: Any = None
    cabinets: Any = None
    push: Any = None
    engine: Any = None
