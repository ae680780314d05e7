"""The same key gives the same answer: what was answered is kept in the transaction that did the work."""

import hashlib
from typing import Final

import msgspec

from onehall.kernel import ids
from onehall.kernel.i18n import _
from onehall.kernel.identity.who import Who
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

KEY_LENGTH_MAX: Final = 200
_ASK = "INSERT INTO answered (home, key, fingerprint, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING key"
_READ = "SELECT fingerprint, status, id, revision, body FROM answered WHERE home = $1 AND key = $2"
_KEEP = "UPDATE answered SET status = $3, id = $4, revision = $5, body = $6 WHERE home = $1 AND key = $2"


class Made(msgspec.Struct, frozen=True):
    """What a POST made: the answer's status, the thing's id, revision and body."""

    status: int
    id: str
    revision: int
    body: str


class Key(msgspec.Struct, frozen=True):
    """A caller's key and the print of what they sent with it. The key's own home is where it is unique."""

    name: str
    fingerprint: str

    @property
    def home(self) -> int:
        """This will give the bucket in which the key is claimed."""
        return ids.home_for(self.name)

    async def claim(self, store: Store, home: int) -> None:
        """This will take the key in its own short transaction, where the work is done in another home."""
        if home != self.home:
            async with store.edge(self.home) as tx:
                await self._take(tx, f"claim|{self.name}")

    async def answer(self, tx: Tx) -> Made | None:
        """This will give the answer that was given before, or None: then the caller of this one does the work."""
        return await self._take(tx, self.name)

    async def keep(self, tx: Tx, made: Made) -> None:
        """This will keep the answer for whoever asks again."""
        await tx.write(_KEEP, tx.home, self.name, made.status, made.id, made.revision, made.body)

    async def _take(self, tx: Tx, name: str) -> Made | None:
        if await tx.write_one(_ASK, tx.home, name, self.fingerprint, tx.now):
            return None
        row = await tx.read_one(_READ, tx.home, name)
        if row is None or row["fingerprint"] != self.fingerprint:
            raise Refusal("key.reused", _("This key was used before for another request."), 422)
        return Made(row["status"], row["id"], row["revision"], row["body"]) if row["status"] else None


def key_of(header: str | None, who: Who, path: str, body: bytes) -> Key | None:
    """This will read an Idempotency-Key. Keys of different callers have nothing to do with each other."""
    if header is None:
        return None
    if not (0 < len(header) <= KEY_LENGTH_MAX and header.isascii() and header.isprintable()):
        raise Refusal("key.bad", _("An idempotency key has 1 to {limit} plain characters.", limit=KEY_LENGTH_MAX), 400)
    fingerprint = hashlib.blake2b(path.encode() + b"\0" + body, digest_size=16).hexdigest()
    return Key(f"{caller(who)}|{header}", fingerprint)


def caller(who: Who) -> str:
    """This will give a name for the caller that no other kind of caller can have."""
    return f"partner:{who.partner}" if who.partner else f"staff:{who.staff}" if who.staff else f"party:{who.party or ''}"
