"""Ids that sort by time and carry their home.

An id is 24 characters of lower-case Crockford base32, that is 120 bits: 48 of Unix milliseconds, 12 of home, 10 of the
microseconds within the millisecond, 50 of luck. `home` (0-4095) is the small bucket by which rows of one owner stand together, so
any id tells its shard; within a home what is made a microsecond later sorts later, whichever process makes it.
"""

import hashlib
import secrets
from datetime import datetime

HOMES = 4096
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = frozenset(_ALPHABET)
_LENGTH = 24
_LUCK_BITS = 60
_HOME_BITS = 12
_FINE_BITS = 50
_LUCK = (1 << _LUCK_BITS) - 1
_STEP_BITS = 44
_SHIFTS = range(5 * (_LENGTH - 2), -1, -10)
_AS_DIGITS = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")  # those of int(text, 32)
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]  # ten bits are two characters


def new_id(home: int, at: datetime) -> str:
    """This will make a fresh id in `home`, sorting after every id made there a microsecond or more before `at`."""
    return _encode(_millis(at), home, at.microsecond % 1000 << _FINE_BITS | secrets.randbits(_FINE_BITS))


def id_after(id_: str) -> str:
    """This will make a fresh id that sorts after `id_`, in the same home: what one transaction makes stays in order."""
    bits = _decode(id_)
    home = (bits >> _LUCK_BITS) & (HOMES - 1)
    millis = bits >> (_LUCK_BITS + _HOME_BITS)
    luck = (bits & _LUCK) + 1 + secrets.randbits(_STEP_BITS)
    if luck > _LUCK:
        return _encode(millis + 1, home, secrets.randbits(_STEP_BITS))
    return _encode(millis, home, luck)


def keyed_id(home: int, at: datetime, *key: str) -> str:
    """This will make the same id again for the same home, time and key words: a caller's repeat finds the first row."""
    luck = int.from_bytes(hashlib.blake2b("\x1f".join(key).encode(), digest_size=8).digest(), "big") >> 4
    return _encode(_millis(at), home, luck)


def rehome(id_: str, home: int) -> str:
    """This will give the id that the same thing has in another home; done twice, it is the same id."""
    bits = _decode(id_)
    return _encode(bits >> (_LUCK_BITS + _HOME_BITS), home, bits & _LUCK)


def stem(id_: str) -> str:
    """This will give what of an id survives a move to another home."""
    return rehome(id_, 0)


def home_of(id_: str) -> int:
    """This will read the home (0-4095) out of an id.

    :raises ValueError: the text is not one of our ids.
    """
    return (_decode(id_) >> _LUCK_BITS) & (HOMES - 1)


def is_id(text: str) -> bool:
    """This will tell whether a text has the form of our ids."""
    return len(text) == _LENGTH and text[0] in "01234567" and _LETTERS.issuperset(text)


def home_for(value: str) -> int:
    """This will give the home of a thing known by its value alone (a number, an ICCID, a login), the same for ever."""
    return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=4).digest(), "big") % HOMES


def random_home() -> int:
    """This will give a home to a newcomer."""
    return secrets.randbelow(HOMES)


def _millis(at: datetime) -> int:
    whole = at.replace(microsecond=0)  # as a float a moment of the centuries to come would be rounded up
    return int(whole.timestamp()) * 1000 + at.microsecond // 1000


def _encode(millis: int, home: int, luck: int) -> str:
    if not 0 <= home < HOMES:
        raise ValueError(f"home {home} is not in 0..{HOMES - 1}")
    bits = (millis << (_LUCK_BITS + _HOME_BITS)) | (home << _LUCK_BITS) | luck
    return "".join([_PAIRS[(bits >> shift) & 1023] for shift in _SHIFTS])


def _decode(id_: str) -> int:
    if not is_id(id_):
        raise ValueError(f"not an id: {id_!r}")
    return int(id_.translate(_AS_DIGITS), 32)
