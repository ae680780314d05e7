"""Listeners: who asked to be told of an API's changes, and how they are told.

A notice is POSTed to the listener's callback, signed (`Onehall-Signature: t=<unix seconds>,v1=<hex of HMAC-SHA256 over
"t.body">` with the secret given at registration), in order for each resource, again until it is taken or given up.
"""

import hashlib
import hmac
import secrets
import time
from datetime import datetime
from typing import Any, Final

import asyncpg
import httpx
import msgspec

from onehall.kernel import jobs
from onehall.kernel.i18n import _
from onehall.kernel.identity.scope import is_root
from onehall.kernel.identity.who import Who
from onehall.kernel.refusals import Refusal, forbidden, missing, unknown_caller
from onehall.kernel.resources import access, answers, callbacks, select, words
from onehall.kernel.resources.bodies import instant
from onehall.kernel.resources.changes import KNOWN
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.resources.filters import condition_sql
from onehall.kernel.resources.sql import Values, every
from onehall.kernel.store import Tx

LISTENERS_MAX: Final = 100
TEXT_MAX: Final = 2000
TIMEOUT_SECONDS: Final = 5.0
DEAF_SECONDS: Final = 30.0
SIGNATURE: Final = "Onehall-Signature"
_deaf: dict[str, float] = {}  # callbacks of registered listeners that let this process wait, and until when they are left alone
_INSERT = "INSERT INTO hub (id, api, callback, query, owner, secret, at) VALUES ($1, $2, $3, $4, $5, $6, $7)"


async def register(tx: Tx, api: str, who: Who, doc: Doc) -> Doc:
    """This will register a listener; the answer holds the secret, once.

    :raises Refusal: 400 for a bad callback or query, 401, 403, 409 when the caller has too many.
    """
    _check_caller(who)
    callback, query = _text(doc, "callback"), _text(doc, "query", "")
    callbacks.check(callback)
    await fits(tx, query, {})
    row = await tx.read_one("SELECT count(*) AS held FROM hub WHERE owner = $1", answers.caller(who))
    if row and row["held"] >= LISTENERS_MAX:
        raise Refusal("hub.full", _("You have too many listeners; {limit} is the limit.", limit=LISTENERS_MAX), 409)
    id_, secret = tx.new_id(), secrets.token_urlsafe(32)
    await tx.write(_INSERT, id_, api, callback, query, answers.caller(who), secret, tx.now)
    return {"id": id_, "callback": callback, "query": query, "secret": secret}


async def found(tx: Tx, api: str, who: Who, id_: str) -> Doc:
    """This will give a listener of the caller's own."""
    _check_caller(who)
    row = await tx.read_one("SELECT id, callback, query FROM hub WHERE id = $1 AND api = $2 AND owner = $3", id_, api, answers.caller(who))
    if row is None:
        raise missing(_("listener"))
    return dict(row)


async def remove(tx: Tx, api: str, who: Who, id_: str) -> None:
    """This will end a listener of the caller's own."""
    _check_caller(who)
    row = await tx.write_one("DELETE FROM hub WHERE id = $1 AND api = $2 AND owner = $3 RETURNING id", id_, api, answers.caller(who))
    if row is None:
        raise missing(_("listener"))


async def fits(tx: Tx, query: str, notice: Doc) -> bool:
    """This will tell whether a notice meets a listener's query; names may be of the notice or of what it carries."""
    asked = words.take_apart(query.strip().lstrip("?").replace(" & ", "&"))
    subject = {**notice, **notice.get("event", {})}
    values = Values(subject)
    tests = [condition_sql(condition, {}, "$1::jsonb", values) for condition in asked.conditions]
    if not tests:
        return True
    try:
        row = await tx.read_one(f"SELECT {every(tests)} AS fits", *values.values)
    except (asyncpg.DataError, asyncpg.PostgresSyntaxError) as error:
        raise words.refuse(_("This filter is not one that we read."), str(error)) from error
    return bool(row and row["fits"])


async def spread(tx: Tx, body: dict[str, Any]) -> None:
    """This will leave a signed notice for each listener of the API whose query it meets."""
    listeners = await tx.read("SELECT id, callback, query, secret FROM hub WHERE api = $1 ORDER BY id", body["api"])
    if not listeners:
        return
    notice = await _notice(tx, body)
    text = msgspec.json.encode(notice).decode()
    for listener in listeners:
        if await fits(tx, listener["query"], notice):
            signature = sign(listener["secret"], tx.now, text)
            letter = {"hub": listener["id"], "callback": listener["callback"], "text": text, "signature": signature}
            tx.later("resources.notify", letter, lane=f"hub|{listener['id']}|{body['name']}|{body['id']}")


@jobs.call("resources.notify")
async def notify(world: Any, body: dict[str, Any]) -> Any:
    """This will bring one notice to its listener; 410 ends the listener, any other no is tried again.

    A listener that lets us wait is left alone for a while, so that it does not keep the workers from all other work.
    """
    headers = {"Content-Type": "application/json", SIGNATURE: body["signature"]}
    _check_listens(body["callback"])
    try:
        status = await callbacks.post(body["callback"], body["text"], headers, TIMEOUT_SECONDS)
    except (httpx.HTTPError, OSError) as error:
        if isinstance(error, httpx.TimeoutException):
            _deaf[body["callback"]] = time.monotonic() + DEAF_SECONDS
        raise jobs.Later(f"{body['callback']}: {type(error).__name__}") from error
    _deaf.pop(body["callback"], None)
    if status == 410:
        return _gone(body["hub"])
    if not 200 <= status < 300:
        raise jobs.Later(f"{body['callback']}: {status}")
    return None


def _check_listens(callback: str) -> None:
    """Of a listener that was deaf, one notice at a time tries whether it hears again."""
    until = _deaf.get(callback)
    if until is None:
        return
    if until > time.monotonic():
        raise jobs.Later(f"{callback} does not answer; it is left alone for a while")
    _deaf[callback] = time.monotonic() + TIMEOUT_SECONDS + 1


def sign(secret: str, at: datetime, text: str) -> str:
    """This will sign a notice."""
    stamp = str(int(at.timestamp()))
    return f"t={stamp},v1={hmac.new(secret.encode(), f'{stamp}.{text}'.encode(), hashlib.sha256).hexdigest()}"


def _gone(id_: str) -> Any:
    async def forget(tx: Tx) -> None:
        await tx.write("DELETE FROM hub WHERE id = $1", id_)

    return forget


async def _notice(tx: Tx, body: dict[str, Any]) -> Doc:
    resource = KNOWN[body["api"], body["name"]]
    doc = body["doc"]
    if doc is None:
        sql, values = select.bare(resource, body["id"])
        row = await tx.read_one(sql, *values)
        doc = msgspec.json.decode(row["body"]) if row else {"id": body["id"], "href": resource.href(body["id"])}
    at = msgspec.convert(body["at"], datetime)
    return {
        "eventId": body["event"], "eventTime": instant(at), "eventType": resource.event(body["how"]),
        "domain": resource.api, "title": resource.noun, "event": {resource.name: doc},
    }  # fmt: skip


def _check_caller(who: Who) -> None:
    if not who.known:
        raise unknown_caller()
    if who.partner and access.READ not in who.scopes:
        raise Refusal("forbidden.scope", _("This token lacks the scope {scope}.", scope=access.READ), 403)
    if who.by == "cookie" or not (who.partner or (who.is_a("operations", "admin") and is_root(who.unit))):
        raise forbidden()  # a hub hears of every customer: staff of one part of the tree may not


def _text(doc: Doc, name: str, otherwise: str | None = None) -> str:
    value = doc.get(name, otherwise)
    value = otherwise if value is None else value
    if value is None:
        raise Refusal("body.attribute", _("{attribute} is mandatory.", attribute=name), 400, attribute=name)
    if not isinstance(value, str) or len(value) > TEXT_MAX:
        raise Refusal("body.attribute", _("{attribute} is of the wrong type.", attribute=name), 400, attribute=name)
    return value
