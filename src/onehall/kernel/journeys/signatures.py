"""Signatures: what a person put their name to, sealed, beside the yes that it stands for."""

import base64
import binascii
from typing import Any, Final

import msgspec

from onehall.kernel import crypto, ids, settings
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

SIGNATURE_BYTES_MAX: Final = 300_000
SIGNATURE_KINDS: Final = ("image/png", "text/plain")
PURPOSE: Final = "signature"


class Signature(msgspec.Struct, frozen=True):
    """A drawing (PNG) or a typed name, in base64, and the name under it."""

    name: str
    type: str
    data: str


async def keep_signature(tx: Tx, shown: dict[str, Any]) -> str:
    """This will keep a signature, sealed; gives the id that is recorded with the answer.

    :raises Refusal: `signature.missing`, `signature.invalid`, 422.
    """
    made, id_ = read_signature(shown), tx.new_id()
    sealed = crypto.seal(settings.current().secret, msgspec.json.encode(made), PURPOSE)
    sql = "INSERT INTO signature (home, id, journey, sealed, at) VALUES ($1, $2, $3, $4, $5)"
    await tx.write(sql, tx.home, id_, tx.origin.journey, sealed, tx.now)
    return id_


def read_signature(shown: dict[str, Any]) -> Signature:
    """This will read a signature out of what a channel sends: name, type, and data (or content) in base64.

    :raises Refusal: `signature.missing`, `signature.invalid`, 422.
    """
    text = str(shown.get("data") or shown.get("content") or "")
    if not text.strip():
        raise Refusal("signature.missing", _("Please sign."), 422)
    try:
        size = len(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if not 0 < size <= SIGNATURE_BYTES_MAX or shown.get("type") not in SIGNATURE_KINDS:
        raise Refusal("signature.invalid", _("This signature cannot be read. Please sign again."), 422)
    return Signature(str(shown.get("name") or "")[:200], str(shown["type"]), text)


async def signature(tx: Tx, id_: str) -> Signature | None:
    """This will open a signature again, for those who may see the evidence. One statement."""
    row = await tx.read_one("SELECT sealed FROM signature WHERE home = $1 AND id = $2", ids.home_of(id_), id_)
    return None if row is None else msgspec.json.decode(crypto.unseal(settings.current().secret, row["sealed"], PURPOSE), type=Signature)
