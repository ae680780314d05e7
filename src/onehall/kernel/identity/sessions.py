"""Sessions: a login is a row in its owner's home and a signed token that says all a request needs to know.

Reading a session costs no round trip. That it was ended (a logout, or one everywhere) is known from `Endings`, which
each process refreshes in the background: at once where the logout was made, within two seconds elsewhere.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from onehall.kernel import ids, settings, telemetry
from onehall.kernel.identity import tokens
from onehall.kernel.identity.proof import Proof
from onehall.kernel.identity.tokens import Claims
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

REFRESH_SECONDS = 2
OVERLAP = timedelta(seconds=60)  # longer than a transaction that ends a session may take to commit
_START = """
INSERT INTO session (home, id, party, staff, channel, address, created, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


class Granted(msgspec.Struct, frozen=True):
    """A login: its token, its session's id, and when it ends at the latest."""

    token: str
    session: str
    until: datetime


async def log_in(tx: Tx, party: str, proof: Proof = Proof.CODE, *, app: bool = False, address: str = "") -> Granted:
    """This will open a session for a customer; `tx` stands in the party's home.

    An app's bearer token lasts long and does not idle out; a browser's does.
    """
    rules = settings.current()
    hours, idle = (rules.app_session_hours, 0) if app else (rules.session_hours, rules.session_idle_minutes * 60)
    until = tx.now + timedelta(hours=hours)
    session = await _start(tx, until, party=party, address=address)
    now = int(tx.now.timestamp())
    claims = Claims("customer", party, _soon(now, idle, until), now, int(until.timestamp()), session, int(proof), now, idle=idle)
    return Granted(tokens.sign(claims), session, until)


async def log_in_staff(tx: Tx, staff: str, unit: str, roles: tuple[str, ...], *, address: str = "") -> Granted:
    """This will open a session for staff; `tx` stands in the staff's home."""
    rules = settings.current()
    until, idle = tx.now + timedelta(hours=rules.staff_session_hours), rules.session_idle_minutes * 60
    session = await _start(tx, until, staff=staff, address=address)
    now = int(tx.now.timestamp())
    claims = Claims(
        "staff", staff, _soon(now, idle, until), now, int(until.timestamp()), session, int(Proof.CODE), now,
        unit=unit, roles=roles, idle=idle,
    )  # fmt: skip
    return Granted(tokens.sign(claims), session, until)


def renewed(claims: Claims, now: datetime) -> str | None:
    """This will give a token that idles out later, when half the idle time of a session is gone; else None."""
    moment = int(now.timestamp())
    if not claims.idle or claims.exp - moment > claims.idle / 2 or claims.exp >= claims.until:
        return None
    exp = min(moment + claims.idle, claims.until)
    return tokens.sign(msgspec.structs.replace(claims, exp=exp, iat=moment))


async def end(tx: Tx, session: str) -> bool:
    """This will end one session; False when it had ended before."""
    sql = "UPDATE session SET ended = $3 WHERE home = $1 AND id = $2 AND ended IS NULL RETURNING id"
    return await tx.write_one(sql, ids.home_of(session), session, tx.now) is not None


async def end_all(tx: Tx, *, party: str | None = None, staff: str | None = None) -> int:
    """This will end every session of a customer or of staff, wherever they are logged in; gives how many."""
    owner, column = (party, "party") if party else (staff, "staff")
    if owner is None:
        raise ValueError("whose sessions?")
    sql = f"UPDATE session SET ended = $3 WHERE home = $1 AND {column} = $2 AND ended IS NULL RETURNING id"
    return len(await tx.write(sql, ids.home_of(owner), owner, tx.now))


async def _start(tx: Tx, until: datetime, *, party: str | None = None, staff: str | None = None, address: str = "") -> str:
    session = tx.new_id()
    await tx.write(_START, tx.home, session, party, staff, tx.origin.channel, address[:64], tx.now, until)
    return session


def _soon(now: int, idle: int, until: datetime) -> int:
    end = int(until.timestamp())
    return min(now + idle, end) if idle else end


class Endings:
    """The sessions that were ended and whose tokens have not run out, as this process knows them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._ended: dict[str, datetime] = {}
        self._barred: frozenset[str] = frozenset()
        self._seen: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """This will read what has ended so far, and go on reading in the background."""
        await self.refresh()
        self._task = asyncio.create_task(self._keep_up())

    async def stop(self) -> None:
        """This will end the reading."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def note(self, session: str, until: datetime) -> None:
        """This will make an ending count in this process at once."""
        self._ended[session] = until

    def has(self, claims: Claims) -> bool:
        """This will tell whether a token no longer counts."""
        return claims.sid in self._ended or (claims.kind == "partner" and claims.sub in self._barred)

    async def refresh(self) -> None:
        """This will read the endings since the last time."""
        async with self.store.edge(0) as tx:
            since = self._seen - OVERLAP if self._seen else tx.now - timedelta(days=3650)
            sql = """-- fan-out: the few that ended lately, in the background
                     SELECT id, until FROM session WHERE ended >= $1 AND until > $2"""
            found = {row["id"]: row["until"] for row in await tx.read(sql, since, tx.now)}
            barred = await tx.read("SELECT client_id FROM partner WHERE NOT active -- fan-out: a small table")
        self._barred = frozenset(row["client_id"] for row in barred)
        self._ended = {sid: until for sid, until in (self._ended | found).items() if until > tx.now}
        self._seen = tx.now

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                await self.refresh()
            except Refusal:
                continue  # the database is away; what is known goes on counting
            except Exception:
                telemetry.INCIDENTS.labels("endings").inc()
                telemetry.log.exception("reading ended sessions failed")
