"""The link of a hand-over: its code with a seal that nobody can guess, short enough for a message or a scene code.

A link and the six digits are one hand-over: whichever is taken first, the other is used up.
"""

import hmac
import re
from datetime import datetime

import msgspec

from onehall.kernel import crypto
from onehall.kernel.settings import current

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CODE_DIGITS, CODE_SIGNS, SEAL_SIGNS = 6, 4, 12
TEXT_LENGTH_MAX = 300
_TOKEN = re.compile(f"[0-9A-Za-z]{{{CODE_SIGNS + SEAL_SIGNS}}}")
_DIGITS = re.compile(f"[0-9]{{{CODE_DIGITS}}}")
_APART = re.compile(r"[\s\-·]+")


class Shown(msgspec.Struct, frozen=True):
    """What somebody showed to take a journey over; `seal` is empty for bare digits."""

    code: str
    seal: str = ""


def token_of(code: str, journey: str, expires: datetime) -> str:
    """This will write the token of a hand-over: sixteen letters and digits, 71 bits of them not to be guessed."""
    return _signs(int(code), CODE_SIGNS) + _seal(code, journey, expires)


def read(text: str) -> Shown | None:
    """This will find the code in what was typed or scanned: six digits, a token, or an address that ends in one."""
    last = text[:TEXT_LENGTH_MAX].strip().partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    plain = _APART.sub("", last)
    if _DIGITS.fullmatch(plain):
        return Shown(plain)
    if not _TOKEN.fullmatch(plain):
        return None
    code = 0
    for sign in plain[:CODE_SIGNS]:
        code = code * len(SIGNS) + SIGNS.index(sign)
    return Shown(f"{code:06d}", plain[CODE_SIGNS:]) if code < 10**CODE_DIGITS else None


def is_sealed(shown: Shown, journey: str, expires: datetime) -> bool:
    """This will tell whether a seal is the hand-over's own."""
    return hmac.compare_digest(shown.seal.encode(), _seal(shown.code, journey, expires).encode())


def _seal(code: str, journey: str, expires: datetime) -> str:
    body = f"{code}/{journey}/{int(expires.timestamp())}"
    return _signs(int(crypto.keyed_hash(current().secret, body, "hand-over"), 16), SEAL_SIGNS)


def _signs(value: int, count: int) -> str:
    found = ""
    for _sign in range(count):
        value, rest = divmod(value, len(SIGNS))
        found = SIGNS[rest] + found
    return found
