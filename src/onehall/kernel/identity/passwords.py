"""Passwords and client secrets, kept as argon2 hashes; the work is done beside the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's second choice: 19 MiB, 2 passes
_NOBODY = _HASHER.hash("nobody has this password")


async def hashed(password: str) -> str:
    """This will give what is kept of a password."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def matches(kept: str | None, password: str) -> bool:
    """This will tell whether a password is the one that was kept; for an unknown name it takes as long to say no."""
    right = await asyncio.to_thread(_verify, kept or _NOBODY, password)
    return right and kept is not None


def _verify(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
