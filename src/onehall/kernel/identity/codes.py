"""One-time codes: six digits sent to a phone or a mail address, good for minutes and a few tries, which show that one holds it.

Asking and checking are short transactions of their own in the phone's home: a wrong try counts whatever becomes of the
journey or the login it was made for. No answer tells whether the phone is known to us.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec

from onehall.kernel import crypto, settings
from onehall.kernel.events import NOBODY, Origin
from onehall.kernel.i18n import Text, _
from onehall.kernel.identity.names import PHONE, party_of
from onehall.kernel.ids import home_for
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

DIGITS = 6
_HOUR = timedelta(hours=1)
_QUOTA = """
INSERT INTO code_quota AS q (home, phone, sent) VALUES ($1, $2, ARRAY[$3::timestamptz])
ON CONFLICT (home, phone) DO UPDATE SET sent = (excluded.sent || q.sent)[1:$4]
WHERE q.sent[1] <= $5 AND (q.sent[$4] IS NULL OR q.sent[$4] <= $6)
RETURNING home
"""
_KEEP = """
INSERT INTO one_time_code AS c (home, phone, purpose, hash, expires, tries_left) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (home, phone, purpose)
DO UPDATE SET hash = excluded.hash, expires = excluded.expires, tries_left = excluded.tries_left
"""
_TRY = """
UPDATE one_time_code SET tries_left = tries_left - 1
WHERE home = $1 AND phone = $2 AND purpose = $3 AND expires > $4 AND tries_left > 0
RETURNING hash, tries_left
"""


class Verified(msgspec.Struct, frozen=True):
    """A phone whose holder gave the right code, the party it logs in (None: nobody yet), and when."""

    phone: str
    party: str | None
    at: datetime


def phone_of(text: str) -> str:
    """This will give a phone number as we write it: digits only, no country code of ours.

    :raises Refusal: `phone.invalid`, 422.
    """
    digits = "".join(text.split()).replace("-", "")
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    digits = digits.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 15):
        raise Refusal("phone.invalid", _("That is not a phone number."), 422)
    return digits


async def ask_code(store: Store, phone: str, purpose: str = "login", origin: Origin = NOBODY) -> datetime:
    """This will send a fresh code to a phone, in place of an earlier one; gives when it expires.

    :raises Refusal: `phone.invalid`, 422; `otp.wait`, 429, when one was just sent or too many were in the last hour.
    """
    return await _send(store, phone_of(phone), purpose, "sms.send", {}, origin)


async def ask_mail_code(store: Store, address: str, purpose: str, subject: Text, origin: Origin = NOBODY) -> datetime:
    """This will send a fresh code to a mail address (in small letters, as it is kept); gives when it expires.

    :raises Refusal: `otp.wait`, 429.
    """
    return await _send(store, address, purpose, "mail.send", {"subject": subject}, origin)


async def _send(store: Store, to: str, purpose: str, kind: str, body: dict[str, Any], origin: Origin) -> datetime:
    rules = settings.current()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    async with store.edge(home_for(to), origin) as tx:
        await _count(tx, to)
        expires = tx.now + timedelta(minutes=rules.otp_minutes)
        await tx.write(_KEEP, tx.home, to, purpose, _hash(to, purpose, code), expires, rules.otp_tries)
        text = _("{code} is your code, good for {minutes} minutes. Tell it to nobody.", code=code, minutes=rules.otp_minutes)
        tx.later(kind, {**body, "to": to, "text": text})
        return expires


async def check_code(store: Store, phone: str, code: str, purpose: str = "login", origin: Origin = NOBODY) -> Verified:
    """This will use up the code that was sent to a phone; each wrong try counts, also of many at once.

    :raises Refusal: `otp.wrong`, 422: wrong, too late, used, or never asked for; the answer is the same for all.
    """
    number = phone_of(phone)
    async with store.edge(home_for(number), origin) as tx:
        if await _used_up(tx, number, code, purpose):
            return Verified(number, await party_of(tx, PHONE, number), tx.now)
    raise _wrong()


async def check_mail_code(store: Store, address: str, code: str, purpose: str, origin: Origin = NOBODY) -> datetime:
    """This will use up the code that was sent to a mail address; gives when. Each wrong try counts.

    :raises Refusal: `otp.wrong`, 422.
    """
    async with store.edge(home_for(address), origin) as tx:
        if await _used_up(tx, address, code, purpose):
            return tx.now
    raise _wrong()


async def _used_up(tx: Tx, to: str, code: str, purpose: str) -> bool:
    row = await tx.write_one(_TRY, tx.home, to, purpose, tx.now)
    if row is None or not hmac.compare_digest(row["hash"], _hash(to, purpose, code.strip())):
        return False
    await tx.write("DELETE FROM one_time_code WHERE home = $1 AND phone = $2 AND purpose = $3", tx.home, to, purpose)
    return True


def _wrong() -> Refusal:
    return Refusal("otp.wrong", _("That code is not right, or no longer good. Check it, or ask for another."), 422)


async def _count(tx: Tx, phone: str) -> None:
    rules = settings.current()
    wait = timedelta(seconds=rules.otp_wait_seconds)
    values = (tx.home, phone, tx.now, rules.otp_per_hour, tx.now - wait, tx.now - _HOUR)
    if await tx.write_one(_QUOTA, *values) is None:
        row = await tx.read_one("SELECT sent FROM code_quota WHERE home = $1 AND phone = $2", tx.home, phone)
        raise _too_soon(row["sent"] if row else [tx.now], tx.now, wait, rules.otp_per_hour)


def _too_soon(sent: list[datetime], now: datetime, wait: timedelta, per_hour: int) -> Refusal:
    """`sent` is newest first, at most as many as may be sent in an hour."""
    free = max(sent[0] + wait, sent[per_hour - 1] + _HOUR if len(sent) >= per_hour else sent[0])
    seconds = max(1, -int((now - free).total_seconds() // 1))
    reason = _("A code was just sent. You can ask for another in {seconds} seconds.", seconds=seconds)
    return Refusal("otp.wait", reason, 429, retry_after=seconds)


def _hash(phone: str, purpose: str, code: str) -> bytes:
    return crypto.keyed_digest(settings.current().secret, f"{phone}|{purpose}|{code}", "otp")
