"""What customers let programs do for them, and each yes that was given through one."""

from datetime import date, datetime

import msgspec

from onehall.domains.party.model import AgentGrant
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx

_COLUMNS = "id, party, name, scope, each_max, day_max, proof, until, created, claimed, ended"
_SPEND = """
UPDATE agent_grant SET spent = CASE WHEN spent_on = $3 THEN spent ELSE 0 END + $4, spent_on = $3
WHERE home = $1 AND id = $2 AND ended IS NULL AND until > $5 AND $4 <= least(each_max, $6)
AND CASE WHEN spent_on = $3 THEN spent ELSE 0 END + $4 <= least(day_max, $7) RETURNING id
"""


async def add(tx: Tx, grant: AgentGrant, code_hash: str, code_until: datetime) -> None:
    """This will write a grant."""
    await tx.write(
        """INSERT INTO agent_grant (home, id, party, name, scope, each_max, day_max, proof, code_hash, code_until, created, until)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        tx.home, grant.id, grant.party, grant.name, grant.scope, grant.each_max, grant.day_max, grant.proof, code_hash, code_until,
        grant.created, grant.until,
    )  # fmt: skip


async def find(tx: Tx, grant: str) -> AgentGrant | None:
    """This will read a grant. One statement."""
    row = await tx.read_one(f"SELECT {_COLUMNS} FROM agent_grant WHERE home = $1 AND id = $2", home_of(grant), grant)
    return msgspec.convert(dict(row), AgentGrant) if row else None


async def of_party(tx: Tx, party: str, now: datetime, limit: int) -> list[AgentGrant]:
    """This will read the grants of a party that hold, newest first."""
    sql = f"""SELECT {_COLUMNS} FROM agent_grant WHERE home = $1 AND party = $2 AND ended IS NULL AND until > $3
              ORDER BY created DESC, id DESC LIMIT $4"""
    return [msgspec.convert(dict(row), AgentGrant) for row in await tx.read(sql, home_of(party), party, now, limit)]


async def end(tx: Tx, grant: str) -> bool:
    """This will end a grant; False when it had ended before."""
    sql = "UPDATE agent_grant SET ended = $3, code_hash = NULL WHERE home = $1 AND id = $2 AND ended IS NULL RETURNING id"
    return await tx.write_one(sql, home_of(grant), grant, tx.now) is not None


async def claim(tx: Tx, grant: str, code_hash: str) -> bool:
    """This will use up a grant's code; False when it is wrong, too late or used."""
    sql = """UPDATE agent_grant SET claimed = $4, code_hash = NULL WHERE home = $1 AND id = $2 AND code_hash = $3 AND code_until > $4
             AND ended IS NULL AND tries < 5 RETURNING id"""
    return await tx.write_one(sql, home_of(grant), grant, code_hash, tx.now) is not None


async def count_try(tx: Tx, grant: str) -> None:
    """This will count a wrong code."""
    await tx.write("UPDATE agent_grant SET tries = tries + 1 WHERE home = $1 AND id = $2 AND tries < 5", home_of(grant), grant)


async def spend(tx: Tx, grant: str, amount: int, today: date, each_max: int, day_max: int) -> bool:
    """This will count an amount (minor units) against a grant's day; False when it is above a limit. One statement."""
    return await tx.write_one(_SPEND, home_of(grant), grant, today, amount, tx.now, each_max, day_max) is not None


async def note_yes(tx: Tx, grant: str, journey: str, question: str, turn: int, way: str, amount: int | None) -> bool:
    """This will note a yes; False when one was noted to this question at this turn before."""
    sql = """INSERT INTO agent_yes (home, journey, question, turn, agent_grant, way, amount, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (home, journey, question, turn) DO NOTHING RETURNING turn"""
    return await tx.write_one(sql, home_of(grant), journey, question, turn, grant, way, amount, tx.now) is not None
