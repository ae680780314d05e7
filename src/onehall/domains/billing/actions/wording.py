"""Words for a customer: to a phone as an SMS, and to the browsers that are told things."""

from typing import Any

from onehall.domains import party
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx


async def say(tx: Tx, text: Any, phone: str | None, whose: str | None, language: str | None = None) -> None:
    """This will send a kept text to a phone, and to the browsers of a customer who has any, on a touch the page of their lines."""
    known, pushed = await party.queries.reach(tx, whose) if whose else (None, False)
    language = language or known
    if phone:
        tx.later("sms.send", {"to": phone, "text": text} | ({"language": language} if language else {}))
    if whose and pushed:
        tx.later("push.send", {"party": whose, "text": text, "path": "/me", "language": language}, works_in=home_of(whose))
