"""Showing that a phone is one's own, inside a journey: a code is sent, then shown. Both last for minutes, like any hold."""

from datetime import datetime
from typing import Any

from onehall.domains.party import rules
from onehall.kernel import crypto
from onehall.kernel.identity.codes import ask_code, check_code
from onehall.kernel.ids import home_for
from onehall.kernel.journeys import Held, scarce
from onehall.kernel.store import Store, Tx

SENT = "code_sent"
SHOWN = "code_shown"


class _Lasting:
    """What is not scarce needs no letting go."""

    async def extend(self, store: Store, held: Held, until: datetime) -> Held:
        """This will keep it longer."""
        return Held(held.what, held.ref, held.home, held.token, until)

    async def release(self, tx: Tx, held: Held) -> None:
        """This will do nothing: a code runs out by itself."""


class CodeSent(_Lasting):
    """A code is on its way to a phone: `journey.hold("sent", "code_sent", of="phone", phone=...)`."""

    async def take(self, store: Store, token: str, what: dict[str, Any]) -> Held:
        """This will send a code for this journey alone.

        :raises Refusal: `phone.invalid`, 422; `otp.wait`, 429.
        """
        until = await ask_code(store, what["phone"], purpose_of(token))
        return Held(SENT, crypto.mask_phone(what["phone"]), home_for(what["phone"]), token, until)


class CodeShown(_Lasting):
    """The code was right: `journey.hold("shown", "code_shown", of="code", phone=..., code=..., sent=<token of the first>)`."""

    async def take(self, store: Store, token: str, what: dict[str, Any]) -> Held:
        """This will use the code up.

        :raises Refusal: `otp.wrong`, 422.
        """
        verified = await check_code(store, what["phone"], what["code"], purpose_of(what["sent"]))
        return Held(SHOWN, crypto.mask_phone(what["phone"]), home_for(what["phone"]), token, verified.at + rules.PROOF_LIFE)


def purpose_of(token: str) -> str:
    """This will name the purpose of a code that counts for one holder of a token only."""
    return f"contact:{token}"


scarce(SENT, CodeSent())
scarce(SHOWN, CodeShown())
