"""Copied lives are whole: every row, every reference, every home, and books that balance."""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count

import msgspec
import pytest

from onehall.bench import lives, mould
from onehall.bench.verify import books
from onehall.bench.year import token
from onehall.demo import customers
from onehall.domains.party.rules import check_document
from onehall.kernel.identity import tokens
from onehall.kernel.ids import home_for, home_of, is_id, new_id
from onehall.kernel.settings import current
from onehall.kernel.store import Store
from onehall.traffic import kinds
from tests.ground import counter as counters
from tests.ground import database as databases

LIVES = 50
pytestmark = pytest.mark.slow
_numbers = count()
_made: dict[str, lives.Filled] = {}


async def _fill(dsn: str) -> None:
    store = await Store(dsn, pool_size=4).open()
    try:
        _made["filled"] = await lives.fill(store, databases.SECRET, LIVES, 200, 100, lambda line: None)
    finally:
        await store.close()


@pytest.fixture(scope="module")
def lived_database(plain_template: str) -> str:
    """A database with fifty copied lives."""
    return databases.template(f"lived_{os.getpid()}", _fill, source=plain_template)


@pytest.fixture
def lived_dsn(lived_database: str) -> Iterator[str]:
    """The DSN of a fresh copy of it."""
    name = f"t_lived_{os.getpid()}_{next(_numbers)}"
    databases.clone(lived_database, name)
    yield databases.server().dsn(name)
    databases.drop(name)


@pytest.fixture
async def lived(lived_dsn: str) -> AsyncIterator[Store]:
    """The Store of a fresh copy of it."""
    opened = await Store(lived_dsn, pool_size=4).open()
    yield opened
    await opened.close()


async def _rows(store: Store, sql: str, *values: object) -> list[tuple[object, ...]]:
    async with store.edge(0) as tx:
        return [tuple(row) for row in await tx.read(sql, *values)]


async def test_every_copy_has_what_its_life_had(lived: Store) -> None:
    """Ten of fifty are busy: a plan and two packs, twelve bills; the others have a plan and twelve bills."""
    found = await _rows(lived, "SELECT count(*), count(DISTINCT party), count(DISTINCT number), count(DISTINCT iccid) FROM product "
                               "WHERE number LIKE '1861%' AND kind = 'line' AND status = 'active'")  # fmt: skip
    assert found == [(LIVES, LIVES, LIVES, LIVES)]
    bills = await _rows(lived, "SELECT c, count(*) FROM (SELECT count(*) AS c FROM customer_bill WHERE number LIKE '1861%' "
                               "GROUP BY account) b GROUP BY c")  # fmt: skip
    assert bills == [(12, LIVES)]
    nos = await _rows(lived, "SELECT count(DISTINCT no) FROM customer_bill WHERE number LIKE '1861%'")
    assert nos == [(12 * LIVES,)]
    packs = await _rows(lived, "SELECT count(*) FROM product p JOIN product l ON l.id = p.parent "
                               "WHERE p.kind = 'pack' AND l.number LIKE '1861%'")  # fmt: skip
    assert packs == [(2 * LIVES // 5,)]


async def test_ids_tell_the_home_of_their_row(lived: Store) -> None:
    """In every table with a home and an id, except bills' runs, which lie in home 0 whatever their id says."""
    tables = await _rows(lived, "SELECT table_name FROM information_schema.columns WHERE table_schema = 'onehall' "
                                "AND column_name IN ('home', 'id') GROUP BY 1 HAVING count(*) = 2")  # fmt: skip
    wrong, seen = [], 0
    for (table,) in tables:
        for home, id_ in await _rows(lived, f"SELECT home, id FROM {table}"):
            if is_id(str(id_)):
                seen += 1
                wrong += [f"{table} {id_} in {home}"] if home_of(str(id_)) != home else []
    assert wrong == []
    assert seen > LIVES * 100


async def test_references_lead_to_rows(lived: Store) -> None:
    """What a copy's rows name is the copy's own."""
    for sql in (
        "SELECT count(*) FROM posting p LEFT JOIN entry e ON e.home = p.home AND e.id = p.entry WHERE e.id IS NULL",
        "SELECT count(*) FROM entry e LEFT JOIN billing_account a ON a.home = e.home AND a.id = e.account "
        "WHERE e.account IS NOT NULL AND a.id IS NULL",
        "SELECT count(*) FROM product p LEFT JOIN party c ON c.home = p.home AND c.id = p.party WHERE c.id IS NULL",
        "SELECT count(*) FROM product p LEFT JOIN billing_account a ON a.id = p.account WHERE p.kind = 'line' AND a.id IS NULL",
        "SELECT count(*) FROM product p LEFT JOIN number n ON n.number = p.number AND n.line = p.id "
        "WHERE p.kind = 'line' AND n.state IS DISTINCT FROM 'sold'",
        "SELECT count(*) FROM product p LEFT JOIN sim s ON s.iccid = p.iccid AND s.line = p.id "
        "WHERE p.kind = 'line' AND s.state IS DISTINCT FROM 'active'",
        "SELECT count(*) FROM bill_line l LEFT JOIN customer_bill b ON b.home = l.home AND b.id = l.bill WHERE b.id IS NULL",
        "SELECT count(*) FROM billed x LEFT JOIN entry e ON e.home = x.home AND e.id = x.entry WHERE e.id IS NULL",
        "SELECT count(*) FROM customer_bill b LEFT JOIN bill_run r ON r.id = b.run WHERE r.id IS NULL",
        "SELECT count(*) FROM product p LEFT JOIN login_name l ON l.value = p.number AND l.party = p.party "
        "WHERE p.kind = 'line' AND l.party IS NULL",
    ):
        assert await _rows(lived, sql) == [(0,)], sql


async def test_what_is_known_by_its_value_lives_in_its_home(lived: Store) -> None:
    """Numbers, SIMs, documents and logins."""
    for table, column in (("number", "number"), ("sim", "iccid"), ("person_document", "document_hash"), ("login_name", "value")):
        rows = await _rows(lived, f"SELECT home, {column} FROM {table}")
        assert len(rows) >= LIVES
        assert [row for row in rows if row[0] != home_for(str(row[1]))] == []


async def test_books_and_bills_are_in_order(lived: Store) -> None:
    """The house's own checks find nothing; and they would."""
    assert await books(lived) == []
    async with lived.edge(0) as tx:
        await tx.write("UPDATE posting SET minor = minor + 1 WHERE id = (SELECT max(id) FROM posting WHERE book = 'revenue')")
    assert len(await books(lived)) > 0


async def test_a_customer_of_them_is_served(lived: Store) -> None:
    """Balance, data left, orders and bills, as the app shows them."""
    [(party, number)] = await _rows(lived, "SELECT party, number FROM product p WHERE number LIKE '1861%' AND NOT EXISTS "
                                           "(SELECT 1 FROM product k WHERE k.parent = p.id) ORDER BY number DESC LIMIT 1")  # fmt: skip
    async with counters.opened(lived.dsn) as counter:
        me = counter.customer(str(party))
        said = {name: await counter.hall.start(me, name) for name in ("balance.check", "data.left", "orders.mine", "bill.list")}
    assert {name: view.state for name, view in said.items()} == dict.fromkeys(said, "done")
    shown = {name: msgspec.json.encode(view.said).decode() for name, view in said.items()}
    assert "¥42.00" in shown["balance.check"]  # of 750 topped up after the first month was paid, twelve months of 59 are gone
    assert "20 GB of 20 GB" in shown["data.left"] and "1 order." in shown["orders.mine"]
    assert str(number) in shown["bill.list"] or shown["bill.list"].count("¥59.00") >= 11


def test_the_token_of_a_customer_is_the_houses_own() -> None:
    """It is signed as a login's is."""
    now = datetime.now(UTC)
    party = new_id(7, now)
    assert current().secret == databases.SECRET
    claims = tokens.read(token(party, now), now, "customer")
    assert claims is not None and claims.sub == party


def test_tails_are_never_alike() -> None:
    """A million copies and more have tails of their own."""
    assert len({mould.tail_of(place) for place in range(200_000)}) == 200_000


def test_a_million_lives_are_told_apart() -> None:
    """No two lives share a document, nobody of the demo and nobody who comes anew has one of theirs, and no free number is taken."""
    some = [*range(5_000), *range(5_000, kinds.BIRTHS, 997)]
    documents = {kinds.document(lives.REGION, place) for place in some}
    assert len(documents) == len(some)
    assert all(check_document("resident_id", one) == one for one in documents)
    assert {one[:6] for one in documents}.isdisjoint(kinds.document_of(f"b1mix{place}")[:6] for place in range(5_000))
    assert {one[:6] for one in documents}.isdisjoint(one.document[:6] for one in customers.CUSTOMERS)
    assert lives.NUMBERS + lives.SPAN <= lives.FREE
