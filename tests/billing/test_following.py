"""Members of a shared plan follow their payer to another plan."""

from datetime import timedelta
from typing import Any

import msgspec

from onehall.domains import billing, catalogue
from onehall.domains.billing import store as rows
from onehall.domains.billing.actions.sharing import follow_plan
from tests.billing.bank import Books
from tests.billing.lines import HOME, all_of, now, open_line, plan_doc, sound, use
from tests.billing.test_sharing import MEMBER, OWNER, PLAN, act, shared, splits, take


async def test_members_are_rated_by_the_plan_that_their_payer_has_now_and_draw_as_before(books: Books) -> None:
    payer, _member = await shared(books, 30)
    await catalogued(books, "plan-calls", data_mb=1000, fen=50)
    assert (await take(books.store, use(MEMBER, "1", "20", payer, now(books.store))))[0].charged.offering == "plan-data"
    books.store.clock.move(timedelta(minutes=1))
    assert await books.do(HOME, follow_plan, payer, "plan-calls") is False  # the payer is not charged by it yet
    assert await members_plans(books) == [("plan-data", True)]
    await change_plan(books, payer, "plan-calls")
    for _twice in range(2):
        assert await books.do(HOME, follow_plan, payer, "plan-calls") is True
    books.store.clock.move(timedelta(minutes=1))
    assert await members_plans(books) == [("plan-data", False), ("plan-calls", True)]
    early = use(MEMBER, "2", "1", payer, now(books.store))
    [late, after] = await take(books.store, msgspec.structs.replace(early, at=now(books.store) - timedelta(seconds=90)),
                               use(MEMBER, "3", "15", payer, now(books.store)))  # fmt: skip
    assert (late.charged.offering, after.charged.offering) == ("plan-data", "plan-calls")
    assert (after.charged.left_over, after.charged.minor) == (6, 6 * 50)  # 30 less 20 and 1 leave 9
    assert await splits(books.store, payer) == [(30, {OWNER: 0, MEMBER: 30})] and await sound(books.store)


async def test_who_shares_nothing_has_nobody_to_follow(books: Books) -> None:
    account = await open_line(books.store, OWNER)
    assert await books.do(HOME, follow_plan, account, "any") is True


async def catalogued(books: Books, id_: str, *, fen: int, **traits: Any) -> None:
    """This will have another plan, at so many fen a MB beyond its allowance."""
    doc = plan_doc(**traits)
    for price in doc["productOfferingPrice"]:
        if price["name"] == "data_mb":
            price |= {"price": {"unit": "CNY", "value": fen / 100}, "tariff": {"step": "1", "tiers": [{"amount": str(fen)}]}}
    await books.do(0, catalogue.actions.put, id_, doc)


async def change_plan(books: Books, payer: str, offering: str) -> None:
    """This will have the payer charged by another plan from now on, for the same line."""
    async with books.store.edge(0) as tx:
        terms = await catalogue.queries.known(tx, offering)

    async def work(tx: Any) -> None:
        await rows.rating.lock(tx, [payer])
        await rows.subscriptions.end(tx, payer, PLAN, "plan", tx.now)
        plan = billing.Subscription(
            tx.new_id(), payer, PLAN, OWNER, PLAN, "plan", offering, terms.price_id, {"en": "P"}, 3000, "CNY", tx.now, None
        )
        await act.subscribe(tx, plan)

    await books.do(HOME, work)


async def members_plans(books: Books) -> list[tuple[str, bool]]:
    """By which plans the member's use was and is rated, and whether each stands."""
    return await all_of(books.store, "SELECT offering, until IS NULL FROM subscription WHERE doc ? 'share' ORDER BY since, id")
