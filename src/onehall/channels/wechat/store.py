"""The SQL of the WeChat hall: which calls were heard, so that none is heard as another."""

from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for
from onehall.kernel.jobs import job
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

KEPT: Final = timedelta(hours=1)  # calls are fresh for minutes only


async def spend(store: Store, nonce: str, message: bytes) -> None:
    """This will note that a call was heard; the platform may bring the same message again.

    :raises Refusal: `wechat.replayed`, 403: somebody uses an old signature for another message.
    """
    digest = sha256(message).hexdigest()
    async with store.edge(home_for(nonce)) as tx:
        kept = await tx.write_one(
            "INSERT INTO wechat_nonce AS n (home, nonce, digest, at) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (home, nonce) DO UPDATE SET at = n.at RETURNING digest",
            tx.home, nonce, digest, tx.now,
        )  # fmt: skip
        hour = tx.now.replace(minute=0, second=0, microsecond=0)
        tx.later("wechat.forget_calls", {}, due=hour + 2 * KEPT, once=f"{tx.home}:{hour.isoformat()}")
    if kept is None or kept["digest"] != digest:
        raise Refusal("wechat.replayed", _("This call was heard before."), 403)


@job("wechat.forget_calls")
async def forget_calls(tx: Tx, _body: dict[str, Any]) -> None:
    """This will forget the calls of a home that are too old to be heard again."""
    await tx.write("DELETE FROM wechat_nonce WHERE home = $1 AND at < $2", tx.home, tx.now - KEPT)
