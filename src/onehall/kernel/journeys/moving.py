"""A guest who proves to be a customer of another home takes the journey along."""

from onehall.kernel import ids
from onehall.kernel.functions import Ask
from onehall.kernel.journeys import facts
from onehall.kernel.journeys.channel import WORLD, Caller
from onehall.kernel.journeys.row import Row, insert, load, update
from onehall.kernel.refusals import missing
from onehall.kernel.store import Store, Tx


async def move(store: Store, row: Row, party: str) -> Row:
    """This will take an open journey to the party's home and leave a pointer where it was; done twice, it is done once.

    Two homes are two transactions. The old row is closed first, so that nobody answers it meanwhile; a crash before the copy
    is made is healed by whoever follows the pointer next.
    """
    home = ids.home_of(party)
    if home == row.home:
        return row
    target = ids.rehome(row.id, home)

    async def leave(tx: Tx) -> Row:
        old = await load(tx, row.id)
        if old is None:
            raise missing("journey")
        if old.open:
            old.state, old.moved_to = "moved", target
            update(tx, old)
        return old

    old = await store.run(row.home, leave)
    return await settle(store, old) if old.moved_to else old


async def settle(store: Store, old: Row) -> Row:
    """This will give the copy of a journey that moved, and make it if it is not there yet."""
    assert old.moved_to is not None
    target = old.moved_to

    async def arrive(tx: Tx) -> Row:
        if there := await load(tx, target):
            return there
        copy = _copy(old, tx.home, target)
        tx.origin = facts.origin(copy, Caller(copy.channel, WORLD))
        insert(tx, copy)
        tx.later("journey.expire", {"journey": target}, due=copy.expires, once=target)
        facts.step(copy, tx, facts.Moved, why=old.id)
        return copy

    return await store.run(target, arrive)


def _copy(old: Row, home: int, target: str) -> Row:
    waiting = old.question is not None and old.question["kind"] == Ask.WAIT
    values = {name: getattr(old, name) for name in old.__struct_fields__}
    return Row(**values | {"home": home, "id": target, "state": "waiting" if waiting else "asking", "moved_to": None})
