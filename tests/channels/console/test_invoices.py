"""The console's pages of invoices over real HTTP: seen within one's unit, reversed once by those who may, made out anew."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from onehall.domains import billing
from onehall.domains.billing import Account, Side
from onehall.domains.billing.model import Book
from onehall.kernel.ids import new_id
from onehall.kernel.money import Money
from onehall.kernel.store import Store, Tx
from tests.billing.owing import _bill
from tests.channels.desk.staff import Clerk
from tests.ground.house import House

SOUTH, EAST = "onehall.gd.gz.s1", "onehall.zj.hz.s1"
LOOKS_MAX = 200


async def invoiced(house: House, number: str, unit: str = SOUTH) -> str:
    """A bill of 30 yuan, paid, and its invoice issued by the house's own worker; gives the invoice."""
    store = await Store(house.dsn, clock=house.clock, pool_size=2).open()
    party = new_id(7, house.clock.now())

    async def work(tx: Tx) -> str:
        account: Account = await billing.actions.open_account(tx, party, unit, number=number, once=number, mode="postpaid")
        bill = await _bill(tx, account, 3000, 1)
        await billing.actions.credit(tx, account.id, Money(3000), "Cash", None, number, from_=Side(Book.CASH, unit))
        to = {"title": "Li Lai", "email": "li@example.org"}
        return await billing.actions.request_invoice(tx, account.id, to, number, bill=bill)

    try:
        made: str = await store.run(7, work)
    finally:
        await store.close()
    await _soon(lambda: house.value("SELECT status FROM invoice WHERE id = $1", made), "issued")
    return made


async def _soon(look: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    found = None
    for _look in range(LOOKS_MAX):
        if (found := await look()) == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def test_an_invoice_is_reversed_and_made_out_anew_once(house: House) -> None:
    id_ = await invoiced(house, "19900000101")
    async with Clerk(house, "operations") as keeper:
        said = await keeper.see("/console/invoices?number=19900000101")
        assert "Li Lai" in said and "¥30.00" in said and said.count("Made out ") >= 2
        said = await keeper.see(f"/console/invoices/{id_}")
        assert "Take back and make out anew" in said and "li@example.org" in keeper.at.text
        path, form = f"/console/invoices/{id_}/reverse", {"way": "anew", "once": "first", "title": "Li Lei", "email": "li@example.org"}
        for wrong, reason in (({"why": ""}, "Please say why"), ({"why": "x", "title": "L"}, "the name that the invoice is made out to")):
            said = await keeper.post(path, **(form | wrong))
            assert keeper.at.status_code == 422 and reason in said
        assert await house.value("SELECT status FROM invoice WHERE id = $1", id_) == "issued"
        for _twice in (1, 2):
            await keeper.post(path, **form, why="The name was misspelt")
            assert keeper.at.status_code == 200
        await _soon(lambda: house.value("SELECT count(*)::int FROM invoice i WHERE title = 'Li Lei' AND status = 'issued'"), 1)
        of = "SELECT bill FROM invoice WHERE id = $1"
        assert await house.value(f"SELECT sum(minor)::int FROM invoice WHERE bill = ({of})", id_) == 3000  # 30 - 30 + 30
        assert await house.value(f"SELECT count(*)::int FROM invoice WHERE bill = ({of})", id_) == 3
        said = await keeper.see(f"/console/invoices/{id_}")
        assert "Reversed" in said and "-¥30.00" in said and "The invoice that stands now" in said and "Make it out anew" not in said
        red = await house.value("SELECT id FROM invoice WHERE reverses = $1", id_)
        said = await keeper.see(f"/console/invoices/{red}")
        assert "The name was misspelt" in said and "Red invoice" in said and "Take it back" not in said
        assert await house.value("SELECT staff IS NOT NULL FROM invoice WHERE id = $1", red)
        await keeper.post(path, **(form | {"once": "other"}), why="again")
        assert keeper.at.status_code == 409


async def test_what_was_only_taken_back_can_be_made_out_anew_later(house: House) -> None:
    id_ = await invoiced(house, "19900000102")
    async with Clerk(house, "operations") as keeper:
        await keeper.see(f"/console/invoices/{id_}")
        await keeper.post(f"/console/invoices/{id_}/reverse", once="first", why="Goods came back")
        await _soon(lambda: house.value("SELECT status FROM invoice WHERE id = $1", id_), "reversed")
        assert "Make it out anew" in await keeper.see(f"/console/invoices/{id_}")
        for _twice in (1, 2):
            await keeper.post(f"/console/invoices/{id_}/anew", title="Han Mei", email="")
        live = "SELECT count(*)::int FROM invoice WHERE title = 'Han Mei' AND reverses IS NULL"
        await _soon(lambda: house.value(f"{live} AND status = 'issued'"), 1)
        assert await house.value(live) == 1


async def test_others_neither_see_nor_reverse(house: House) -> None:
    south, east = await invoiced(house, "19900000103"), await invoiced(house, "19900000104", EAST)
    async with Clerk(house, "supervisor") as guangdong:
        said = await guangdong.see("/console/invoices")
        assert "199 0000 0103" in said and "199 0000 0104" not in said
        said = await guangdong.see(f"/console/invoices/{south}")
        assert "What it states" in said and "Take it back" not in said
        await guangdong.post(f"/console/invoices/{south}/reverse", once="first", why="mine")
        assert guangdong.at.status_code == 403
        await guangdong.see(f"/console/invoices/{east}")
        assert guangdong.at.status_code == 404
        await guangdong.see("/console/invoices/nothing")
        assert guangdong.at.status_code == 404
        await guangdong.see("/console/invoices?number=19900000104")
        assert "Nothing here." in guangdong.at.text
    async with Clerk(house, "operations") as keeper:
        naked = await keeper.browser.post(f"/console/invoices/{south}/reverse", data={"why": "x"})
        assert naked.status_code == 403
    found = await house.value("SELECT string_agg(status, ',') FROM invoice WHERE id = ANY($1)", [south, east])
    assert found == "issued,issued"
    assert await house.value("SELECT count(*)::int FROM invoice WHERE reverses = ANY($1)", [south, east]) == 0


@pytest.mark.parametrize("words", ["a%00b", "'", "x" * 500])
async def test_odd_words_find_nothing(house: House, words: str) -> None:
    async with Clerk(house, "operations") as keeper:
        await keeper.see(f"/console/invoices?number={words}")
        assert keeper.at.status_code == 200 and "Nothing here." in keeper.at.text
