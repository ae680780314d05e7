"""Work that could as well be left for later is done at once, in the transaction that wants it: a row, a claim and a commit are spared.

What goes wrong in it must not take the transaction with it for ever: all is undone and done again with this work left for later,
where it has tries, a dead letter and a way to be given up of its own.
"""

from typing import Any, Final

import msgspec

from onehall.kernel import jobs
from onehall.kernel.store import Again, Tx

APART_MAX: Final = 10_000
_apart: set[tuple[str, bytes]] = set()


async def at_once(tx: Tx, kind: str, body: dict[str, Any]) -> None:
    """This will do work of this home in this transaction, which must be one that is retried (a job, `store.run`).

    Work that asks the world outside, or that went wrong here before, is left for later.
    :raises Again: it went wrong; the next time it is left for later.
    """
    found, name = jobs.KINDS[kind], (kind, msgspec.json.encode(body))
    if found.outside or name in _apart:
        tx.later(kind, body)
        return
    try:
        await found.work(tx, body)
    except Exception as error:
        if len(_apart) >= APART_MAX:
            _apart.clear()
        _apart.add(name)
        raise Again(f"{kind} is left for later: {error}") from error
