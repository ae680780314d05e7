"""What the books say when a day is over: by number and sum, without any id, token or time of day, so that equal days have equal books."""

import hashlib
from collections import Counter
from typing import Any, Final

import msgspec

from onehall.domains import billing
from onehall.kernel.store import Store
from onehall.replay.scene import Served

Books = dict[str, Any]
# Each gives a name for a row (its first column) and what stands under it.
SECTIONS: Final = {
    "orders": """SELECT kind || ' ' || channel || ' ' || state || coalesce(' ' || (failure ->> 'id'), '') AS name, count(*) AS count
        FROM product_order GROUP BY 1 -- fan-out: a day's books""",
    "journeys": """SELECT function || ' ' || channel || ' ' || state AS name, count(*) AS count
        FROM journey GROUP BY 1 -- fan-out: a day's books""",
    "visits": """SELECT function || ' ' || channel || ' ' || (body ->> 'outcome') AS name, count(*) AS count
        FROM event WHERE type = 'function.visited' GROUP BY 1 -- fan-out: a day's books""",
    "facts": "SELECT type AS name, count(*) AS count FROM event GROUP BY 1 -- fan-out: a day's books",
    "accounts": """SELECT coalesce(number, '-') AS name, status, balance, reserved, deposit, unbilled, currency
        FROM billing_account ORDER BY number, balance, deposit, status -- fan-out: a day's books""",
    "buckets": """SELECT coalesce(a.number, '-') AS name, b.kind, b.name -> 'by_language' ->> 'en' AS offering,
          b.total, b.used::text AS used, b.status
        FROM bucket b JOIN billing_account a ON a.home = b.home AND a.id = b.account
        ORDER BY a.number, b.kind, b.name::text, b.total, b.used, b.status -- fan-out: a day's books""",
    "bills": """SELECT coalesce(number, '-') AS name, cycle::text, sequence, kind, status, total, tax, due, paid, credited, currency
        FROM customer_bill ORDER BY number, cycle, sequence, total -- fan-out: a day's books""",
    "bill lines": """SELECT coalesce(number, '-') AS name, kind, offering, key, month::text, units::text, minor, tax
        FROM bill_line ORDER BY number, month, kind, offering, key, minor, units -- fan-out: a day's books""",
    "use": """SELECT number AS name, kind, count(*) AS records, sum(amount)::text AS amount, sum(minor)::bigint AS minor
        FROM usage GROUP BY number, kind ORDER BY number, kind -- fan-out: a day's books""",
    "payments": """SELECT channel || ' ' || status || ' ' || coalesce(method, '-') AS name, count(*) AS count, sum(minor)::bigint AS asked,
        sum(received)::bigint AS received, sum(spent)::bigint AS spent FROM payment GROUP BY 1 -- fan-out: a day's books""",
    "refunds": """SELECT method || ' ' || status AS name, count(*) AS count, sum(minor)::bigint AS sum
        FROM refund GROUP BY 1 -- fan-out: a day's books""",
    "bank": "SELECT status AS name, count(*) AS count, sum(minor)::bigint AS sum FROM sim_payment GROUP BY 1 -- fan-out: a day's books",
    "numbers": """SELECT number AS name, state FROM number WHERE state IN ('sold', 'resting') OR (state = 'held' AND until > $1)
        ORDER BY number -- fan-out: a day's books""",
    "sims": "SELECT kind || ' ' || state AS name, count(*) AS count FROM sim WHERE state <> 'stock' GROUP BY 1 -- fan-out: a day's books",
    "network": "SELECT number AS name, state, services ->> 'plan' AS plan FROM sim_subscriber ORDER BY number -- fan-out: a day's books",
    "lines": """SELECT coalesce(number, '-') AS name, status, offering, kind
        FROM product ORDER BY number, kind, offering, status -- fan-out: a day's books""",
    "places": "SELECT 'kept' AS name, count(*) AS count FROM line_slot WHERE line IS NOT NULL GROUP BY 1 -- fan-out: a day's books",
    "work given up": "SELECT kind AS name, count(*) AS count FROM job WHERE state = 'dead' GROUP BY 1 -- fan-out: a day's books",
}  # fmt: skip


async def read(store: Store, diary: list[Served]) -> Books:
    """This will read the books of every home, and what the people of the day say they got."""
    books: Books = {"services": dict(sorted(Counter(f"{one.does} {one.by} {one.outcome}" for one in diary).items()))}
    async with store.edge(0) as tx:
        for section, sql in SECTIONS.items():
            rows = await tx.read(sql, *([tx.now] if "$1" in sql else []))
            found: dict[str, list[Any]] = {}
            for row in rows:
                found.setdefault(str(row["name"]), []).append({name: value for name, value in row.items() if name != "name"})
            books[section] = {name: some[0]["count"] if list(some[0]) == ["count"] else some for name, some in sorted(found.items())}
        books["ledger"] = dict(sorted((await billing.queries.book_sums(tx)).items()))
        books["ledger faults"] = len(await billing.queries.ledger_faults(tx))
    return books


def digest(books: Books) -> str:
    """This will give the fingerprint of books, the same for the same books whenever and wherever they were read."""
    return hashlib.blake2b(msgspec.json.encode(books, order="deterministic"), digest_size=16).hexdigest()


def differences(one: Books, other: Books) -> list[str]:
    """This will name what differs between two books, as section/name."""
    return sorted(
        f"{section}/{name}" for section in {*one, *other} for name in {*_names(one, section), *_names(other, section)}
        if _names(one, section).get(name) != _names(other, section).get(name)
    )  # fmt: skip


def _names(books: Books, section: str) -> dict[str, Any]:
    found = books.get(section, {})
    return found if isinstance(found, dict) else {"": found}
