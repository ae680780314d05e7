"""A guest who proves to be a customer of another home takes the journey along."""

from onehall.kernel import ids
from onehall.kernel.journeys import facts
from onehall.kernel.journeys.row import Row, insert, load, update
from onehall.kernel.refusals import missing
from onehall.kernel.store import Store, Tx


async def move(store: Store, row: Row, party: str) -> Row:
    """This will copy an open journey to the party's home and leave a pointer where it was; done twice, it is done once.

    Two homes are two transactions: a crash between them leaves a copy that is found and used again.
    """
    home = ids.home_of(party)
    if home == row.home or row.party == party:
        return row
    target = ids.rehome(row.id, home)

    async def arrive(tx: Tx) -> Row:
        copy = _copy(row, home, target)
        if not await insert(tx, copy):
            return await load(tx, target) or copy
        tx.later("journey.expire", {"journey": target}, due=copy.expires)
        tx.tell(facts.Moved(target, why=row.id))
        return copy

    async def leave(tx: Tx) -> None:
        old = await load(tx, row.id, lock=True)
        if old is None:
            raise missing("journey")
        if old.moved_to is None:
            old.state, old.moved_to, old.updated = "moved", target, tx.now
            await update(tx, old)

    moved = await store.run(home, arrive)
    await store.run(row.home, leave)
    return moved


def _copy(row: Row, home: int, target: str) -> Row:
    values = {name: getattr(row, name) for name in row.__struct_fields__}
    return Row(**values | {"home": home, "id": target, "revision": 0})
