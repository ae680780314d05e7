"""Telling customers things in their browsers: the job `push.send`, left by whoever has words for them."""

from typing import Any

import msgspec

from onehall.domains import party
from onehall.domains.party import PushDevice
from onehall.kernel import settings
from onehall.kernel.i18n import render
from onehall.kernel.jobs import call
from onehall.kernel.store import Tx
from onehall.ports.push import Device


@call("push.send", tries_max=4)
async def send(world: Any, body: dict[str, Any]) -> Any:
    """This will tell the browsers of `party` a `text`, in their language; a touch opens `path`. Those that are no more are forgotten."""
    store = world.engine.store
    async with store.edge(body["party"]) as tx:
        devices = await party.actions.push_devices(tx, body["party"])
        contact = await party.queries.contact(tx, body["party"]) if devices else None
    language = body.get("language") or (contact.language if contact else "") or settings.current().language
    words = msgspec.json.encode({"title": "Onehall", "text": render(body["text"], language), "path": body.get("path") or "/"}).decode()
    gone = [one for one in devices if not await world.push.send(_device(one), words, f"{body['job']}:{one.id}")]
    return _forgetting(gone) if gone else None


def _device(one: PushDevice) -> Device:
    return Device(one.endpoint, one.key, one.secret)


def _forgetting(gone: list[PushDevice]) -> Any:
    async def forget(tx: Tx) -> None:
        for device in gone:
            await party.actions.forget_push(tx, device)

    return forget
