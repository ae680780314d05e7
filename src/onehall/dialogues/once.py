"""A message is answered once: whoever delivers it again, at once or later, is given the same replies."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from onehall.dialogues import store
from onehall.dialogues.store import Answer, Message
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

WAIT_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 0.2


async def answer_once(
    house: Store, message: Message, work: Callable[[], Awaitable[Answer]], wait_seconds: float = WAIT_SECONDS
) -> list[str]:
    """This will give the replies to a message; `work` makes them the first time. While another works on it, that is waited for.

    :raises Refusal: 503, the other does not come to an end.
    """
    new, before = await store.claim(house, message)
    if not new:
        return before if before is not None else await _when_answered(house, message, wait_seconds)
    try:
        answer = await work()
        await store.keep(house, message, answer)
    except BaseException:
        await asyncio.shield(store.forget(house, message))
        raise
    return answer.replies


async def _when_answered(house: Store, message: Message, wait_seconds: float) -> list[str]:
    for _try in range(int(wait_seconds / LOOK_SECONDS)):
        await asyncio.sleep(LOOK_SECONDS)
        new, replies = await store.claim(house, message)
        if new:
            await store.forget(house, message)
            break
        if replies is not None:
            return replies
    raise Refusal("unavailable", _("We cannot do this right now. Please try again in a minute."), 503)
