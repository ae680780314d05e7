"""What customers are told of their allowances and limits, once each; lines stand still for money and work again when it comes."""

from datetime import date, timedelta
from typing import Any

import pytest

from onehall.adapters.network.simulated import SimulatedNetwork
from onehall.domains import billing, catalogue, inventory
from onehall.domains import party as parties
from onehall.domains.billing import events
from onehall.domains.billing.rules import charging
from onehall.kernel.ids import new_id
from onehall.kernel.money import Money, money
from onehall.kernel.period import Period
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from tests.billing.bank import Books
from tests.billing.lines import HOME, now, one, open_line, use

act = billing.actions
NUMBER = "13800000001"


async def take(books: Books, *uses: Any) -> None:
    """This will take records in and let what follows happen."""
    await act.take_in_all(books.store, uses)
    await books.settle()


def told(books: Books) -> list[str]:
    """This will give what the number was sent since the last look."""
    sent = [text for to, text in books.sms.sent if to == NUMBER]
    books.sms.sent.clear()
    return sent


async def test_half_four_fifths_and_all_of_an_allowance_are_told_once_each(books: Books) -> None:
    account = await open_line(books.store, NUMBER, yuan=10)
    await take(books, use(NUMBER, "1", "499", account, now(books.store)))
    assert told(books) == []
    await take(books, use(NUMBER, "2", "1", account, now(books.store)))
    await take(books, use(NUMBER, "2", "1", account, now(books.store)))
    assert told(books) == ["Plan: 50% of 1,000 MB is used, 500 MB is left."]
    await take(books, use(NUMBER, "3", "400", account, now(books.store)))
    assert told(books) == ["Plan: 80% of 1,000 MB is used, 100 MB is left."]
    await take(books, use(NUMBER, "4", "100", account, now(books.store)))
    assert told(books) == ["Plan is used up. To buy a pack, send DG or choose “Add a pack”."]
    await take(books, use(NUMBER, "5", "10", account, now(books.store)))
    assert told(books) == []


async def test_what_is_used_up_while_there_is_more_needs_no_pack(books: Books) -> None:
    account = await open_line(books.store, NUMBER)
    period = Period(now(books.store, minutes=5), now(books.store) + timedelta(days=1))
    await books.do(HOME, act.grant, account, {"data_mb": 100}, period, "pack")
    await take(books, use(NUMBER, "1", "100", account, now(books.store)))
    assert told(books) == ["pack is used up. 1,000 MB of other allowances is left."]


async def test_three_days_before_it_ends_an_allowance_with_something_left_is_called_to_mind(books: Books) -> None:
    account = await open_line(books.store, NUMBER)
    await take(books, use(NUMBER, "1", "100", account, now(books.store)))
    until = await one(books.store, "SELECT until FROM bucket")
    books.store.clock.move(until - timedelta(days=3, minutes=1) - now(books.store))
    await books.settle()
    assert told(books) == []
    books.store.clock.move(timedelta(minutes=2))
    await books.settle()
    [text] = told(books)
    assert text.startswith("Plan: 900 MB is left and ends on ")


async def test_a_trip_is_told_once_for_a_line_and_zone_in_thirty_days(books: Books) -> None:
    account = await open_line(books.store, NUMBER)
    for place, zone in enumerate(("HK", "HK", "MO", None)):
        await take(books, use(NUMBER, str(place), "1", account, now(books.store), zone=zone))
    assert [text[:41] for text in told(books)] == ["You are using 13800000001 in HK. What it ", "You are using 13800000001 in MO. What it "]
    books.store.clock.move(timedelta(days=31))
    await take(books, use(NUMBER, "late", "1", account, now(books.store, days=5), zone="HK"))
    assert [text for text in told(books) if "HK" in text] == []  # the file is too old to be a welcome
    await take(books, use(NUMBER, "again", "1", account, now(books.store), zone="HK"))
    assert len([text for text in told(books) if "HK" in text]) == 1


async def real_line(books: Books, **account: Any) -> tuple[str, Any]:
    """This will open an account with a line that inventory knows."""
    party = new_id(HOME, now(books.store))
    books.world.network = SimulatedNetwork(books.store)
    await books.do(HOME, parties.actions.greet, party, NUMBER, "en")
    opened = await open_line(books.store, NUMBER, party=party, **account)

    async def make(tx: Tx) -> Any:
        offering = await catalogue.queries.known(tx, "plan-data")
        found = await billing.queries.account(tx, opened)
        line = await inventory.actions.create_line(tx, party=found.party or "", number=NUMBER, offering=offering, account=opened)
        await tx.write("UPDATE billing_account SET line = $3 WHERE home = $1 AND id = $2", HOME, opened, line.id)
        await tx.write("DELETE FROM subscription WHERE home = $1 AND account = $2", HOME, opened)
        return line

    line = await books.do(HOME, make)
    await books.do(HOME, inventory.actions.activate_line, line)
    await books.settle()
    told(books)
    return opened, line


async def states(books: Books, line: Any) -> tuple[str, list[str]]:
    """This will give a line's state and why it stands still."""
    found = await books.do(HOME, inventory.queries.line, line.id)
    return found.status, sorted(found.suspended_why)


async def test_over_its_credit_a_line_is_barred_once_and_works_again_when_paid(books: Books) -> None:
    account, line = await real_line(books, mode="postpaid", credit_limit=1000)
    await take(books, use(NUMBER, "1", "1100", account, now(books.store)))  # 100 MB * 10 fen = 10 yuan: not over
    assert await states(books, line) == ("active", []) and "credit" not in " ".join(told(books))
    await take(books, use(NUMBER, "2", "1", account, now(books.store)))
    await take(books, use(NUMBER, "3", "1", account, now(books.store)))
    assert await states(books, line) == ("suspended", ["credit"])
    said = told(books)
    assert [text for text in said if "You owe" in text] == ["You owe ¥10.10, more than your credit limit of ¥10.00."]
    assert len([text for text in said if "suspended" in text]) == 1
    books.store.clock.move(timedelta(minutes=5))
    await books.do(HOME, act.received_by_partner, account, money(5), "bank", "t1", {"id": new_id(HOME, now(books.store))})
    await books.settle()
    assert await states(books, line) == ("active", [])
    assert await books.do(0, billing.queries.charging.clocks, now(books.store, days=1)) == [0]
    assert await one(books.store, "SELECT (body->>'seconds')::int FROM event WHERE type = 'billing.line_freed'") == 0


async def test_an_unpaid_bill_is_called_to_mind_then_bars_the_line_and_a_paid_one_does_neither(books: Books) -> None:
    account, line = await real_line(books, mode="postpaid")
    due = now(books.store) + timedelta(days=10)
    bill = await unpaid_bill(books, account, due)
    issued = events.BillIssued(bill, account, None, date(2026, 1, 1), Money(3000), Money(3000), due)
    await books.do(HOME, lambda tx: _tell(tx, issued))
    await books.settle()
    books.store.clock.move(timedelta(days=11, minutes=1))
    await books.settle()
    assert [text for text in told(books) if "overdue" in text] == [
        "¥30.00 of your bill is overdue. Please pay it, or your line will be suspended."
    ]
    assert await states(books, line) == ("active", [])
    books.store.clock.move(timedelta(days=14))
    await books.settle()
    assert await states(books, line) == ("suspended", ["arrears"])
    await books.do(HOME, act.received_by_partner, account, money(30), "bank", "t1", {"id": new_id(HOME, now(books.store))})
    await books.settle()
    assert await states(books, line) == ("active", [])
    assert charging.is_restored_in_time(await books.do(0, billing.queries.charging.clocks, now(books.store, days=1)))


async def _tell(tx: Tx, fact: Any) -> None:
    tx.tell(fact)


async def unpaid_bill(books: Books, account: str, due: Any) -> str:
    """This will write a bill of thirty yuan that is owed, as the bill run does."""
    id_ = new_id(HOME, now(books.store))

    async def write(tx: Tx) -> None:
        names = await tx.read(
            """SELECT column_name, data_type FROM information_schema.columns
               WHERE table_name = 'customer_bill' AND is_nullable = 'NO' AND column_default IS NULL"""
        )
        known = {
            "home": HOME, "id": id_, "account": account, "no": "B1", "due": 3000, "currency": "CNY", "due_on": due, "total": 3000,
            "paid": 0, "credited": 0, "cycle": date(2026, 1, 1), "sequence": 0, "status": "new", "kind": "cycle",
        }  # fmt: skip
        spare = {"text": "", "jsonb": {}, "timestamp with time zone": tx.now, "date": date(2026, 1, 1)}
        row = {name: known.get(name, spare.get(kind, 0)) for name, kind in (tuple(one.values()) for one in names)} | {
            name: known[name] for name in ("due", "due_on")
        }
        places = ", ".join(f"${place + 1}" for place in range(len(row)))
        await tx.write(f"INSERT INTO customer_bill ({', '.join(row)}) VALUES ({places})", *row.values())

    await books.do(HOME, write)
    return id_


async def test_a_prepaid_line_empty_for_its_fee_stands_still_until_it_is_topped_up(books: Books) -> None:
    account, line = await real_line(books, yuan=30)  # its first month takes them
    await take(books, use(NUMBER, "1", "1010", account, now(books.store)))  # 10 MB beyond the bucket: one yuan is owed
    await books.do(HOME, lambda tx: _tell(tx, events.FeeNotCovered(account, Money(3000), date(2026, 1, 1))))
    await books.settle()
    assert await states(books, line) == ("suspended", ["empty"])
    await books.do(HOME, act.received_by_partner, account, Money(99), "bank", "t1", {"id": new_id(HOME, now(books.store))})
    await books.settle()
    assert await states(books, line) == ("suspended", ["empty"])
    await books.do(HOME, act.received_by_partner, account, Money(1), "bank", "t2", {"id": new_id(HOME, now(books.store))})
    await books.settle()
    assert await states(books, line) == ("active", [])


async def test_a_limit_of_ones_own_refuses_what_is_asked_beforehand_and_is_told_once_a_month(books: Books) -> None:
    account = await open_line(books.store, NUMBER, yuan=100)
    await books.do(HOME, act.set_limits, account, money(2), 1500)
    [ok] = await books.do(HOME, act.debit, [use(NUMBER, "1", "1020", account, now(books.store))])
    [no] = await books.do(HOME, act.debit, [use(NUMBER, "2", "1", account, now(books.store))])
    assert ok.money == Money(200) and isinstance(no, Refusal) and (no.code, no.status) == ("limit.money", 402)
    await take(books, use(NUMBER, "3", "1", account, now(books.store)), use(NUMBER, "4", "500", account, now(books.store)))
    assert [text for text in told(books) if "Your own" in text] == ["Your own spending limit for this month is reached."]
    await books.do(HOME, act.set_limits, account, None, 100)
    [no] = await books.do(HOME, act.debit, [use(NUMBER, "5", "1", account, now(books.store))])
    assert isinstance(no, Refusal) and no.code == "limit.data"
    await books.do(HOME, act.set_limits, account, None, None)
    [ok] = await books.do(HOME, act.debit, [use(NUMBER, "6", "1", account, now(books.store))])
    assert ok.money == Money(10)


@pytest.mark.parametrize(("seconds", "fits"), [([], True), ([7200, 0], True), ([7300, 0], False), ([24 * 3600 + 1] + [0] * 30, False)])
def test_restored_in_time_is_an_hour_on_average_and_a_day_at_most(seconds: list[int], fits: bool) -> None:
    assert charging.is_restored_in_time(seconds) is fits
