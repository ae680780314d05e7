"""Facts are written in the transaction that made them true, with who and what stood behind them."""

from datetime import UTC, datetime

import pytest

from onehall.kernel.events import FACTS, REACTIONS, Fact, Origin, on, tag_of
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal, forbidden
from onehall.kernel.store import Store, Tx

pytestmark = pytest.mark.usefixtures("kinds")


class Paid(Fact, frozen=True, tag="t.paid"):
    account: str
    amount: Money
    at: datetime


FACT = Paid("acc1", Money(500), datetime(2026, 1, 2, tzinfo=UTC))


async def test_a_fact_is_kept_with_its_key_and_its_origin(store: Store) -> None:
    origin = Origin("sms", "p1", "s1", "j1", "top.up", "poster", "onehall.gd")
    async with store.edge(9, origin) as tx:
        id_ = tx.tell(FACT)
        now = tx.now
    async with store.edge(9) as tx:
        [row] = await tx.read("SELECT * FROM event")
    assert dict(row) | {"body": None} == {
        "home": 9, "id": id_, "at": now, "type": "t.paid", "key": "acc1", "party": "p1", "staff": "s1", "journey": "j1",
        "function": "top.up", "channel": "sms", "source": "poster", "unit": "onehall.gd", "body": None,
    }  # fmt: skip
    assert row["body"] == {
        "type": "t.paid",
        "account": "acc1",
        "amount": {"minor": 500, "currency": "CNY"},
        "at": "2026-01-02T00:00:00Z",
    }


async def test_a_fact_that_did_not_come_true_is_not_told(store: Store) -> None:
    @on(Paid)
    async def hear(tx: Tx, fact: Paid) -> None: ...

    with pytest.raises(Refusal):
        async with store.edge(9) as tx:
            tx.tell(FACT)
            raise forbidden()
    async with store.edge(9) as tx:
        [row] = await tx.read("SELECT (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM job) AS jobs")
    assert tuple(row) == (0, 0)


async def test_a_fact_leaves_work_for_each_who_hears_it(store: Store) -> None:
    @on(Paid)
    async def one(tx: Tx, fact: Paid) -> None: ...

    @on(Paid, home=lambda fact: 33)
    async def two(tx: Tx, fact: Paid) -> None: ...

    async with store.edge(9) as tx:
        id_ = tx.tell(FACT)
    async with store.edge(9) as tx:
        rows = await tx.read("SELECT * FROM job ORDER BY kind")
    assert [(row["home"], row["kind"], row["lane"], row["works_in"]) for row in rows] == [
        (9, "on:kernel.one", "kernel.one|acc1", None),
        (9, "on:kernel.two", "kernel.two|acc1", 33),
    ]
    assert rows[0]["body"]["event"] == id_


async def test_more_facts_than_one_statement_takes_are_all_kept(store: Store) -> None:
    async with store.edge(9) as tx:
        told = [tx.tell(FACT) for _ in range(250)]
    async with store.edge(9) as tx:
        assert [row["id"] for row in await tx.read("SELECT id FROM event ORDER BY id")] == told


def test_a_reaction_is_known_by_its_room_and_name() -> None:
    @on(Paid)
    async def hear(tx: Tx, fact: Paid) -> None: ...

    assert tag_of(Paid) == tag_of(FACT) == "t.paid"
    assert FACTS["t.paid"] is Paid
    assert [reaction.name for reaction in REACTIONS["t.paid"]] == ["kernel.hear"]
    assert FACT.key == "acc1"
