"""Queues: each store's in a home of its own."""

from datetime import date

from onehall.domains.outreach.model import Ticket
from onehall.kernel.ids import home_for
from onehall.kernel.store import Tx

_COLUMNS = "id, unit, day, number, state, channel, taken, called, staff, calls"
WAITING = ("waiting", "called")


def home(unit: str) -> int:
    """This will name the home of a store's queue."""
    return home_for(f"queue/{unit}")


async def draw(tx: Tx, unit: str, day: date) -> int:
    """This will give the next number of a day."""
    row = await tx.write_one(
        "INSERT INTO queue_day (home, unit, day, last) VALUES ($1, $2, $3, 1) "
        "ON CONFLICT (home, unit, day) DO UPDATE SET last = queue_day.last + 1 RETURNING last",
        home(unit), unit, day,
    )  # fmt: skip
    assert row is not None
    return int(row["last"])


async def insert(tx: Tx, ticket: Ticket, token: str, carrier: str, source: str | None) -> None:
    """This will put somebody into the queue."""
    await tx.write(
        "INSERT INTO queue_ticket (home, id, unit, day, number, state, token, carrier, channel, source, taken) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        home(ticket.unit), ticket.id, ticket.unit, ticket.day, ticket.number, ticket.state, token, carrier, ticket.channel, source,
        ticket.taken,
    )  # fmt: skip


async def of_token(tx: Tx, unit: str, token: str) -> Ticket | None:
    """This will find the ticket that was taken with a token."""
    row = await tx.read_one(f"SELECT {_COLUMNS} FROM queue_ticket WHERE home = $1 AND token = $2", home(unit), token)
    return Ticket(**dict(row)) if row else None


async def of_carrier(tx: Tx, unit: str, day: date, carrier: str) -> Ticket | None:
    """This will find the ticket with which somebody stands in the queue now."""
    sql = f"SELECT {_COLUMNS} FROM queue_ticket WHERE home = $1 AND unit = $2 AND day = $3 AND carrier = $4 AND state = ANY($5)"
    row = await tx.read_one(sql, home(unit), unit, day, carrier, list(WAITING))
    return Ticket(**dict(row)) if row else None


async def of_number(tx: Tx, unit: str, day: date, number: int) -> Ticket | None:
    """This will find a ticket by its number. One statement, from any home."""
    sql = f"SELECT {_COLUMNS} FROM queue_ticket WHERE home = $1 AND unit = $2 AND day = $3 AND number = $4"
    row = await tx.read_one(sql, home(unit), unit, day, number)
    return Ticket(**dict(row)) if row else None


async def one(tx: Tx, unit: str, id_: str, *, lock: bool = False) -> Ticket | None:
    """This will read a ticket, locked if it is to be moved."""
    sql = f"SELECT {_COLUMNS} FROM queue_ticket WHERE home = $1 AND id = $2"
    row = await (tx.write_one(f"{sql} FOR UPDATE", home(unit), id_) if lock else tx.read_one(sql, home(unit), id_))
    return Ticket(**dict(row)) if row else None


async def line(tx: Tx, unit: str, day: date, limit: int) -> list[Ticket]:
    """This will list those who wait or were called, in the order of their numbers. One statement, from any home."""
    sql = f"""SELECT {_COLUMNS} FROM queue_ticket WHERE home = $1 AND unit = $2 AND day = $3 AND state = ANY($4)
              ORDER BY number LIMIT $5"""
    return [Ticket(**dict(row)) for row in await tx.read(sql, home(unit), unit, day, list(WAITING), limit)]


async def ended(tx: Tx, unit: str, day: date) -> dict[str, int]:
    """This will count the tickets of a day by state."""
    sql = "SELECT state, count(*) AS n FROM queue_ticket WHERE home = $1 AND unit = $2 AND day = $3 GROUP BY state"
    return {row["state"]: row["n"] for row in await tx.read(sql, home(unit), unit, day)}


async def move(tx: Tx, ticket: Ticket) -> None:
    """This will write how a ticket stands."""
    await tx.write(
        "UPDATE queue_ticket SET state = $3, called = $4, staff = $5, calls = $6 WHERE home = $1 AND id = $2",
        home(ticket.unit), ticket.id, ticket.state, ticket.called, ticket.staff, ticket.calls,
    )  # fmt: skip


async def leave(tx: Tx, home_: int, token: str) -> None:
    """This will take out of the queue whoever has not been called yet."""
    await tx.write("UPDATE queue_ticket SET state = 'left' WHERE home = $1 AND token = $2 AND state = 'waiting'", home_, token)
