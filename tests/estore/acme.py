"""Acme's store, its staff, and what they do in it: for every test of an e-store."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from onehall.domains import catalogue, estore, inventory
from onehall.domains import party as parties
from onehall.domains.estore import EStore
from onehall.hall import Caller, View
from onehall.kernel.identity import Who
from onehall.kernel.ids import home_for
from tests.conformance.people import Person
from tests.ground.counter import FACE, Counter, opened

POOL = [f"1860009{place:04}" for place in range(1001, 1021)]
SHEET = "key,name,department,role\nlan@acme.example,Lan Wei,Sales,member\nhe@acme.example,He Ying,Office,approver\n"
MANAGER = Who(staff="s" * 24, unit="onehall.gd", roles=frozenset({"account_manager"}))


@pytest.fixture
async def counter(demo_database: str) -> AsyncIterator[Counter]:
    """A house over a fresh demo operator, on the first day of a month: what begins today costs the whole of it."""
    async with opened(demo_database) as made:
        now = made.store.clock.now()
        first = catalogue.rules.change_day(now)
        made.store.clock.move(first - now + timedelta(hours=12))
        yield made


@pytest.fixture
async def acme(counter: Counter) -> EStore:
    """Acme's store: half of each fee is the company's, 30 yuan a member before somebody is asked; twenty numbers of its own."""
    made = await estore.actions.open_store(counter.store, MANAGER, "enterprise", "Acme", "acme", ("acme.example",))
    async with counter.store.edge(made.id) as tx:
        terms = replace(made.terms, company_percent=50, company_most=0, member_budget=3_000, store_budget=1_000_000)
        made = await estore.actions.change_terms(tx, made.id, terms)
        await estore.actions.put_on_shelf(tx, made.id, "hall-59")
        made = await estore.actions.put_on_shelf(tx, made.id, "hall-99", 8_000)
        await estore.actions.take_list(tx, made.id, estore.actions.read_sheet(SHEET, ("key", "name"), 100))
    for number in POOL:
        async with counter.store.edge(home_for(number)) as tx:
            await inventory.actions.stock_numbers(tx, [inventory.StockNumber(number)])
    put = await estore.actions.fill_pool(counter.store, MANAGER, made.id, POOL)
    assert set(put.values()) == {True}
    return made


async def newcomer(counter: Counter, phone: str) -> Caller:
    """Somebody with a phone, who has logged in."""
    async with counter.store.edge(home_for(phone)) as tx:
        party = await parties.actions.register_prospect(tx, phone, "en")
    await counter.settle()
    return counter.customer(party, "web")


async def mailed(counter: Counter, address: str) -> str:
    """The code in the last mail to an address."""
    text = (await counter.world.mail.mails(address))[-1]["text"]
    return re.findall(r"(?<!\d)\d{6}(?!\d)", text)[0]


async def joins(counter: Counter, caller: Caller, address: str) -> View:
    """Somebody joins by a code to their company mail."""
    view = await counter.hall.start(caller, "estore.join", {"store": "acme"})
    assert view.question and view.question["key"] == "way", view
    view = await counter.answer(caller, view, "mail")
    view = await counter.answer(caller, view, address)
    await counter.settle()
    return await counter.answer(caller, view, await mailed(counter, address))


async def asks(counter: Counter, caller: Caller, offer: str = "hall-59", number: str | None = None) -> View:
    """A member agrees to a plan with a number of the store, and the company is asked."""
    view = await counter.hall.start(caller, "estore.buy", {"store": "acme", "offer": offer})
    assert view.question and view.question["key"] == "number", view
    ordinary = next(one["value"] for one in view.question["options"] if not one.get("badge"))  # a nice one costs a prepayment
    view = await counter.answer(caller, view, number or ordinary)
    view = await counter.answer(caller, view, "esim")
    assert view.question and view.question["key"] == "agree", view
    view = await counter.answer(caller, view, True)
    return await counter.settle(caller, view)


async def goes_on(counter: Counter, caller: Caller, view: View, document: str) -> View:
    """A member whose company agreed shows a document and pays their own part."""
    assert view.question and view.question["key"] == "prove", view
    shown = {"name": "李雷", "document_type": "resident_id", "document_number": document, "face": FACE}
    view = await counter.answer(caller, view, shown)
    view = await counter.settle(caller, view)
    if view.question and view.question["kind"] == "pay":
        await counter.bank_pays(view)
        view = await counter.settle(caller, view)
    return view


async def a_member_with_a_line(counter: Counter, acme: EStore) -> Caller:
    """A store with another plan and a pack on its shelf, and one member who has a line from it."""
    async with counter.store.edge(acme.id) as tx:
        await estore.actions.change_terms(tx, acme.id, replace(acme.terms, member_budget=50_000))
        await estore.actions.put_on_shelf(tx, acme.id, "hall-29")
        await estore.actions.put_on_shelf(tx, acme.id, "pack-data-10")
    lan, person = await newcomer(counter, "13900000101"), Person()
    await joins(counter, lan, "lan@acme.example")
    view = await goes_on(counter, lan, await asks(counter, lan, "hall-59"), person.document)
    assert view.state == "done", view
    await counter.settle()
    return lan
