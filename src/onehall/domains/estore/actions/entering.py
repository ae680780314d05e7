"""A way in from the company's own pages: a token that they sign, good once and for minutes, which names a person by their key."""

from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from onehall.domains.estore import queries, rules, store
from onehall.domains.estore.actions.opening import SECRET
from onehall.domains.estore.model import EStore, Member
from onehall.kernel import crypto, settings
from onehall.kernel.ids import keyed_id
from onehall.kernel.store import Store
from onehall.kernel.store.leaving import EPOCH

LENGTH_MAX = 2048


class Claims(msgspec.Struct, frozen=True):
    """What a way in says: `sub` a person's key, `aud` the store's address, `jti` its own name, and its times (Unix seconds)."""

    sub: str
    aud: str
    jti: str
    iat: int
    exp: int


class Way(msgspec.Struct, frozen=True):
    """A way in that the company signed, and the store that it leads into."""

    store: EStore
    claims: Claims


class Entered(msgspec.Struct, frozen=True):
    """Who came in: the store, the key that the company vouches for, and the member whose it is, if they have joined."""

    store: EStore
    key: str
    member: Member | None


async def recognize(house: Store, slug: str, token: str) -> Way:
    """This will tell whose way in it is, by the company's signature; it is not used up.

    :raises Refusal: `estore.entry`, 401, nobody's; 404 no such store.
    """
    async with house.edge(0) as tx:
        found = await queries.open_store(tx, slug)
        sealed = await store.shops.secret(tx, found.id)
    claims = _read(token, crypto.unseal(settings.current().secret, sealed, SECRET) if sealed else "")
    if claims is None or claims.aud != slug or not 8 <= len(claims.jti) <= 80:
        raise rules.bad_entry()
    return Way(found, claims)


async def enter(house: Store, way: Way) -> Entered:
    """This will use up a way in.

    :raises Refusal: `estore.entry`, 401: too old, too long, or used before.
    """
    found, claims = way.store, way.claims
    async with house.edge(found.id) as tx:
        rules.check_entry(claims.iat, claims.exp, tx.now)
        if not await store.shops.use_entry(tx, keyed_id(tx.home, EPOCH, "estore_entry", found.id, claims.jti), found.id):
            raise rules.bad_entry()
        key = rules.plain_key(claims.sub)
        member = await store.people.by_key(tx, found.id, key)
        return Entered(found, key, member if rules.is_member(member, tx.now) else None)


def sign(secret: str, claims: Claims) -> str:
    """This will write a way in, as the company's own pages do."""
    return jwt.encode({"alg": "HS256"}, msgspec.to_builtins(claims), OctKey.import_key(secret))


def _read(token: str, secret: str) -> Claims | None:
    if not token or not secret or len(token) > LENGTH_MAX:
        return None
    try:
        found: dict[str, Any] = jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"]).claims
        return msgspec.convert(found, Claims)
    except (JoseError, ValueError, msgspec.ValidationError):
        return None
