"""Partners: other companies' programs, which get an access token for their client id and secret (OAuth2, RFC 6749 4.4)."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec

from onehall.kernel import ids, settings
from onehall.kernel.i18n import _
from onehall.kernel.identity import passwords, scope, tokens, tries
from onehall.kernel.identity.tokens import Claims
from onehall.kernel.ids import home_for
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx

KIND = "partner"
VERIFIED_MAX = 1000
_ADD = """
INSERT INTO partner (home, id, client_id, name, secret, scopes, created) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (home, client_id) DO NOTHING RETURNING id
"""


class Access(msgspec.Struct, frozen=True):
    """An access token, as RFC 6749 5.1 has it; `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    scope: str
    token_type: str = "Bearer"


async def add(tx: Tx, client_id: str, name: str, scopes: tuple[str, ...] = scope.SCOPES, secret: str | None = None) -> str:
    """This will admit a partner and give its secret, which is shown this once.

    :raises Refusal: `partner.taken`, 409; `partner.scope`, 422.
    """
    if unknown := set(scopes) - set(scope.SCOPES):
        raise Refusal("partner.scope", _("There is no scope {scope}.", scope=", ".join(sorted(unknown))), 422)
    given, home = secret or secrets.token_urlsafe(32), home_for(client_id)
    values = (client_id, name, await passwords.hashed(given), list(scopes), tx.now)
    if await tx.write_one(_ADD, home, ids.new_id(home, tx.now), *values) is None:
        raise Refusal("partner.taken", _("There is already a partner of that name."), 409)
    return given


async def bar(tx: Tx, client_id: str, *, active: bool = False) -> None:
    """This will shut a partner out, with the tokens it holds, or let it in again.

    :raises Refusal: `not.found`, 404.
    """
    sql = "UPDATE partner SET active = $3 WHERE home = $1 AND client_id = $2 RETURNING id"
    if await tx.write_one(sql, home_for(client_id), client_id, active) is None:
        raise missing(_("partner"))


class Partners:
    """Gives tokens to partners; a secret that was found right is remembered, for argon2 is dear by design."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._right: set[bytes] = set()

    async def token(self, client_id: str, secret: str, wanted: str = "") -> Access:
        """This will give an access token of the scopes wanted, or of all that the partner has.

        :raises Refusal: `invalid_client`, 401; `invalid_scope`, 400; `login.locked`, 429.
        """
        row = await self._row(client_id)
        if not await self._is_right(client_id, secret, row):
            raise Refusal("invalid_client", _("The client id or its secret is not right."), 401)
        scopes = wanted.split() or list(row["scopes"])
        if not set(scopes) <= set(row["scopes"]):
            raise Refusal("invalid_scope", _("You do not have that scope."), 400)
        return _access(client_id, sorted(set(scopes)), self.store.clock.now())

    async def _row(self, client_id: str) -> Any:
        async with self.store.edge(home_for(client_id)) as tx:
            sql = "SELECT secret, scopes FROM partner WHERE home = $1 AND client_id = $2 AND active"
            return await tx.read_one(sql, tx.home, client_id)

    async def _is_right(self, client_id: str, secret: str, row: Any) -> bool:
        seen = hashlib.sha256(f"{client_id}\0{secret}\0{row['secret'] if row else ''}".encode()).digest()
        if row is not None and seen in self._right:
            return True
        await tries.count(self.store, KIND, client_id)
        if not await passwords.matches(row["secret"] if row else None, secret):
            return False
        if len(self._right) >= VERIFIED_MAX:
            self._right.clear()
        self._right.add(seen)
        await tries.clear(self.store, KIND, client_id)
        return True


def _access(client_id: str, scopes: list[str], now: datetime) -> Access:
    life = timedelta(minutes=settings.current().partner_token_minutes)
    until = int((now + life).timestamp())
    session = secrets.token_hex(8)
    claims = Claims("partner", client_id, until, int(now.timestamp()), until, session, scope=" ".join(scopes))
    return Access(tokens.sign(claims), int(life.total_seconds()), claims.scope)
