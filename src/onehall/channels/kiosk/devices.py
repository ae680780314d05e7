"""Asking the devices: one command, its completion, and what it means when there is none."""

from itertools import count
from typing import Any

from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal
from onehall.ports.cabinet import Cabinet, Message, command

TIMEOUT_MS = 30_000
NAMES: dict[str, Text] = {
    "id_reader": _("ID reader"), "camera": _("Camera"), "scanner": _("Scanner"), "card_reader": _("Card reader"), "cash": _("Note slot"),
    "sim_dispenser": _("SIM dispenser"), "printer": _("Printer"),
}  # fmt: skip


class OutOfOrder(Refusal):
    """A device does not work."""


class Devices:
    """The devices of one cabinet."""

    def __init__(self, cabinet: Cabinet) -> None:
        self.cabinet = cabinet
        self._serial = count(1)

    async def ask(self, service: str, name: str, **payload: Any) -> Message:
        """This will send a command and give its completion, whatever it says.

        :raises OutOfOrder: `device.broken`, 503: the device does not work, or says nothing.
        """
        sent, ended = command(name, next(self._serial), payload, TIMEOUT_MS), None
        async for message in self.cabinet.ask(service, sent):
            if message.header.type == "completion" and message.header.request_id == sent.header.request_id:
                ended = message
        if ended is None or ended.header.completion_code == "hardwareError":
            raise OutOfOrder("device.broken", _("{device} does not work just now.", device=NAMES[service]), 503)
        return ended

    async def read(self, service: str, name: str, field: str, wanted: Text) -> Any:
        """This will read what lies on a reader.

        :raises Refusal: `device.nothing`, 422, there is nothing.
        """
        ended = await self.ask(service, name)
        if not ended.ended_well:
            raise Refusal("device.nothing", wanted, 422)
        return ended.payload[field]

    async def works(self, service: str) -> bool:
        """This will tell whether a device says that it works."""
        ended = await self.ask(service, "Common.Status")
        return bool(ended.payload.get("common", {}).get("device") == "online")
