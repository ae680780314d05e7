"""Rows of reconciliation. They are the operator's own and live in home 0; the books that they are held against live everywhere."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from onehall.domains.billing.model import Difference, Found, Moved, Reconciliation
from onehall.kernel.i18n import ZONE, keep
from onehall.kernel.ids import home_of, is_id, keyed_id
from onehall.kernel.money import Money
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.kernel.store.transaction import Row

HOME: Final = 0
_RUN: Final = "id, provider, day, status, parts, done, lines, matched, theirs, ours, started, ended, look"
_DIFFERENCE: Final = (
    "home, id, run, day, kind, payment, reference, ours, our_currency, theirs, their_currency, why, status, note, staff, found, ended"
)
_MOVED: Final = """e.kind, e.once, e.payment, e.at, sum(p.minor)::bigint AS minor, p.currency FROM entry e
    JOIN posting p ON p.home = e.home AND p.entry = e.id AND p.book = 'clearing' AND p.owner = 'provider'"""


def run_id(provider: str, day: date) -> str:
    """This will name a day's run: the same whenever it is begun."""
    return keyed_id(HOME, EPOCH, "reconciliation", provider, day.isoformat())


async def begin(
    tx: Tx, provider: str, day: date, parts: int, lines: Sequence[Moved], theirs: dict[str, int], mark: str, again: int = 0
) -> int | None:
    """This will write a day's run, or begin it anew with another file (`mark` tells files apart); gives which look at the day it is.

    None when this file was the last that was looked at, unless it is to be looked at once more after the look `again`.
    """
    run = run_id(provider, day)
    row = await tx.write_one(
        """INSERT INTO reconciliation AS r (home, id, provider, day, status, parts, lines, theirs, started, mark)
           VALUES ($1, $2, $3, $4, 'running', $5, $6, $7, $8, $9)
           ON CONFLICT (home, id) DO UPDATE SET status = 'running', parts = excluded.parts, done = 0, matched = 0, lines = excluded.lines,
               theirs = excluded.theirs, ended = NULL, mark = excluded.mark, look = r.look + 1
           WHERE r.look = $10 OR r.mark IS DISTINCT FROM excluded.mark RETURNING look""",
        HOME, run, provider, day, parts, len(lines), theirs, tx.now, mark, again,
    )  # fmt: skip
    if row is None:
        return None
    await tx.write("DELETE FROM reconciliation_part WHERE home = $1 AND run = $2", HOME, run)
    return int(row["look"])


async def latest_look(tx: Tx, run: str) -> int:
    """This will tell which look at a day was the latest; 0 before the first."""
    row = await tx.read_one("SELECT look FROM reconciliation WHERE home = $1 AND id = $2", HOME, run)
    return row["look"] if row else 0


async def is_looked_at(tx: Tx, run: str, look: int) -> bool:
    """This will hold a run and tell whether a look at it is still the latest."""
    row = await tx.write_one("SELECT look FROM reconciliation WHERE home = $1 AND id = $2 FOR UPDATE", HOME, run)
    return row is not None and row["look"] == look


async def lines_of(tx: Tx, run: str, lines: Sequence[Moved]) -> frozenset[tuple[str, str, Money | None]]:
    """This will tell which of some lines (payment, reference, amount) have a difference of a run already."""
    rows = await tx.read(
        """SELECT payment, reference, theirs, their_currency FROM reconciliation_difference
           WHERE home = $1 AND run = $2 AND payment = ANY($3) AND theirs IS NOT NULL AND kind <> 'doubled'""",
        HOME, run, sorted({line.payment for line in lines}),
    )  # fmt: skip
    return frozenset((row["payment"], row["reference"], Money(row["theirs"], row["their_currency"])) for row in rows)


async def end_part(tx: Tx, run: str, part: int, matched: int) -> bool:
    """This will write that a part of a run is done, once; True when it was the last."""
    row = await tx.write_one(
        "INSERT INTO reconciliation_part (home, run, part, matched) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING part",
        HOME, run, part, matched,
    )  # fmt: skip
    if row is None:
        return False
    now = await tx.write_one(
        """UPDATE reconciliation SET done = done + 1, matched = matched + $3 WHERE home = $1 AND id = $2
           RETURNING done = parts AS whole""",
        HOME, run, matched,
    )  # fmt: skip
    return bool(now and now["whole"])


async def end(tx: Tx, run: str, ours: dict[str, int]) -> None:
    """This will end a run."""
    sql = "UPDATE reconciliation SET status = 'done', ours = $3, ended = $4 WHERE home = $1 AND id = $2"
    await tx.write(sql, HOME, run, ours, tx.now)


async def booked(tx: Tx, lines: Sequence[Moved]) -> list[Moved]:
    """This will read the entries of the books that lines of a file name, of any day."""
    keys = sorted({(home_of(line.payment), _once(line)) for line in lines if is_id(line.payment)})
    rows = await tx.read(
        f"""-- fan-out: a day's file, at night
           SELECT {_MOVED} JOIN unnest($1::smallint[], $2::text[]) w(home, once) ON w.home = e.home AND w.once = e.once
           GROUP BY e.kind, e.once, e.payment, e.at, p.currency""",
        [home for home, _once in keys], [once for _home, once in keys],
    )  # fmt: skip
    return [_moved(row) for row in rows]


async def booked_on(tx: Tx, start: datetime, end_: datetime) -> list[Moved]:
    """This will read what moved at the provider in [start, end), as the books of every home have it."""
    rows = await tx.read(
        f"""-- fan-out: a day's books, at night
           SELECT {_MOVED} WHERE e.kind IN ('payment', 'refunded') AND e.at >= $1 AND e.at < $2
           GROUP BY e.kind, e.once, e.payment, e.at, p.currency""",
        start, end_,
    )  # fmt: skip
    return [_moved(row) for row in rows]


async def asked_for(tx: Tx, lines: Sequence[Moved]) -> frozenset[str]:
    """This will tell which of the payments and refunds in some lines we know."""
    named = [line.payment if line.kind == "payment" else line.reference for line in lines]
    ids = sorted({one for one in named if is_id(one)})
    homes = [home_of(one) for one in ids]
    rows = await tx.read(
        """-- fan-out: a day's file, at night
           SELECT y.id FROM payment y JOIN unnest($1::smallint[], $2::text[]) w(home, id) ON w.home = y.home AND w.id = y.id
           UNION ALL SELECT r.id FROM refund r JOIN unnest($1::smallint[], $2::text[]) w(home, id) ON w.home = r.home AND w.id = r.id""",
        homes, ids,
    )  # fmt: skip
    return frozenset(row["id"] for row in rows)


async def keep_difference(tx: Tx, run: str, day: date, one: Found) -> str | None:
    """This will keep a difference, once; gives its id, None when it was kept before."""
    said = f"{one.theirs.minor} {one.theirs.currency}" if one.theirs else ""
    id_ = keyed_id(HOME, EPOCH, "difference", run, one.kind, one.payment, one.reference, said)
    ours, theirs = one.ours, one.theirs
    row = await tx.write_one(
        f"""INSERT INTO reconciliation_difference ({_DIFFERENCE})
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, NULL, $14, $15) ON CONFLICT DO NOTHING RETURNING id""",
        HOME, id_, run, day, one.kind, one.payment, one.reference, ours.minor if ours else None, ours.currency if ours else None,
        theirs.minor if theirs else None, theirs.currency if theirs else None, keep(one.why), one.status, tx.now,
        None if one.status in ("open", "mending") else tx.now,
    )  # fmt: skip
    return id_ if row else None


async def seen(tx: Tx, moved: Sequence[Moved]) -> frozenset[tuple[str, str]]:
    """This will tell which movements (payment, reference) stood in the file of another day."""
    rows = await tx.read(
        """SELECT d.payment, d.reference FROM reconciliation_difference d
           JOIN unnest($2::text[], $3::text[]) w(payment, reference) ON w.payment = d.payment AND w.reference = d.reference
           WHERE d.home = $1 AND d.theirs IS NOT NULL""",
        HOME, [one.payment for one in moved], [one.reference for one in moved],
    )  # fmt: skip
    return frozenset((row["payment"], row["reference"]) for row in rows)


async def explain(tx: Tx, lines: Sequence[Moved], why: Any) -> None:
    """This will close open differences of earlier days whose money stands in today's file."""
    await tx.write(
        """UPDATE reconciliation_difference d SET status = 'explained', why = $4, ended = $5
           FROM unnest($2::text[], $3::text[]) w(payment, reference)
           WHERE d.home = $1 AND d.payment = w.payment AND d.reference = w.reference AND d.status = 'open'
             AND d.kind IN ('not_there', 'refund_not_there')""",
        HOME, [line.payment for line in lines], [line.reference for line in lines], keep(why), tx.now,
    )  # fmt: skip


async def end_mending(tx: Tx, id_: str, status: str, why: Any) -> None:
    """This will write what became of a difference that was being mended."""
    await tx.write(
        "UPDATE reconciliation_difference SET status = $3, why = $4, ended = $5 WHERE home = $1 AND id = $2 AND status = 'mending'",
        HOME, id_, status, why, None if status == "open" else tx.now,
    )  # fmt: skip


async def one(tx: Tx, id_: str, *, lock: bool = False) -> Difference | None:
    """This will read a difference."""
    sql = f"SELECT {_DIFFERENCE} FROM reconciliation_difference WHERE home = $1 AND id = $2"
    row = await (tx.write_one(sql + " FOR UPDATE", HOME, id_) if lock else tx.read_one(sql, HOME, id_))
    return msgspec.convert(dict(row), Difference) if row else None


async def decide(tx: Tx, id_: str, note: str, staff: str | None) -> None:
    """This will write a person's decision on a difference that was read under lock."""
    await tx.write(
        "UPDATE reconciliation_difference SET status = 'decided', note = $3, staff = $4, ended = $5 WHERE home = $1 AND id = $2",
        HOME, id_, note, staff, tx.now,
    )  # fmt: skip


async def runs(tx: Tx, limit: int, since: date | None = None) -> list[Reconciliation]:
    """This will read the latest runs, newest first, with how many differences each has."""
    rows = await tx.read(
        f"SELECT {_RUN} FROM reconciliation WHERE home = $1 AND ($2::date IS NULL OR day >= $2) ORDER BY day DESC LIMIT $3",
        HOME, since, limit,
    )  # fmt: skip
    counted = await tx.read(
        """SELECT run, status, count(*) AS n FROM reconciliation_difference WHERE home = $1 AND run = ANY($2) GROUP BY run, status""",
        HOME, [row["id"] for row in rows],
    )  # fmt: skip
    counts: dict[str, dict[str, int]] = {}
    for row in counted:
        counts.setdefault(row["run"], {})[row["status"]] = row["n"]
    return [msgspec.convert(dict(row) | {"counts": counts.get(row["id"], {})}, Reconciliation) for row in rows]


async def differences(tx: Tx, day: date | None, status: str | None, limit: int) -> list[Difference]:
    """This will read differences, of a day or of a status if said, the newest first."""
    rows = await tx.read(
        f"""SELECT {_DIFFERENCE} FROM reconciliation_difference WHERE home = $1 AND ($2::date IS NULL OR day = $2)
            AND ($3::text IS NULL OR status = $3) ORDER BY day DESC, id LIMIT $4""",
        HOME, day, status, limit,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Difference) for row in rows]


def _once(line: Moved) -> str:
    return f"receipt:{line.payment}:{line.reference}" if line.kind == "payment" else f"refunded:{line.reference}"


def _moved(row: Row) -> Moved:
    """What came to the provider is a debit of its book, what went a credit."""
    kind = "payment" if row["kind"] == "payment" else "refund"
    reference = row["once"].split(":", 2)[2] if kind == "payment" else row["once"].split(":", 1)[1]
    return Moved(kind, row["payment"], reference, Money(abs(row["minor"]), row["currency"]), row["at"].astimezone(ZONE).date())
