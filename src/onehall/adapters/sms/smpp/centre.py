"""The port over SMPP: what is sent, part by part and once, what comes of it, and what phones write."""

import asyncio
import re
import secrets
import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any, Final

from onehall.adapters.sms.smpp import letters, store
from onehall.adapters.sms.smpp import pdu as wire
from onehall.adapters.sms.smpp.letters import Long, Part
from onehall.adapters.sms.smpp.link import Link, Terms
from onehall.adapters.sms.smpp.pdu import Pdu
from onehall.kernel import telemetry
from onehall.kernel.i18n import _
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.jobs import Later
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import Settings
from onehall.kernel.store import Store

NEVER: Final = frozenset({0x01, 0x0A, 0x0B, 0x33, 0x40, 0x42, 0x43, 0x44, 0x48, 0x49, 0x50, 0x51})  # wrong length, address, coding, ...
KIND: Final = 0x3C
RECEIPTS: Final = frozenset({0x04, 0x20})
RECEIPT: Final = re.compile(r"id:(\S+).*?stat:(\w+)(?:.*?err:(\w+))?", re.DOTALL | re.IGNORECASE)
STATES: Final = {1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD"}
INTERNATIONAL: Final = 1
UNHEARD_MAX: Final = 1000
LOOKS: Final = 5
LOOK_SECONDS: Final = 0.2
Hears = Callable[[str, str, str], Awaitable[object]]


class SmppSms:
    """A message centre. `hears(sender, id, text)` is called for each message of a phone; what it raises has the centre bring it again."""

    def __init__(self, base: Store, terms: Terms, sender: str, how: Long = "udh", hears: Hears | None = None) -> None:
        self.base, self.sender, self.how, self.hears = base, sender, how, hears
        self.link = Link(terms, self._deliver, self._unheard, self._answered)
        self._session = secrets.token_hex(6)
        self._again: OrderedDict[str, str] = OrderedDict()

    @classmethod
    def of(cls, base: Store, rules: Settings) -> "SmppSms":
        """This will make it from the settings."""
        terms = Terms(
            rules.smpp_host, rules.smpp_port, rules.smpp_system_id, rules.smpp_password, rules.smpp_system_type, rules.smpp_window,
            float(rules.smpp_link_seconds), rules.smpp_tls,
        )  # fmt: skip
        return cls(base, terms, rules.smpp_from, rules.smpp_long)

    async def start(self) -> None:
        """This will bind to the centre and keep bound."""
        self.link.start()

    async def stop(self) -> None:
        """This will unbind."""
        await self.link.stop()

    async def send(self, to: str, text: str, key: str) -> None:
        """This will hand a text to the centre, in as many parts as it takes; a part that it has taken is not sent again.

        :raises Later: the centre cannot be reached, or not now. :raises Refusal: `sms.refused`, 422, it will never take this.
        """
        laid = letters.laid(text, self.how, zlib.crc32(key.encode()))
        sent = await store.sent(self.base, to, key)
        for place, (fields, more) in enumerate(laid):
            if place in sent:
                continue
            answer = await self.link.submit(self._addressed(to) | fields, more)
            if answer.status in NEVER:
                raise Refusal("sms.refused", _("This message cannot be sent."), 422, command_status=answer.status)
            if answer.status or answer.name != "submit_sm_resp":
                raise Later(f"the centre says {answer.status:#x}")
            await store.keep_sent(self.base, to, key, place, str(answer.fields.get("message_id", "")))

    def _addressed(self, to: str) -> dict[str, Any]:
        national = len(to) == 11 and to.startswith("1")
        return {
            "source_ton": 0, "source_npi": 1, "source_addr": self.sender, "destination_ton": INTERNATIONAL if national else 0,
            "destination_npi": 1, "destination_addr": f"86{to}" if national else to, "registered_delivery": 1,
        }  # fmt: skip

    async def _deliver(self, pdu: Pdu, session: int) -> int:
        if pdu.fields["esm_class"] & KIND in RECEIPTS:
            return await self._receipt(pdu)
        text, part = letters.read(pdu)
        try:
            phone = _phone(pdu)
            id_ = self._id(pdu, session)
            if part is not None:
                whole = await store.put_together(self.base, phone, part, text)
                if whole is None:
                    return wire.OK
                text, id_ = whole, _id_of(part, whole)
            if self.hears:
                await self.hears(phone, id_, text)
            if part is not None:
                await store.forget_parts(self.base, phone, part)
        except Refusal as refusal:
            telemetry.REFUSALS.labels(refusal.code).inc()
            return wire.TRY_LATER if refusal.status >= 500 or refusal.status == 429 else wire.REFUSED
        return wire.OK

    def _id(self, pdu: Pdu, session: int) -> str:
        """A message has no name of its own but what the phone gave it; one that was taken and brought again is known by its words."""
        given = pdu.number("user_message_reference")
        own = f"umr:{given}:{_digest(pdu)}" if given is not None else f"{self._session}:{session}:{pdu.sequence}"
        return self._again.get(_digest(pdu), own)

    def _unheard(self, pdu: Pdu, session: int) -> None:
        self._again[_digest(pdu)] = self._id(pdu, session)
        while len(self._again) > UNHEARD_MAX:
            self._again.popitem(last=False)

    def _answered(self, pdu: Pdu) -> None:
        self._again.pop(_digest(pdu), None)

    async def _receipt(self, pdu: Pdu) -> int:
        """What became of a message. It may come before we have written that it was sent."""
        text, _part = letters.read(pdu)
        said = RECEIPT.search(text)
        named = (pdu.option("receipted_message_id") or b"").rstrip(b"\0").decode("latin-1") or (said[1] if said else "")
        state = STATES.get(pdu.number("message_state") or 0) or (said[2].upper() if said else "")
        if not named or not state:
            return wire.OK
        error = said[3] or "" if said else ""
        for _look in range(LOOKS):
            if await store.note(self.base, _phone(pdu), _names(named), state, "" if error.strip("0") == "" else error):
                break
            await asyncio.sleep(LOOK_SECONDS)
        return wire.OK


def _phone(pdu: Pdu) -> str:
    address = str(pdu.fields["source_addr"])
    return phone_of(f"+{address}" if pdu.fields["source_ton"] == INTERNATIONAL and not address.startswith("+") else address)


def _digest(pdu: Pdu) -> str:
    told = (pdu.fields["source_addr"], pdu.fields["destination_addr"], pdu.fields["short_message"].hex(), sorted(pdu.more.items()))
    return sha256(repr(told).encode()).hexdigest()[:24]


def _id_of(part: Part, text: str) -> str:
    return f"{part.ref}:{sha256(text.encode()).hexdigest()[:24]}"


def _names(named: str) -> list[str]:
    """Some centres name a message in hexadecimal when they take it and in decimal in its receipt, or the other way round."""
    found = [named]
    if named.isdecimal() and named.isascii():
        found += [f"{int(named):x}", f"{int(named):X}"]
    if re.fullmatch(r"[0-9A-Fa-f]{1,32}", named):
        found.append(str(int(named, 16)))
    return found
