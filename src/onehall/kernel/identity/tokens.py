"""Signed tokens (JWT, HS256): who a session, a visitor or a partner is, readable without asking the database."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from onehall.kernel import crypto, settings
from onehall.kernel.identity.proof import Proof

ALGORITHM = "HS256"
LENGTH_MAX = 2048


class Claims(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a token says. `kind`: customer, staff, partner or visitor; `until` is the end that no renewal moves."""

    kind: str
    sub: str
    exp: int
    iat: int
    until: int = 0
    sid: str = ""
    proof: int = 0
    proven: int = 0
    unit: str = ""
    roles: tuple[str, ...] = ()
    scope: str = ""
    idle: int = 0

    @property
    def level(self) -> Proof:
        """This will give the proof that was shown."""
        return Proof(self.proof)


def sign(claims: Claims) -> str:
    """This will write a token."""
    return jwt.encode({"alg": ALGORITHM}, msgspec.to_builtins(claims), _key(settings.current().secret))


def read(token: str, now: datetime, *kinds: str) -> Claims | None:
    """This will give what a token of one of these kinds says, or None: not ours, changed, or out of time at `now`."""
    if not token or len(token) > LENGTH_MAX:
        return None
    claims = _verified(token, settings.current().secret)
    if claims is None or claims.kind not in kinds or now.timestamp() >= claims.exp:
        return None
    return claims


def at(seconds: int) -> datetime:
    """This will give a claim's time, aware UTC."""
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=4096)
def _verified(token: str, secret: str) -> Claims | None:
    try:
        found: dict[str, Any] = jwt.decode(token, _key(secret), algorithms=[ALGORITHM]).claims
        return msgspec.convert(found, Claims)
    except (JoseError, ValueError, msgspec.ValidationError):
        return None


@lru_cache(maxsize=4)
def _key(secret: str) -> OctKey:
    return OctKey.import_key(crypto.key(secret, "tokens"))
