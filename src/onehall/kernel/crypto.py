"""Keys from the house's one secret: sealing of identity documents at rest, keyed hashes, and masks for views."""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32


class Unreadable(ValueError):
    """What was sealed cannot be opened: it was changed, or sealed with another secret."""


@lru_cache(maxsize=64)
def key(secret: str, purpose: str) -> bytes:
    """This will derive the key of 32 bytes that serves one purpose only."""
    return HKDF(hashes.SHA256(), _KEY_BYTES, salt=b"onehall", info=purpose.encode()).derive(secret.encode())


def seal(secret: str, value: str | bytes, purpose: str = "document") -> bytes:
    """This will encrypt a value for keeping: AES-256-GCM under the purpose's key, a fresh nonce each time."""
    nonce = os.urandom(_NONCE_BYTES)
    plain = value.encode() if isinstance(value, str) else value
    return _VERSION + nonce + AESGCM(key(secret, purpose)).encrypt(nonce, plain, purpose.encode())


def unseal(secret: str, sealed: bytes, purpose: str = "document") -> str:
    """This will give back the text that was sealed.

    :raises Unreadable: changed, of another purpose, or of another secret.
    """
    return unseal_bytes(secret, sealed, purpose).decode()


def unseal_bytes(secret: str, sealed: bytes, purpose: str = "document") -> bytes:
    """This will give back the bytes that were sealed.

    :raises Unreadable: changed, of another purpose, or of another secret.
    """
    if sealed[:1] != _VERSION or len(sealed) <= 1 + _NONCE_BYTES:
        raise Unreadable("not sealed by this house")
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key(secret, purpose)).decrypt(nonce, body, purpose.encode())
    except InvalidTag:
        raise Unreadable(Unreadable.__doc__) from None


def keyed_hash(secret: str, value: str, purpose: str = "lookup") -> str:
    """This will give 64 hex digits by which a secret value can be looked up, and not guessed without our secret."""
    return keyed_digest(secret, value, purpose).hex()


def keyed_digest(secret: str, value: str, purpose: str = "lookup") -> bytes:
    """This will give the 32 bytes behind `keyed_hash`."""
    return hmac.digest(key(secret, purpose), value.encode(), hashlib.sha256)


def mask_document(number: str) -> str:
    """This will hide the middle of a document number: "440***********1234"; of a short one all but its ends."""
    if len(number) >= 12:
        return number[:3] + "*" * (len(number) - 7) + number[-4:]
    return number[:1] + "*" * max(0, len(number) - 2) + number[-1:] if len(number) > 2 else "*" * len(number)


def mask_phone(number: str) -> str:
    """This will hide the middle of a phone number: "138****8000"."""
    return number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) > 7 else "*" * len(number)


def mask_name(name: str) -> str:
    """This will hide all of a person's name but its first letter: "李**"."""
    return name[:1] + "*" * (len(name) - 1)
