"""Allowances shared, given away and carried over: what one has the other has not, whoever comes first."""

import asyncio
import random
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from onehall.domains import billing
from onehall.domains.billing.rules import charging
from onehall.kernel.ids import home_of
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Together
from tests.billing.bank import Books
from tests.billing.lines import HOME, all_of, now, one, open_line, sound, use

act = billing.actions
OWNER, MEMBER, THIRD = "13800000001", "13800000002", "13800000003"
PLAN = f"line-{OWNER}"


async def shared(books: Books, most: int | None = None, number: str = MEMBER, home: int = 9, **more: Any) -> tuple[str, str]:
    """This will have the owner's plan shared with a member of another home; gives the two accounts."""
    payer = await one(books.store, "SELECT id FROM billing_account WHERE number = $1", OWNER) or await open_line(books.store, OWNER, **more)
    member = await open_line(books.store, number, home=home)
    await books.do(HOME, act.invite, payer, PLAN, "Plan", number, member, most, OWNER)
    await books.settle()
    offer = await one(books.store, "SELECT id FROM share_offer WHERE number = $1", number)
    await books.do(home, act.answer_share, offer, True)
    await books.settle()
    return payer, member


async def route(store: Store, number: str) -> str:
    """This will name who pays for a number."""
    async with store.edge(0) as tx:
        return (await billing.queries.payers(tx, [number]))[number]


async def splits(store: Store, account: str) -> list[tuple[D, dict[str, D]]]:
    """This will give what is used of each shared bucket, and by whom."""
    async with store.edge(account) as tx:
        return [(one.used, {part.share.number: part.used for part in one.parts}) for one in await billing.queries.splits(tx, account)]


async def take(store: Store, *uses: Any) -> list[Any]:
    """This will take records in, each to who pays for its number."""
    return await act.take_in_all(store, uses)


async def test_a_member_is_asked_by_sms_and_then_draws_on_the_payers_bucket(books: Books) -> None:
    payer = await open_line(books.store, OWNER)
    await take(books.store, use(OWNER, "0", "100", payer, now(books.store)))
    await shared(books, 300)
    assert any(to == MEMBER and OWNER in text and "GXJR" in text for to, text in books.sms.sent)
    assert await route(books.store, MEMBER) == payer
    [first, second] = await take(
        books.store, use(OWNER, "1", "50", payer, now(books.store)), use(MEMBER, "2", "40", payer, now(books.store))
    )
    assert (first.state, second.state, second.charged.line) == ("added", "added", f"line-{MEMBER}")
    assert await splits(books.store, payer) == [(190, {OWNER: 150, MEMBER: 40})]


async def test_use_that_waited_for_a_plan_is_rated_as_soon_as_its_number_joins(books: Books) -> None:
    payer, member = await open_line(books.store, OWNER), (await books.account(home=9, number=MEMBER)).id
    later = now(books.store) + timedelta(hours=1)
    [early] = await take(books.store, use(MEMBER, "early", "40", member, later))
    assert early.state == "waiting"
    await books.do(HOME, act.invite, payer, PLAN, "Plan", MEMBER, member, None, OWNER)
    await books.settle()
    await books.do(9, act.answer_share, await one(books.store, "SELECT id FROM share_offer"), True)
    await books.settle()
    assert await splits(books.store, payer) == [(40, {OWNER: 0, MEMBER: 40})]
    assert await one(books.store, "SELECT count(*) FROM usage_waiting") == 0


async def test_who_is_asked_may_decline_and_nothing_changes(books: Books) -> None:
    payer, member = await open_line(books.store, OWNER), await open_line(books.store, MEMBER, home=9)
    await books.do(HOME, act.invite, payer, PLAN, "Plan", MEMBER, member, None, OWNER)
    await books.settle()
    offer = await one(books.store, "SELECT id FROM share_offer")
    await books.do(9, act.answer_share, offer, False)
    await books.settle()
    assert await route(books.store, MEMBER) == member and await one(books.store, "SELECT count(*) FROM bucket_member") == 0
    assert await all_of(books.store, "SELECT status FROM share") == [("declined",)]
    with pytest.raises(Refusal, match=r"share\.over"):
        await books.do(9, act.answer_share, offer, True)


async def test_a_member_draws_no_more_than_their_limit_and_the_rest_costs_the_payer(books: Books) -> None:
    payer, _member = await shared(books, 30, yuan=10)
    [done] = await take(books.store, use(MEMBER, "1", "40", payer, now(books.store)))
    assert (done.charged.left_over, done.charged.minor) == (10, 100)
    assert await splits(books.store, payer) == [(30, {OWNER: 0, MEMBER: 30})] and await sound(books.store)


@pytest.mark.parametrize("how", ["left", "removed"])
async def test_who_leaves_or_is_removed_is_rated_by_their_own_plan_again(books: Books, how: str) -> None:
    payer, member = await shared(books)
    await take(books.store, use(MEMBER, "1", "40", payer, now(books.store)))
    if how == "left":
        await books.do(9, act.leave_share, await one(books.store, "SELECT id FROM share_offer"))
    else:
        await books.do(HOME, act.end_share, await one(books.store, "SELECT id FROM share WHERE NOT own"), "removed")
    await books.settle()
    assert await route(books.store, MEMBER) == member
    [after] = await take(books.store, use(MEMBER, "2", "10", member, now(books.store)))
    assert after.charged.account == member
    assert await splits(books.store, payer) == [(40, {OWNER: 0, MEMBER: 40})]
    assert await all_of(books.store, "SELECT status FROM share WHERE NOT own") == [(how,)]
    assert await all_of(books.store, "SELECT status FROM share_offer") == [("ended",)]
    await shared_again(books, payer, member)


async def shared_again(books: Books, payer: str, member: str) -> None:
    """Who has left may come back."""
    await books.do(HOME, act.invite, payer, PLAN, "Plan", MEMBER, member, None, OWNER)
    await books.settle()
    await books.do(9, act.answer_share, await one(books.store, "SELECT id FROM share_offer"), True)
    await books.settle()
    assert await route(books.store, MEMBER) == payer


async def test_two_members_drain_one_bucket_at_once_and_it_never_goes_under_its_floor(books: Books) -> None:
    payer, _member = await shared(books, 400)
    uses = [use((OWNER, MEMBER)[place % 2], str(place), "7", payer, now(books.store)) for place in range(200)]  # 1400 MB wanted
    random.Random(3).shuffle(uses)

    async def alone(one: Any) -> Any:
        return (await books.store.run(HOME, lambda tx: act.debit(tx, [one])))[0]

    together: Together[Any, Any] = Together(books.store, act.debit)
    half = asyncio.gather(*(together.do(HOME, one) for one in uses[:100]), return_exceptions=True)
    answers = [*await asyncio.gather(*(alone(one) for one in uses[100:])), *await half]
    charged = [one for one in answers if not isinstance(one, Exception)]
    used, parts = (await splits(books.store, payer))[0]
    assert used <= 1000 and used == sum(parts.values()) == sum(one.from_buckets for one in charged)
    assert parts[MEMBER] <= 400 and all(one.money.minor == 0 for one in charged)
    assert {one.code for one in answers if isinstance(one, Refusal)} == {"balance.low"}
    assert await one(books.store, "SELECT sum((value)::numeric) FROM usage, jsonb_each_text(drawn)") == used
    assert await sound(books.store)


async def test_next_months_bucket_is_shared_as_this_months(books: Books) -> None:
    payer, _member = await shared(books, 30)
    books.store.clock.move(timedelta(days=40))
    await take(books.store, use(MEMBER, "1", "20", payer, now(books.store)))
    assert await splits(books.store, payer) == [(20, {OWNER: 0, MEMBER: 20})]


async def test_an_allowance_has_nine_members_at_most(books: Books) -> None:
    payer = await open_line(books.store, OWNER)
    for place in range(charging.MEMBERS_MAX):
        await books.do(HOME, act.invite, payer, PLAN, "Plan", f"1380000010{place}", payer[:-1] + "0", None, OWNER)
    with pytest.raises(Refusal, match=r"share\.full"):
        await books.do(HOME, act.invite, payer, PLAN, "Plan", THIRD, payer[:-1] + "0", None, OWNER)
    with pytest.raises(Refusal, match=r"share\.own"):
        await books.do(HOME, act.invite, payer, PLAN, "Plan", OWNER, payer, None, OWNER)
    assert await one(books.store, "SELECT count(*) FROM share") == charging.MEMBERS_MAX


async def granted(books: Books, number: str, home: int = HOME, **traits: Any) -> tuple[str, str]:
    """This will open a line that has used one MB; gives account and bucket."""
    account = await open_line(books.store, number, home=home, **traits)
    await take(books.store, use(number, f"first-{number}", "1", account, now(books.store)))
    return account, await one(books.store, "SELECT id FROM bucket WHERE account = $1", account)


async def test_data_is_given_to_another_home_once(books: Books) -> None:
    giver, bucket = await granted(books, OWNER)
    taker = await open_line(books.store, MEMBER, home=9)
    gifts = await asyncio.gather(*(books.do(HOME, act.give_away, giver, bucket, MEMBER, taker, 200, "g1") for _ in range(5)))
    assert len(set(gifts)) == 1
    await books.settle()
    await books.do(9, act.land_gift, {"gift": gifts[0], "to": taker, "amount": 200, "until": None, "from": OWNER, "kind": "data_mb"})
    await books.settle()
    assert await all_of(books.store, "SELECT account, total FROM bucket ORDER BY total DESC") == [(giver, 800), (taker, 200)]
    assert await all_of(books.store, "SELECT status, amount FROM gift") == [("arrived", 200)]
    assert [to for to, text in books.sms.sent if "200 MB" in text] == [MEMBER]


async def test_no_more_is_given_than_is_left_and_a_gift_is_not_given_on(books: Books) -> None:
    giver, bucket = await granted(books, OWNER)
    taker, _bucket = await granted(books, MEMBER, 9)
    with pytest.raises(Refusal, match=r"gift\.left"):
        await books.do(HOME, act.give_away, giver, bucket, MEMBER, taker, 1000, "g1")
    with pytest.raises(Refusal, match=r"gift\.own"):
        await books.do(HOME, act.give_away, giver, bucket, OWNER, giver, 1, "g1")
    assert await one(books.store, "SELECT count(*) FROM gift") == 0
    await books.do(HOME, act.give_away, giver, bucket, MEMBER, taker, 999, "g1")
    await books.settle()
    mine = await one(books.store, "SELECT id FROM bucket WHERE of LIKE 'gift:%'")
    with pytest.raises(Refusal, match=r"gift\.bucket"):
        await books.do(9, act.give_away, taker, mine, OWNER, giver, 1, "g2")
    assert await one(books.store, "SELECT total FROM bucket WHERE id = $1", mine) == 999


async def test_a_gift_that_nobody_can_receive_comes_back(books: Books) -> None:
    giver, bucket = await granted(books, OWNER)
    taker = await open_line(books.store, MEMBER, home=9)
    await books.do(9, act.close_account, taker)
    await books.do(HOME, act.give_away, giver, bucket, MEMBER, taker, 200, "g1")
    await books.settle()
    assert await all_of(books.store, "SELECT total FROM bucket") == [(1000,)]
    assert await all_of(books.store, "SELECT status FROM gift") == [("returned",)]


async def test_two_gifts_at_once_never_give_more_than_there_is(books: Books) -> None:
    giver, bucket = await granted(books, OWNER)
    taker = await open_line(books.store, MEMBER, home=9)
    gifts = (books.do(HOME, act.give_away, giver, bucket, MEMBER, taker, 600, f"g{place}") for place in range(4))
    found = await asyncio.gather(*gifts, return_exceptions=True)
    assert sum(isinstance(one, str) for one in found) == 1
    await books.settle()
    assert await one(books.store, "SELECT sum(total) FROM bucket") == 1000


async def test_what_is_left_is_carried_over_once_and_drawn_first(books: Books) -> None:
    account, _bucket = await granted(books, OWNER, name="plan-roll", data_mb=100, rollover_months=1)
    books.store.clock.move(timedelta(days=32))
    await books.settle()
    until = await one(books.store, "SELECT until FROM bucket WHERE of = $1", PLAN)
    assert await books.do(HOME, act.roll_over, account, PLAN, until) == []
    assert await all_of(books.store, "SELECT of, total, used, status FROM bucket ORDER BY of") == [
        (PLAN, 1, 1, "expired"), (f"rolled:{PLAN}", 99, 0, "active"),
    ]  # fmt: skip
    await take(books.store, use(OWNER, "2", "120", account, now(books.store)))
    drawn = await all_of(books.store, "SELECT of, used FROM bucket WHERE status = 'active' ORDER BY of")
    assert drawn == [(PLAN, 21), (f"rolled:{PLAN}", 99)]
    books.store.clock.move(timedelta(days=32))
    await books.settle()
    assert await all_of(books.store, "SELECT of, total - used AS left FROM bucket WHERE status = 'active'") == [(f"rolled:{PLAN}", 79)]


async def test_a_late_record_leaves_what_an_early_one_would_have(books: Books) -> None:
    account, _bucket = await granted(books, OWNER, name="plan-roll", data_mb=100, rollover_months=1)
    then = now(books.store)
    books.store.clock.move(timedelta(days=32))
    await books.settle()
    await take(books.store, use(OWNER, "2", "70", account, now(books.store)))
    await take(books.store, use(OWNER, "late", "50", account, then))
    # 100 - 1 - 50 = 49 were left to carry over: the 70 take these and 21 of the new hundred
    assert await all_of(books.store, "SELECT total - used AS left FROM bucket WHERE of = $1 AND start > $2", PLAN, then) == [(79,)]
    assert await one(books.store, "SELECT sum(minor) FROM usage") == 0


async def test_a_plan_that_does_not_say_so_carries_nothing_over(books: Books) -> None:
    await granted(books, OWNER)
    books.store.clock.move(timedelta(days=32))
    await books.settle()
    assert await all_of(books.store, "SELECT status FROM bucket") == [("expired",)]
    assert home_of(await one(books.store, "SELECT id FROM bucket")) == HOME
