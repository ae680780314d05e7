"""Products as bodies (TMF637): what came by the API, and what a body adds to a line."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from onehall.kernel.i18n import DEFAULT_LANGUAGE
from onehall.kernel.ids import home_of, is_id
from onehall.kernel.money import CURRENCY
from onehall.kernel.resources.filters import time_of
from onehall.kernel.store import Tx

if TYPE_CHECKING:
    from onehall.domains.catalogue import Offering

_INSERT = """
INSERT INTO product (home, id, kind, party, unit, offering, name, currency, status, created, activated, ended, doc)
VALUES ($1, $2, 'product', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
_HOLD = """
INSERT INTO product (home, id, kind, party, unit, account, offering, price_id, name, fee, currency, status, created, activated, ended)
VALUES ($1, $2, 'product', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (home, id) DO NOTHING
"""
_AMEND = """
UPDATE product SET doc = $3, revision = revision + 1, status = coalesce($4, status), party = coalesce($5, party),
  offering = CASE WHEN kind = 'product' THEN $6 ELSE offering END, name = CASE WHEN kind = 'product' THEN $7 ELSE name END,
  activated = CASE WHEN kind = 'product' THEN $8 ELSE activated END, ended = CASE WHEN kind = 'product' THEN $9 ELSE ended END
WHERE home = $1 AND id = $2
"""


async def insert(tx: Tx, id_: str, doc: dict[str, Any], status: str, unit: str | None) -> None:
    """This will write a product that came as a body."""
    party, offering, name, started, ended = _columns(doc)
    await tx.write(_INSERT, tx.home, id_, party, unit, offering, name, CURRENCY, status, tx.now, started, ended, _body(doc))


async def insert_held(
    tx: Tx, id_: str, party: str, unit: str | None, account: str | None, offering: "Offering", status: str, started: datetime,
    ended: datetime | None,
) -> None:  # fmt: skip
    """This will write a product that a party has; one that is there already stays as it is."""
    await tx.write(
        _HOLD, tx.home, id_, party, unit, account, offering.id, offering.price_id or None, offering.name.by_language, offering.fee.minor,
        offering.fee.currency, status, tx.now, started, ended,
    )  # fmt: skip


async def amend(tx: Tx, id_: str, doc: dict[str, Any], status: str | None) -> None:
    """This will write a changed body, and the columns that a plain product's body names."""
    party, offering, name, started, ended = _columns(doc)
    await tx.write(_AMEND, home_of(id_), id_, _body(doc), status, party, offering, name, started, ended)


async def set_status(tx: Tx, id_: str, status: str) -> None:
    """This will write the state of a product."""
    await tx.write("UPDATE product SET status = $3, revision = revision + 1 WHERE home = $1 AND id = $2", home_of(id_), id_, status)


async def delete(tx: Tx, id_: str) -> None:
    """This will take a product away."""
    await tx.write("DELETE FROM product WHERE home = $1 AND id = $2", home_of(id_), id_)


def _columns(doc: dict[str, Any]) -> tuple[Any, ...]:
    offering = doc.get("productOffering")
    offered = offering.get("id") if isinstance(offering, dict) else None
    name = {DEFAULT_LANGUAGE: doc["name"]} if isinstance(doc.get("name"), str) else {}
    return party_of(doc), offered, name, _time(doc.get("startDate")), _time(doc.get("terminationDate"))


def party_of(doc: dict[str, Any]) -> str | None:
    """This will name the customer in a body: the first related party that is one of ours."""
    parties = doc.get("relatedParty")
    named = [one.get("id") for one in parties if isinstance(one, dict)] if isinstance(parties, list) else []
    return next((id_ for id_ in named if isinstance(id_, str) and is_id(id_)), None)


def _time(value: Any) -> Any:
    return time_of(value) if isinstance(value, str) else None


def _body(doc: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in doc.items() if name not in ("id", "href", "status")}
