"""All that the house has written down, to look for what it should not have."""

from onehall.kernel.store import Store

_TABLES = """SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""


async def written(store: Store) -> str:
    """This will give every row of every table as text."""
    found: list[str] = []
    async with store.edge(0) as tx:
        names = [row[0] for row in await tx.read(_TABLES)]
        for name in names:
            found += [row[0] for row in await tx.read(f"SELECT t::text FROM {name} t")]
    assert {"journey", "hand_over", "event", "job"} <= {name.partition(".")[2] for name in names}, names
    return "\n".join(found)
