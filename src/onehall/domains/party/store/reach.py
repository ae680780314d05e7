"""How customers are reached: the addresses that are not in their contacts, and the customers of a home, to be gone through.

Who has browsers that are told things is reached there by their own id: which browsers these are is read when it is time.
"""

from typing import Any

from onehall.domains.party.model import Reachable
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx


async def put(tx: Tx, party: str, way: str, address: str | None) -> None:
    """This will note an address of a party for a way, in place of what was there; None takes it away."""
    if address is None:
        await tx.write("DELETE FROM reach WHERE home = $1 AND party = $2 AND way = $3", home_of(party), party, way)
        return
    await tx.write(
        """INSERT INTO reach (home, party, way, address, at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (home, party, way) DO UPDATE SET address = excluded.address, at = excluded.at""",
        home_of(party), party, way, address, tx.now,
    )  # fmt: skip


async def people(tx: Tx, after: str, limit: int) -> list[Reachable]:
    """This will read persons of this home in the order of their ids, after one."""
    rows = await tx.read(
        """SELECT id, unit, language, created, phone, email FROM party
           WHERE home = $1 AND id > $2 AND kind = 'individual' ORDER BY id LIMIT $3""",
        tx.home, after, limit,
    )  # fmt: skip
    parties = [row["id"] for row in rows]
    found = await tx.read("SELECT party, way, address FROM reach WHERE home = $1 AND party = ANY($2)", tx.home, parties)
    pushed = await tx.read("SELECT DISTINCT party FROM push_device WHERE home = $1 AND party = ANY($2)", tx.home, parties)
    beside: dict[str, dict[str, str]] = {row["party"]: {"push": row["party"]} for row in pushed}
    for row in found:
        beside.setdefault(row["party"], {})[row["way"]] = row["address"]
    return [_reachable(row, beside.get(row["id"], {})) for row in rows]


async def next_home(tx: Tx, start: int, until: int) -> int | None:
    """This will name the first home in [start, until) in which somebody lives, or None."""
    row = await tx.read_one(
        """-- fan-out: once for each home that is gone through, in the background
           SELECT home FROM party WHERE home >= $1 AND home < $2 ORDER BY home LIMIT 1""",
        start, until,
    )  # fmt: skip
    return row["home"] if row else None


def _reachable(row: Any, beside: dict[str, str]) -> Reachable:
    addresses = {"sms": row["phone"], "call": row["phone"], "mail": row["email"], **beside}
    return Reachable(
        party=row["id"], unit=row["unit"], language=row["language"], created=row["created"],
        addresses={way: address for way, address in addresses.items() if address},
    )  # fmt: skip
