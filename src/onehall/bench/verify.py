"""Whether a measured run was right: what the crowd was told against what stands in the tables. A run that is wrong has no rate."""

from datetime import datetime
from typing import Final

from onehall.bench.crowd import Came, OfKind
from onehall.domains import billing
from onehall.kernel.store import Store, Tx

_COUNTS: Final = {
    "numbers with two holders": """-- fan-out: a measurement looks at all of it
        SELECT count(*) FROM (SELECT number FROM product WHERE kind = 'line' AND status IN ('active', 'suspended')
        GROUP BY number HAVING count(*) > 1) twice""",
    "new lines whose number is not sold to them": """-- fan-out: a measurement looks at all of it
        SELECT count(*) FROM product p LEFT JOIN number n ON n.number = p.number
        WHERE p.kind = 'line' AND p.status = 'active' AND p.created >= $1 AND (n.state IS DISTINCT FROM 'sold' OR n.line <> p.id)""",
    "new lines whose SIM is not active for them": """-- fan-out: a measurement looks at all of it
        SELECT count(*) FROM product p LEFT JOIN sim s ON s.iccid = p.iccid
        WHERE p.kind = 'line' AND p.status = 'active' AND p.created >= $1 AND (s.state IS DISTINCT FROM 'active' OR s.line <> p.id)""",
    "payments that are not posted once": """-- fan-out: a measurement looks at all of it
        SELECT count(*) FROM payment p WHERE p.asked >= $1 AND p.status = 'done' AND
        (SELECT count(*) FROM entry e WHERE e.home = p.home AND e.payment = p.id AND e.kind = 'payment' AND e.at >= $1) <> 1""",
    "top-ups that are not on their account once": """-- fan-out: a measurement looks at all of it
        SELECT count(*) FROM payment p
        JOIN journey j ON j.home = p.home AND j.id = split_part(p.to_journey, '/', 1) AND j.function = 'topup'
        WHERE p.asked >= $1 AND p.status = 'done' AND
        (SELECT count(*) FROM entry e WHERE e.home = p.home AND e.payment = p.id AND e.kind = 'top_up' AND e.at >= $1) <> 1""",
    "payments that the bank has and the house has not": """-- fan-out: a measurement looks at all of it
        SELECT count(*) FROM sim_payment b JOIN payment p ON p.id = b.payment
        WHERE b.at >= $1 AND b.status = 'paid' AND p.status <> 'done'""",
    "entries that do not sum to zero": """-- fan-out: a measurement looks at all of it
        SELECT count(*) FROM (SELECT p.home, p.entry FROM entry e JOIN posting p ON p.home = e.home AND p.entry = e.id
        WHERE e.at >= $1 GROUP BY p.home, p.entry, p.currency HAVING sum(p.minor) <> 0) off""",
    "work that was given up": "SELECT count(*) FROM job WHERE state = 'dead' -- fan-out: a measurement looks at all of it",
}
_ACTIVE: Final = """-- fan-out: a measurement looks at all of it
SELECT count(*) FROM product WHERE kind = 'line' AND status = 'active' AND created >= $1"""
_TOPPED_UP: Final = """-- fan-out: a measurement looks at all of it
SELECT count(*) FROM payment p JOIN journey j ON j.home = p.home AND j.id = split_part(p.to_journey, '/', 1) AND j.function = 'topup'
WHERE p.asked >= $1 AND p.status = 'done'"""


async def wrongs(store: Store, since: datetime, came: Came) -> list[str]:
    """This will say what is wrong with a run that began at a time; nothing is."""
    found = [f"{name}: {kind.errors} errors, as {kind.texts[:2]}" for name, kind in came.kinds.items() if kind.errors]
    async with store.edge(0) as tx:
        for what, sql in _COUNTS.items():
            count = await _count(tx, sql, since)
            found += [f"{count} {what}"] if count else []
        for kind, sql in (("new line", _ACTIVE), ("top-up", _TOPPED_UP)):
            told, there = _told(came, kind), await _count(tx, sql, since)
            if not told.services <= there <= told.services + told.errors:
                found.append(f"{kind}: {told.services} were told that it is done, and {there} are there")
    return found


async def books(store: Store) -> list[str]:
    """This will check the whole ledger, and all bills against it."""
    async with store.edge(0) as tx:
        ledger = await billing.queries.ledger_faults(tx)
        bills = await billing.queries.bills.bill_differences(tx)
    return [f"ledger: {one}" for one in ledger[:5]] + [f"bills: {one}" for one in bills[:5]]


def _told(came: Came, kind: str) -> OfKind:
    return came.kinds.get(kind) or OfKind()


async def _count(tx: Tx, sql: str, since: datetime) -> int:
    row = await tx.read_one(sql, since) if "$1" in sql else await tx.read_one(sql)
    return int(row[0]) if row else 0
