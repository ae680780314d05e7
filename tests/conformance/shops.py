"""A private shop for one person of the matrix: on its list by their own number, with numbers of its own."""

from msgspec.structs import replace

from onehall.domains import estore, inventory
from onehall.domains.estore import EStore
from onehall.kernel.identity import Who
from onehall.kernel.ids import home_for
from tests.conformance.people import Person
from tests.ground.counter import Counter

MANAGER = Who(staff="s" * 24, unit="onehall", roles=frozenset({"account_manager"}))
NUMBERS = 2


async def before_a_store(counter: Counter, person: Person) -> EStore:
    """This will make a store whose list names the person; its address is their number, so that any keyboard can write it."""
    made = await estore.actions.open_store(counter.store, MANAGER, "enterprise", "Acme", person.number)
    async with counter.store.edge(made.id) as tx:
        terms = replace(made.terms, proofs=("roster",), company_percent=50, member_budget=10_000_000, store_budget=10_000_000)
        made = await estore.actions.change_terms(tx, made.id, terms)
        await estore.actions.take_list(tx, made.id, [(2, {"key": person.number, "name": person.made.name, "role": "approver"})])
    numbers = [f"19{place}{person.number[3:]}" for place in range(NUMBERS)]
    for number in numbers:
        async with counter.store.edge(home_for(number)) as tx:
            await inventory.actions.stock_numbers(tx, [inventory.StockNumber(number)])
    assert all((await estore.actions.fill_pool(counter.store, MANAGER, made.id, numbers)).values())
    person.notes["estore.join.store"] = made.slug
    return made


async def in_a_store(counter: Counter, person: Person) -> EStore:
    """This will make them a member of a store of their own."""
    made = await before_a_store(counter, person)
    await _joins(counter, person, made.slug, person.number)
    return made


async def asked_by_another(counter: Counter, person: Person) -> None:
    """This will have somebody else ask them, who decide for the store, for more than the budget holds."""
    made = await in_a_store(counter, person)
    async with counter.store.edge(made.id) as tx:
        await estore.actions.change_terms(tx, made.id, replace(made.terms, member_budget=0))
        other = await Person().settle(counter)
        await estore.actions.take_list(tx, made.id, [(2, {"key": other.number, "name": other.made.name})])
    await _joins(counter, other, made.slug, other.number)
    caller = other.logged_in(counter, "api")
    view = await counter.hall.start(caller, "estore.buy")
    for answer in (None, None, "esim", True):
        view = await counter.answer(caller, view, view.question["options"][0]["value"] if answer is None else answer)
    view = await counter.settle(caller, view)
    assert view.state == "waiting", view


async def _joins(counter: Counter, person: Person, slug: str, key: str) -> None:
    known = {"store": slug, "number": key, "name": person.made.name}
    view = await counter.hall.start(person.logged_in(counter, "api"), "estore.join", known)
    assert view.state == "done", view
    await counter.settle()
