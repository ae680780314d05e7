"""Guests: a browser is known again by a signed id, which is nobody until somebody proves to be a customer."""

import hmac
import secrets

from onehall.kernel import crypto, settings

_ID_LENGTH = 24
_SIGNATURE_LENGTH = 32


def new() -> str:
    """This will make the id of a new visitor."""
    return secrets.token_hex(_ID_LENGTH // 2)


def sign(visitor: str) -> str:
    """This will give what stands in the visitor's cookie."""
    return f"{visitor}.{_signature(visitor)}"


def read(cookie: str | None) -> str | None:
    """This will give the visitor of a cookie, or None when we did not write it."""
    visitor, _, signature = (cookie or "").partition(".")
    right = len(visitor) == _ID_LENGTH and hmac.compare_digest(signature.encode(), _signature(visitor).encode())
    return visitor if right else None


def _signature(visitor: str) -> str:
    return crypto.keyed_hash(settings.current().secret, visitor, "visitor")[:_SIGNATURE_LENGTH]
