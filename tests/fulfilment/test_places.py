"""A person has five places for lines; a line that ends gives its place back."""

from onehall.domains import inventory
from tests.ground.counter import Counter

PLACES = "SELECT count(*) FROM line_slot WHERE line IS NOT NULL"


async def test_a_line_that_ends_gives_its_place_back(counter: Counter) -> None:
    caller, before = counter.guest(), await counter.one(PLACES)
    view = await counter.to_pay(caller)
    await counter.bank_pays(view)
    done = await counter.settle(caller, view)
    assert done.state == "done", done.said
    assert await counter.one(PLACES) == before + 1
    async with counter.store.edge(done.party) as tx:
        (line,) = await inventory.queries.lines_of(tx, done.party)
        await inventory.actions.terminate_line(tx, line, "request")
    await counter.settle()
    assert await counter.one("SELECT status FROM product WHERE id = $1", line.id) == "terminated"
    assert await counter.one(PLACES) == before
