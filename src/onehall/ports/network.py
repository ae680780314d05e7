"""The network: what makes a line work."""

from typing import Any, Protocol

import msgspec


class Told(msgspec.Struct, frozen=True):
    """The network's answer: done, or why not."""

    done: bool
    why: str = ""


class Network(Protocol):
    """Provisioning of subscribers. Every order is safe twice by its `key`."""

    async def activate(self, number: str, imsi: str, services: dict[str, Any], key: str) -> Told:
        """This will make a line work.

        :raises Later: the network cannot be reached.
        """

    async def change(self, number: str, services: dict[str, Any], key: str) -> Told:
        """This will set what a line may do: plan, packs, barred or not.

        :raises Later: the network cannot be reached.
        """

    async def deactivate(self, number: str, key: str) -> Told:
        """This will take a line out of service; one that is not there is out of service.

        :raises Later: the network cannot be reached.
        """
