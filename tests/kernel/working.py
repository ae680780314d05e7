"""What the tests of jobs and of the worker share: work that leaves a note, and what is left to do."""

from typing import Any

from onehall.kernel.store import Store, Tx

INSERT = "INSERT INTO job (home, id, kind, body, due, lease_until) VALUES ($1, $2, $3, $4, $5, $5)"
KINDS = "SELECT kind FROM job ORDER BY kind"
NOTE = "INSERT INTO event (home, id, at, type, key, channel, body) VALUES ($1, $2, $3, 'noted', $4, 'test', $5)"


async def note(tx: Tx, word: str) -> None:
    await tx.write(NOTE, tx.home, tx.new_id(), tx.now, word, {"origin": tx.origin})


async def noted(store: Store) -> list[tuple[int, str]]:
    async with store.edge(0) as tx:
        return [(r["home"], r["key"]) for r in await tx.read("SELECT home, key FROM event WHERE type = 'noted' ORDER BY id")]


async def put(tx: Tx, kind: str, body: Any = None) -> None:
    await tx.write(INSERT, tx.home, tx.new_id(), kind, body or {}, tx.now)


async def kinds(store: Store) -> list[str]:
    async with store.edge(0) as tx:
        return [row["kind"] for row in await tx.read(KINDS)]


async def rows(store: Store) -> list[Any]:
    async with store.edge(0) as tx:
        return await tx.read("SELECT * FROM job ORDER BY home, id")


async def leave(store: Store, kind: str, home: int = 7, **more: Any) -> str:
    async with store.edge(home) as tx:
        return tx.later(kind, more.pop("body", {}), **more)
