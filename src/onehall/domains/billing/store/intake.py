"""Rows of taking use in: what waits for an account or a plan, files and how far they were read, what senders said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from onehall.domains.billing.model import Use
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.kernel.store.transaction import Row

REFUSED_KEPT_MAX: Final = 10_000
COUNTS: Final = ("lines", "added", "corrected", "known", "waiting", "refused", "place")


async def had_plan(tx: Tx, numbers: Sequence[str]) -> list[Row]:
    """This will tell which accounts had a plan for numbers, and when: number, account, since, until; who paid for another's first."""
    return await tx.read(
        """-- fan-out: only for records that the account which has the number now was not charged for
           SELECT number, account, since, until FROM subscription WHERE number = ANY($1) AND kind = 'plan'
           ORDER BY number, doc ? 'share' DESC, since""",
        numbers,
    )  # fmt: skip


async def has_waiting(tx: Tx, number: str) -> bool:
    """This will tell whether records wait for a number. One statement."""
    sql = "SELECT 1 FROM usage_waiting WHERE home = $1 AND number = $2 AND state = 'waiting' LIMIT 1"
    return await tx.read_one(sql, home_for(number), number) is not None


async def waiting_numbers(tx: Tx, limit: int) -> list[str]:
    """This will name numbers for which records wait, the longest first."""
    rows = await tx.read(
        """-- fan-out: the nightly look, off the hot path
           SELECT number FROM usage_waiting WHERE state = 'waiting' GROUP BY number ORDER BY min(since), number LIMIT $1""",
        limit,
    )  # fmt: skip
    return [row["number"] for row in rows]


async def give_up(tx: Tx, number: str, since: datetime) -> list[Row]:
    """This will end the wait of a number's records that wait since a time or longer; they are kept, with the reason."""
    return await tx.write(
        """UPDATE usage_waiting SET state = 'given_up' WHERE home = $1 AND number = $2 AND state = 'waiting' AND since <= $3
           RETURNING id, source, record, why""",
        home_for(number), number, since,
    )  # fmt: skip


async def keep_one(tx: Tx, id_: str, use: Use, why: str, doc: Any) -> None:
    """This will keep one record for later, with what its sender said."""
    await tx.write(
        """INSERT INTO usage_waiting (home, id, number, source, record, body, why, since, doc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (home, id) DO UPDATE SET doc = excluded.doc""",
        home_for(use.number), id_, use.number, use.source, use.record, msgspec.to_builtins(use), why, tx.now, doc,
    )  # fmt: skip


async def say(tx: Tx, id_: str, doc: Any) -> None:
    """This will keep what a partner said of a record."""
    sql = "INSERT INTO usage_said (home, id, doc) VALUES ($1, $2, $3) ON CONFLICT (home, id) DO UPDATE SET doc = excluded.doc"
    await tx.write(sql, tx.home, id_, doc)


def file_home(source: str, name: str) -> int:
    """This will give the home of a file of use."""
    return home_for(f"usage_file|{source}|{name}")


def file_id(source: str, name: str, mark: str) -> str:
    """This will give the id of a file; `mark` tells it from another of the same name."""
    return keyed_id(file_home(source, name), EPOCH, "usage_file", source, name, mark)


async def open_file(tx: Tx, id_: str, name: str, source: str, size: int) -> Row:
    """This will note that a file is read; gives how far it was read before, if its reading was broken off."""
    row = await tx.write_one(
        """INSERT INTO usage_file (home, id, name, source, size, lines, added, known, waiting, refused, status, started)
            VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 'reading', $6)
            ON CONFLICT (home, id) DO UPDATE SET status = 'reading', ended = NULL
            RETURNING lines, added, corrected, known, waiting, refused, place""",
        tx.home, id_, name, source, size, tx.now,
    )  # fmt: skip
    assert row is not None
    return row


async def file_status(tx: Tx, id_: str) -> str | None:
    """This will tell whether a file is read, was read to its end, or is not known."""
    row = await tx.read_one("SELECT status FROM usage_file WHERE home = $1 AND id = $2", tx.home, id_)
    return row["status"] if row else None


async def restart_file(tx: Tx, id_: str) -> None:
    """This will have a file that was read to its end read again from its beginning."""
    await tx.write("DELETE FROM usage_refused WHERE home = $1 AND file = $2", tx.home, id_)
    await tx.write("DELETE FROM usage_file WHERE home = $1 AND id = $2", tx.home, id_)


async def write_file(tx: Tx, id_: str, counts: dict[str, int]) -> None:
    """This will note how far a file was read: `counts` by column. Late words of a process that was killed do not set it back."""
    await tx.write(
        """UPDATE usage_file SET lines = $3, added = $4, corrected = $5, known = $6, waiting = $7, refused = $8, place = $9
           WHERE home = $1 AND id = $2 AND place < $9""",
        tx.home, id_, *(counts[name] for name in COUNTS),
    )  # fmt: skip


async def end_file(tx: Tx, id_: str) -> None:
    """This will note that a file was read to its end."""
    await tx.write("UPDATE usage_file SET status = 'done', ended = $3 WHERE home = $1 AND id = $2", tx.home, id_, tx.now)


async def refuse(tx: Tx, id_: str, refused: Sequence[tuple[int, str]]) -> None:
    """This will keep which lines of a file were refused, and why; so many at most."""
    row = await tx.read_one("SELECT count(*) AS kept FROM usage_refused WHERE home = $1 AND file = $2", tx.home, id_)
    some = list(refused)[: max(0, REFUSED_KEPT_MAX - (row["kept"] if row else 0))]
    if some:
        await tx.write(
            """INSERT INTO usage_refused (home, file, line, why) SELECT $1::smallint, $2::text, n.*
               FROM unnest($3::bigint[], $4::text[]) n ON CONFLICT DO NOTHING""",
            tx.home, id_, [line for line, _ in some], [why for _, why in some],
        )  # fmt: skip


async def forget_waiting(tx: Tx, id_: str, became: str | None) -> None:
    """This will let a record go that waits no more; of one that a sender was given the name of, it is kept what it `became`."""
    told = await tx.write_one(
        """UPDATE usage_waiting SET state = 'taken', became = $3 WHERE home = $1 AND id = $2 AND doc IS NOT NULL AND $3::text IS NOT NULL
           RETURNING id""",
        tx.home, id_, became,
    )  # fmt: skip
    if told is None:
        await tx.write("DELETE FROM usage_waiting WHERE home = $1 AND id = $2", tx.home, id_)


async def became(tx: Tx, id_: str) -> str | None:
    """This will tell which record one became that waited."""
    row = await tx.read_one("SELECT became FROM usage_waiting WHERE home = $1 AND id = $2 AND state = 'taken'", tx.home, id_)
    return row["became"] if row else None


async def waiting(tx: Tx, number: str, after: str, limit: int) -> list[tuple[str, Use, Any]]:
    """This will read a page of the records that wait for a number, by id, with what their senders said."""
    rows = await tx.read(
        """SELECT id, body, doc FROM usage_waiting WHERE home = $1 AND number = $2 AND state = 'waiting' AND id > $3
           ORDER BY id LIMIT $4""",
        home_for(number), number, after, limit,
    )  # fmt: skip
    return [(row["id"], msgspec.convert(row["body"], Use, strict=False), row["doc"]) for row in rows]


def waiting_id(use: Use) -> str:
    """This will give the id under which a record waits."""
    return keyed_id(home_for(use.number), EPOCH, "waiting", use.source, use.record, str(use.version))
