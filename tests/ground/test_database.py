"""A database that a test gives back is, for the next one, as its template is."""

import asyncio

import asyncpg
import pytest

from tests.ground import database as databases

ALL = """SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'onehall'::regnamespace ORDER BY relname"""
CHANGES = (
    "UPDATE onehall.number SET state = 'held' WHERE number IN (SELECT number FROM onehall.number LIMIT 7)",
    "DELETE FROM onehall.number WHERE number = (SELECT max(number) FROM onehall.number)",
    "DELETE FROM onehall.staff",
    "UPDATE onehall.tax_rate SET percent = percent + 1",
    "INSERT INTO onehall.outreach_scanned SELECT 1, 'abc', 5",
)


async def whole(dsn: str) -> dict[str, str]:
    """This will give a digest of every table's rows."""
    connection = await asyncpg.connect(dsn)
    try:
        found = {}
        for (table,) in await connection.fetch(ALL):
            sql = f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM onehall.{table} t"
            found[table] = await connection.fetchval(sql)
        return found
    finally:
        await connection.close()


async def changed(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for sql in ("SET session_replication_role = replica", *CHANGES):
            await connection.execute(sql)
    finally:
        await connection.close()


def test_what_is_given_back_is_as_the_template(demo_template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for lists in ("_free", "_lent"):
        monkeypatch.setattr(databases, lists, {})  # what other tests have worn out would be dropped
    name = databases.borrow(demo_template, "t_given_back")
    before = asyncio.run(whole(databases.server().dsn(name)))
    for _time in range(2):
        asyncio.run(changed(databases.server().dsn(name)))
        databases.give_back(name)
        again = databases.borrow(demo_template, "t_never_made")
        assert again == name and asyncio.run(whole(databases.server().dsn(again))) == before
    databases.drop(name)
