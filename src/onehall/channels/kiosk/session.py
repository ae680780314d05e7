"""Who stands before a kiosk: somebody new after each time-out. It is all in one signed cookie; nothing of it is kept."""

import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta

import msgspec
from litestar.datastructures import Cookie

from onehall.channels.kiosk.room import IDLE_SECONDS
from onehall.kernel import crypto, settings
from onehall.kernel.functions import Proof

COOKIE = "hall_kiosk"
CABINET = "k1"
PROOF_LIFE = timedelta(minutes=10)
_NAME = re.compile(r"[a-z0-9-]{1,20}")


class Session(msgspec.Struct, frozen=True):
    """One person at one cabinet; `seen` is the last moment, epoch seconds; `level` until `until` is what they proved here."""

    id: str
    cabinet: str
    seen: int
    party: str = ""
    level: int = 0
    until: int = 0
    fresh: bool = False

    def proven(self, party: str, level: Proof, now: datetime) -> "Session":
        """This will keep for a while who they showed to be."""
        return msgspec.structs.replace(self, party=party, level=int(level), until=int((now + PROOF_LIFE).timestamp()))

    def at(self, now: datetime) -> "Session":
        """This will note that they are still there."""
        known = self.party and self.until > now.timestamp()
        gone = {} if known else {"party": "", "level": 0, "until": 0}
        return msgspec.structs.replace(self, seen=int(now.timestamp()), fresh=False, **gone)

    @property
    def expires(self) -> datetime:
        """This will give the moment until which the proof counts."""
        return datetime.fromtimestamp(self.until, UTC)


def new(now: datetime, cabinet: str = CABINET) -> Session:
    """This will begin a session for whoever comes."""
    return Session(f"kiosk-{secrets.token_hex(12)}", cabinet if _NAME.fullmatch(cabinet) else CABINET, int(now.timestamp()), fresh=True)


def read(cookie: str | None, now: datetime) -> Session:
    """This will give the session of a cookie; one that is forged is none, and after a quiet while there is somebody new."""
    body, _dot, signature = (cookie or "").rpartition(".")
    parts = body.split(".")
    if len(parts) != 6 or not hmac.compare_digest(signature.encode(), _sign(body).encode()):
        return new(now)
    id_, cabinet, seen, party, level, until = parts
    if not int(seen) - IDLE_SECONDS <= now.timestamp() <= int(seen) + IDLE_SECONDS:
        return new(now, cabinet)
    return Session(id_, cabinet, int(seen), party, int(level), int(until))


def write(session: Session) -> Cookie:
    """This will give the cookie of a session."""
    body = f"{session.id}.{session.cabinet}.{session.seen}.{session.party}.{session.level}.{session.until}"
    return Cookie(key=COOKIE, value=f"{body}.{_sign(body)}", path="/kiosk", httponly=True, secure=settings.current().https, samesite="lax")


def _sign(body: str) -> str:
    return crypto.keyed_hash(settings.current().secret, body, "kiosk")[:32]
