"""Being told in a browser: a customer turns it on and off in each browser of theirs."""

import msgspec

from onehall.domains.party import events, rules, store
from onehall.domains.party.model import PushDevice
from onehall.kernel import crypto, ids, settings
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

PURPOSE = "push"


def device_id(party: str, endpoint: str) -> str:
    """This will give the id of a customer's browser, the same for ever."""
    return ids.keyed_id(ids.home_of(party), EPOCH, "push", party, endpoint)


async def turn_push_on(tx: Tx, party: str, endpoint: str, key: str, secret: str) -> str:
    """This will have a customer told things in a browser; gives its id. Of many browsers the latest five are told.

    :raises Refusal: `push.invalid`, 422.
    """
    rules.pushing.check_push(endpoint, key, secret, settings.current().push_hosts)
    id_ = device_id(party, endpoint)
    sealed = crypto.seal(settings.current().secret, msgspec.json.encode({"key": key, "secret": secret}), PURPOSE)
    await store.pushing.put(tx, id_, party, endpoint, sealed, rules.pushing.PUSH_DEVICES_MAX)
    tx.tell(events.PushTurned(id_, party, True))
    return id_


async def turn_push_off(tx: Tx, party: str, endpoint: str) -> None:
    """This will tell a browser no more; safe twice."""
    id_ = device_id(party, endpoint)
    if await store.pushing.remove(tx, id_):
        tx.tell(events.PushTurned(id_, party, False))


async def forget_push(tx: Tx, device: PushDevice) -> None:
    """This will forget a browser that its push service knows no more."""
    await store.pushing.remove(tx, device.id)


async def push_devices(tx: Tx, party: str) -> list[PushDevice]:
    """This will give the browsers in which a customer is told things. One statement."""
    found = []
    for row in await store.pushing.of(tx, party):
        keys = msgspec.json.decode(crypto.unseal(settings.current().secret, row["sealed"], PURPOSE))
        found.append(PushDevice(row["id"], row["endpoint"], keys["key"], keys["secret"]))
    return found
