"""What a demo customer was granted rolls over the month like any other's: it is granted anew, and shared as before."""

from datetime import timedelta
from decimal import Decimal

from onehall.demo.customers import CUSTOMERS
from onehall.domains import billing, catalogue
from onehall.domains.billing import Use
from onehall.kernel.ids import home_of
from tests.ground.counter import Counter

PAYER, MEMBER = CUSTOMERS[0].number, CUSTOMERS[3].number
BUCKETS = "SELECT sum(used) FROM bucket WHERE account = $1 AND kind = 'data_mb' AND start >= $2 AND total = 20480"


async def test_a_shared_demo_allowance_is_shared_next_month_too(counter: Counter) -> None:
    await counter.settle()
    payer, member, line = [
        await counter.one(f"SELECT {column} FROM billing_account WHERE number = $1", number)
        for column, number in (("id", PAYER), ("id", MEMBER), ("line", PAYER))
    ]
    async with counter.store.edge(payer) as tx:
        [(_number, held)] = await billing.queries.allowances(tx, (await billing.queries.account(tx, payer)).party, PAYER)
    assert {one.of for one in held} == {line}
    invite = billing.actions.invite
    await counter.store.run(home_of(payer), lambda tx: invite(tx, payer, held[0].of, held[0].name, MEMBER, member, None, PAYER))
    await counter.settle()
    offer = await counter.one("SELECT id FROM share_offer WHERE number = $1", MEMBER)
    await counter.store.run(home_of(member), lambda tx: billing.actions.answer_share(tx, offer, True))
    await counter.settle()
    first = catalogue.rules.change_day(counter.store.clock.now())
    counter.store.clock.move(first + timedelta(hours=1) - counter.store.clock.now())
    await counter.store.run(home_of(payer), lambda tx: billing.actions.turning.turn(tx, 1))
    use = Use(source="t", record="1", number=MEMBER, kind="data_mb", amount=Decimal(40), at=first + timedelta(minutes=30))
    [outcome] = await billing.actions.take_in_all(counter.store, [use])
    assert outcome.state == "added" and outcome.charged and (outcome.charged.account, outcome.charged.left_over) == (payer, 0)
    assert await counter.one(BUCKETS, payer, first) == 40
    async with counter.store.edge(payer) as tx:
        drawn = {
            part.share.number: part.used for one in await billing.queries.splits(tx, payer) if one.kind == "data_mb" for part in one.parts
        }
    assert drawn == {PAYER: 0, MEMBER: 40}
