"""A line takes another number, or goes to another owner: who is charged what, to the fen."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onehall.domains import billing, catalogue, inventory
from onehall.domains.billing import Use
from onehall.domains.billing.rules import bills as rules
from onehall.kernel.ids import home_of, new_id
from onehall.kernel.money import Money
from onehall.kernel.store import Store
from onehall.kernel.worker import Worker
from tests.billing import charged
from tests.billing.charged import at
from tests.billing.test_first_month import PARTY

NUMBER, NEW = "18600010009", "18600020008"
OTHER = new_id(99, at(1, 1))


def clock_to(store: Store, when: datetime) -> None:
    store.clock.move(when - store.clock.now())  # type: ignore[attr-defined]


async def opened(store: Store, plan: catalogue.Offering, mode: str = "postpaid", minor: int = 0) -> tuple[str, inventory.Line]:
    """This will open an account with a line that works, its number sold to it, from now on."""

    async def work(tx) -> tuple[str, inventory.Line]:  # type: ignore[no-untyped-def]
        made = await billing.actions.open_account(tx, PARTY, number=NUMBER, mode=mode)
        line = await inventory.actions.create_line(tx, party=PARTY, number=NUMBER, offering=plan, account=made.id)
        inventory.actions.sell_number(tx, NUMBER, "t", line.id)
        await billing.actions.join_line(tx, made.id, line=line.id, number=NUMBER)
        if minor:
            await billing.actions.credit(tx, made.id, Money(minor), "Top-up", None, "start")
        return made.id, await inventory.actions.activate_line(tx, line)

    async with store.edge(0) as tx:
        await inventory.actions.stock_numbers(tx, [inventory.StockNumber(NUMBER), inventory.StockNumber(NEW)])
    found: tuple[str, inventory.Line] = await store.run(home_of(PARTY), work)
    await Worker(store).drain()
    return found


async def use(store: Store, number: str, megabytes: int, when: datetime, record: str) -> Any:
    """This will take a record in as it comes from the network, by its number alone."""
    one = Use(source="t", record=record, number=number, kind="data_mb", amount=Decimal(megabytes), at=when)
    [*_, outcome] = await billing.actions.take_in_all(store, [one])
    assert outcome.state == "added", outcome
    return outcome.charged


async def owned_by(store: Store, party: str) -> billing.Account:
    """This will give a party's only account."""
    async with store.edge(party) as tx:
        [found] = await billing.queries.accounts(tx, party)
    return found


async def megabytes(store: Store, account: str) -> list[tuple[Decimal, Decimal]]:
    """Each allowance of data that an account was granted, and what is used of it."""
    async with store.edge(account) as tx:
        sql = "SELECT total, used FROM bucket WHERE home = $1 AND account = $2 AND kind = 'data_mb' ORDER BY start"
        return [(row["total"], row["used"]) for row in await tx.read(sql, tx.home, account)]


async def renumber(store: Store, line: inventory.Line) -> None:
    await store.run(home_of(line.id), lambda tx: inventory.actions.change_number(tx, line, NEW, "t"))
    await Worker(store).drain()


async def hand_over(store: Store, line: inventory.Line) -> str:
    becomes: str = await store.run(home_of(line.id), lambda tx: inventory.actions.hand_over_line(tx, line, OTHER))
    await Worker(store).drain()
    return becomes


async def test_another_number_has_the_same_charges_allowances_and_bill(store: Store) -> None:
    clock_to(store, at(7, 1, 1))
    account, line = await opened(store, await charged.sell(store, first_month="per_day"))
    await use(store, NUMBER, 30, at(7, 5), "1")
    clock_to(store, at(7, 10, 12))
    await renumber(store, line)
    late = await use(store, NUMBER, 5, at(7, 6), "late")
    new = await use(store, NEW, 80, at(7, 11), "2")
    assert (late.account, new.account, late.line, new.line) == (account, account, line.id, line.id)
    assert await megabytes(store, account) == [(100, 100)]  # 30 + 5 + 80 are 15 more than there are
    assert (await charged.account(store, account)).number == NEW
    async with store.edge(0) as tx:
        assert await billing.queries.payers(tx, [NUMBER, NEW]) == {NEW: account}
    clock_to(store, at(9, 1, 4))
    await charged.run(store, date(2031, 7, 1))
    await charged.run(store, date(2031, 8, 1))
    july, august = await charged.bills(store, account)
    assert charged.lines(july) == [("fee", None, 5900), ("usage", "data_mb", 15)]
    assert charged.lines(august) == [("fee", None, 5900)]
    await charged.books_in_order(store)


async def test_a_prepaid_month_is_not_paid_again_for_another_number(store: Store) -> None:
    clock_to(store, at(7, 20, 1))
    account, line = await opened(store, await charged.sell(store, first_month="per_day"), "prepaid", 20000)
    assert (await charged.account(store, account)).balance_minor == 20000 - 2284  # round(5900 * 12 / 31)
    clock_to(store, at(7, 25))
    await renumber(store, line)
    assert await megabytes(store, account) == [(39, 0)]  # ceil(100 * 12 / 31)
    clock_to(store, at(8, 1, 1))
    await store.run(home_of(account), lambda tx: billing.actions.turning.turn(tx, 1))
    await use(store, NEW, 1, at(8, 1), "1")
    assert (await charged.account(store, account)).balance_minor == 20000 - 2284 - 5900
    assert await megabytes(store, account) == [(39, 0), (100, 1)]
    await charged.books_in_order(store)


async def test_each_owner_pays_their_days_and_their_use(store: Store) -> None:
    clock_to(store, at(5, 1, 1))
    plan = await charged.sell(store)  # whole months, but not in the month of the change
    old, line = await opened(store, plan)
    clock_to(store, at(7, 20, 15))
    await use(store, NUMBER, 120, at(7, 10), "1")
    becomes = await hand_over(store, line)
    new = await owned_by(store, OTHER)
    assert (new.line, new.number, new.mode, home_of(new.id)) == (becomes, NUMBER, "postpaid", 99)
    assert (await charged.account(store, old)).number is None
    late, after = await use(store, NUMBER, 10, at(7, 19), "late"), await use(store, NUMBER, 50, at(7, 21), "2")
    assert (late.account, after.account, after.line) == (old, new.id, becomes)
    assert await megabytes(store, new.id) == [(39, 39)]  # ceil(100 * 12 / 31)
    clock_to(store, at(9, 1, 4))
    for month in (5, 6, 7, 8):
        await charged.run(store, date(2031, month, 1))
    *_, july = await charged.bills(store, old)
    assert charged.lines(july) == [("fee", None, 3616), ("usage", "data_mb", 30)]  # round(5900 * 19 / 31), 130 MB of 100
    first, second = await charged.bills(store, new.id)
    assert charged.lines(first) == [("fee", None, 2284), ("usage", "data_mb", 11)]  # round(5900 * 12 / 31), 50 MB of 39
    assert charged.lines(second) == [("fee", None, 5900)]
    async with store.edge(new.id) as tx:
        assert (await inventory.queries.line(tx, becomes)).account == new.id
    await charged.books_in_order(store)


async def test_what_was_paid_in_advance_for_the_days_after_is_given_back_once(store: Store) -> None:
    clock_to(store, at(5, 31, 23))
    old, line = await opened(store, await charged.sell(store, first_month="per_day"), "prepaid", 20000)
    for month in (6, 7):
        clock_to(store, at(month, 1, 1))
        await store.run(home_of(old), lambda tx: billing.actions.turning.turn(tx, 1))
    assert (await charged.account(store, old)).balance_minor == 20000 - 190 - 2 * 5900  # round(5900 / 31)
    clock_to(store, at(7, 20, 15))
    await hand_over(store, line)
    await Worker(store).drain()
    assert (await charged.account(store, old)).balance_minor == 20000 - 190 - 5900 - 3616  # round(5900 * 19 / 31)
    new = await owned_by(store, OTHER)
    assert (new.mode, new.balance_minor, new.unbilled_minor) == ("prepaid", 0, 2284)  # round(5900 * 12 / 31), nothing was paid in
    async with store.edge(OTHER) as tx:
        [one] = await inventory.queries.lines_of(tx, OTHER)
    assert one.suspended_why == {"empty"}
    clock_to(store, at(8, 1, 4))
    for month in (5, 6, 7):
        await charged.run(store, date(2031, month, 1))
    [*_, last] = await charged.bills(store, old)
    assert [line.minor for line in last.lines if line.minor] == [5900, 3616 - 5900]
    await charged.books_in_order(store)


async def test_members_and_payers_keep_their_share_with_a_number_and_lose_it_with_the_line(store: Store) -> None:
    clock_to(store, at(7, 1, 1))
    plan = await charged.sell(store)
    member, line = await opened(store, plan)
    payer = await charged.join(store, "18600030007", plan, at(5, 1))
    act = billing.actions
    await store.run(home_of(payer), lambda tx: act.invite(tx, payer, "18600030007", "Plan", NUMBER, member, None, "18600030007"))
    await Worker(store).drain()
    async with store.edge(0) as tx:
        [offer] = [row["id"] for row in await tx.read("SELECT id FROM share_offer")]
    await store.run(home_of(member), lambda tx: act.answer_share(tx, offer, True))
    await Worker(store).drain()
    clock_to(store, at(7, 10))
    await use(store, NUMBER, 10, at(7, 9), "1")
    await renumber(store, line)
    after, late = await use(store, NEW, 20, at(7, 10, 1), "2"), await use(store, NUMBER, 5, at(7, 9, 1), "late")
    assert (after.account, late.account) == (payer, payer)
    async with store.edge(payer) as tx:
        [split] = [one for one in await billing.queries.splits(tx, payer) if one.kind == "data_mb"]
    assert {part.share.number: part.used for part in split.parts} == {"18600030007": 0, NEW: 35}
    clock_to(store, at(7, 20))
    async with store.edge(line.id) as tx:
        now = await inventory.queries.line(tx, line.id)
    await hand_over(store, now)
    own = await use(store, NEW, 1, at(7, 21), "3")
    assert own.account == (await owned_by(store, OTHER)).id
    async with store.edge(0) as tx:
        assert [row["status"] for row in await tx.read("SELECT status FROM share WHERE NOT own")] == ["left"]
    await charged.books_in_order(store)


def sub(**more: Any) -> billing.Subscription:
    values: dict[str, Any] = {"id": "1", "until": None, "doc": {}} | more
    return billing.Subscription(
        values["id"], "a", "l", "n", "l", "plan", "p", None, {}, 5900, "CNY", values["since"], values["until"], values["doc"]
    )


def test_what_goes_on_under_another_number_counts_from_its_beginning() -> None:
    first = sub(since=at(5, 1), until=at(7, 10))
    second = sub(id="2", since=at(7, 10), doc={"began": at(5, 1).isoformat(), "after": "1"})
    assert [(one.id, one.since) for one in rules.unbroken([first, second])] == [("2", at(5, 1))]
    assert rules.unbroken([first]) == [first]


def test_the_day_of_a_change_of_owner_is_the_new_owners() -> None:
    given = rules.by_the_day(sub(since=at(5, 1), until=at(7, 20, 15), doc={"given": True}), date(2031, 7, 1))
    assert given is not None and given.until == at(7, 20)
    received = sub(since=at(7, 20, 15), doc={"received": True})
    assert rules.by_the_day(received, date(2031, 7, 1)) == received
    assert rules.by_the_day(received, date(2031, 8, 1)) is None and rules.by_the_day(sub(since=at(7, 3)), date(2031, 7, 1)) is None
