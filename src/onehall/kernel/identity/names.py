"""Login names: what a customer logs in with (a phone number, an account from elsewhere) names exactly one party."""

from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

PHONE = "phone"


async def party_of(tx: Tx, kind: str, value: str) -> str | None:
    """This will give the party that a login name names, or None."""
    sql = "SELECT party FROM login_name WHERE home = $1 AND kind = $2 AND value = $3"
    row = await tx.read_one(sql, home_for(value), kind, value)
    return row["party"] if row else None


async def name_party(tx: Tx, kind: str, value: str, party: str, *, instead_of: str | None = None) -> None:
    """This will make a login name name a party; safe twice. `instead_of` says whose it may be taken from.

    :raises Refusal: `login.taken`, 409, when it names another.
    """
    row = await tx.write_one(
        """INSERT INTO login_name AS l (home, kind, value, party, at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (home, kind, value) DO UPDATE SET party = excluded.party, at = excluded.at
           WHERE l.party = excluded.party OR l.party = $6 RETURNING l.party""",
        home_for(value), kind, value, party, tx.now, instead_of,
    )  # fmt: skip
    if row is None:
        raise Refusal("login.taken", _("This login already belongs to somebody else."), 409)


async def take_over(tx: Tx, kind: str, value: str, party: str) -> None:
    """This will make a login name name a party, whoever it named before, at the end of the transaction."""
    before = await party_of(tx, kind, value)
    tx.write_last(
        """INSERT INTO login_name AS l (home, kind, value, party, at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (home, kind, value) DO UPDATE SET party = excluded.party, at = excluded.at WHERE l.party = $6""",
        home_for(value), kind, value, party, tx.now, before,
    )  # fmt: skip


async def forget(tx: Tx, kind: str, value: str, party: str) -> bool:
    """This will free a login name of a party; False when it did not name that party."""
    sql = "DELETE FROM login_name WHERE home = $1 AND kind = $2 AND value = $3 AND party = $4 RETURNING value"
    return await tx.write_one(sql, home_for(value), kind, value, party) is not None
