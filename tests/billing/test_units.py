"""TMF654 with units: data, minutes and messages are topped up, put right, set aside and moved as money is, and summed by unit."""

from decimal import Decimal
from typing import Any

import pytest

from onehall.domains import billing
from onehall.domains.billing.api import balances as api
from onehall.domains.billing.model import Account
from onehall.domains.billing.rules.charging import check_gift, nothing_left
from onehall.kernel.identity import Who
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import deleted
from tests.billing.bank import Books
from tests.billing.test_api import PARTNER, find, make, read, yuan

KINDS = [("data", "data_mb", "MB"), ("voice", "voice_min", "minutes"), ("sms", "sms", "messages")]
ON = pytest.mark.parametrize(("usage", "kind", "unit"), KINDS)


async def granted(books: Books, usage: str, amount: int = 100, **more: Any) -> tuple[Account, str]:
    """This will open an account with an allowance; gives both."""
    account = await books.account(number=more.pop("number", "13800000001"), **more)
    made = await make(books, api.BUCKET, usageType=usage, partyAccount={"id": account.id}, remainingValue={"amount": amount, "units": "?"})
    return account, made["id"]


async def left(books: Books, bucket: str) -> tuple[int, int, str]:
    """What an allowance has left and set aside, and in which unit."""
    found = await read(books, api.BUCKET, bucket)
    assert found["remainingValue"]["units"] == found["reservedValue"]["units"]
    return found["remainingValue"]["amount"], found["reservedValue"]["amount"], found["remainingValue"]["units"]


@ON
async def test_units_are_topped_up_and_put_right_but_not_below_what_is_used(books: Books, usage: str, kind: str, unit: str) -> None:
    account, bucket = await granted(books, usage)
    await books.do(7, billing.actions.use, account.id, kind, 30, "u")
    about = {"usageType": usage, "bucket": {"id": bucket}}
    done = await make(books, api.TOP_UP, amount={"amount": 20, "units": unit}, **about)
    assert (done["status"], done["usageType"], done["amount"], done["bucket"]["id"]) == (
        "completed",
        usage,
        {"amount": 20, "units": unit},
        bucket,
    )
    assert await left(books, bucket) == (90, 0, unit)
    await make(books, api.ADJUST, amount={"amount": -90, "units": unit}, reason="x", **about)
    assert await left(books, bucket) == (0, 0, unit)
    with pytest.raises(Refusal, match="bucket.used"):
        await make(books, api.ADJUST, amount={"amount": -1, "units": unit}, reason="x", **about)
    for amount in (0, -5, 1.5, 10**12, "7"):
        with pytest.raises(Refusal, match="amount.bad|body"):
            await make(books, api.TOP_UP, amount={"amount": amount, "units": unit}, **about)
    assert await left(books, bucket) == (0, 0, unit)
    assert len(await find(books, api.HISTORY, "")) == 2 and await books.sums() == {}


@ON
async def test_units_are_set_aside_and_freed(books: Books, usage: str, kind: str, unit: str) -> None:
    account, bucket = await granted(books, usage)
    about = {"usageType": usage, "bucket": {"id": bucket}}
    held = await make(books, api.RESERVE, amount={"amount": 60, "units": unit}, **about)
    assert (held["status"], await left(books, bucket)) == ("created", (40, 60, unit))
    for refused in ({"amount": 41, "units": unit}, {"amount": 0, "units": unit}):
        with pytest.raises(Refusal, match="bucket.used|amount.bad"):
            await make(books, api.RESERVE, amount=refused, **about)
    with pytest.raises(Refusal, match="bucket.used"):
        await make(books, api.ADJUST, amount={"amount": -41, "units": unit}, reason="x", **about)
    assert (await books.do(7, billing.actions.use, account.id, kind, 50, "u")).short == 10
    assert await left(books, bucket) == (0, 60, unit)
    assert (await deleted(books.store, api.RESERVE, PARTNER, held["id"])).status == 204
    assert await left(books, bucket) == (60, 0, unit)
    with pytest.raises(Refusal, match="not.found"):
        await deleted(books.store, api.RESERVE, PARTNER, held["id"])


@ON
async def test_a_reservation_of_units_is_over_after_a_day(books: Books, usage: str, kind: str, unit: str) -> None:
    _account, bucket = await granted(books, usage)
    await make(books, api.RESERVE, amount={"amount": 60, "units": unit}, usageType=usage, bucket={"id": bucket})
    [row] = await books.rows("SELECT until FROM balance_action WHERE kind = 'reserve'")
    books.store.clock.move(row["until"] - books.store.clock.now())
    await books.settle()
    assert await left(books, bucket) == (100, 0, unit)


def moved(account: str, bucket: str, to: Account, usage: str, amount: Any, unit: str) -> dict[str, Any]:
    """A body that moves units to another account."""
    return {
        "usageType": usage, "bucket": {"id": bucket}, "receiverBucket": {"id": to.id}, "receiverBucketUsageType": usage, "reason": "x",
        "receiverLogicalResource": {"id": to.number}, "logicalResource": [{"id": account}], "channel": {"id": "wing"},
        "amount": {"amount": amount, "units": unit},
    }  # fmt: skip


@ON
async def test_units_are_moved_to_another_home_once_and_stay_of_their_kind(books: Books, usage: str, kind: str, unit: str) -> None:
    account, bucket = await granted(books, usage)
    to = await books.account(number="13800000002", home=9)
    body = moved(account.number or "", bucket, to, usage, 30, unit)
    done = await make(books, api.TRANSFER, **body)
    await books.settle()
    await books.settle()
    assert (done["usageType"], await left(books, bucket)) == (usage, (70, 0, unit))
    rows = await books.rows("SELECT kind, total, used FROM bucket WHERE account = $1", to.id)
    assert [tuple(row.values()) for row in rows] == [(kind, 30, 0)]
    [text] = books.texts_to("13800000002")
    said = {"data": "30 MB of data", "voice": "30 minutes", "sms": "30 messages"}[usage]
    assert text == f"13800000001 gave you {said}."
    other = next(one for one, _kind, _unit in KINDS if one != usage)
    with pytest.raises(Refusal, match="balance.usage"):
        await make(books, api.TRANSFER, **body | {"receiverBucketUsageType": other})
    with pytest.raises(Refusal, match="gift.left"):
        await make(books, api.TRANSFER, **moved(account.number or "", bucket, to, usage, 71, unit))
    assert await left(books, bucket) == (70, 0, unit)


@ON
async def test_units_that_nobody_can_receive_come_back_and_their_transfer_says_that_it_failed_and_why(
    books: Books, usage: str, kind: str, unit: str
) -> None:
    account, bucket = await granted(books, usage)
    to = await books.account(number="13800000002", home=9)
    done = await make(books, api.TRANSFER, **moved(account.number or "", bucket, to, usage, 30, unit))
    assert (done["status"], await left(books, bucket)) == ("completed", (70, 0, unit))
    await books.do(9, billing.actions.close_account, to.id)
    await books.settle()
    shown = await read(books, api.TRANSFER, done["id"])
    assert (shown["status"], shown["statusReason"], await left(books, bucket)) == ("failed", "It could not be received.", (100, 0, unit))
    assert [one["status"] for one in await find(books, api.HISTORY, "status=failed")] == ["failed"]
    sql = "SELECT body ->> 'how' AS how FROM event WHERE type = 'resource.changed' AND body ->> 'what' = $1 ORDER BY id"
    assert [row["how"] for row in await books.rows(sql, f"transferBalance/{done['id']}")] == ["create", "stateChange"]
    said = {"data": "30 MB", "voice": "30 minutes", "sms": "30 messages"}[usage]
    assert books.texts_to("13800000001") == [f"{said} that you gave to 13800000002 came back to you: it could not be received."]


async def test_accumulated_balances_are_summed_by_unit(books: Books) -> None:
    account, first = await granted(books, "data", 100)
    about = {"partyAccount": {"id": account.id}, "validFor": {"endDateTime": "2200-01-01T00:00:00Z"}}
    second = (await make(books, api.BUCKET, usageType="data", remainingValue={"amount": 50, "units": "MB"}, **about))["id"]
    await make(books, api.BUCKET, usageType="voice", remainingValue={"amount": 7, "units": "minutes"}, **about)
    await make(books, api.TOP_UP, amount=yuan(8.5), bucket={"id": account.id})
    await books.do(7, billing.actions.use, account.id, "data_mb", 60, "u")
    await granted(books, "data", 999, number="13800000003")
    me = Who(party=account.party)
    found = {one["name"]: one for one in await find(books, api.ACCUMULATED_BALANCE, "", me)}
    assert {name: one["totalBalance"] for name, one in found.items()} == {
        "Main balance": {"amount": 8.5, "units": "CNY"}, "Data": {"amount": 90, "units": "MB"}, "Calls": {"amount": 7, "units": "minutes"},
    }  # fmt: skip
    assert {one["id"] for one in found["Data"]["bucket"]} == {first, second}
    again = await read(books, api.ACCUMULATED_BALANCE, found["Data"]["id"], me)
    assert again == found["Data"] and again["partyAccount"]["id"] == account.id
    with pytest.raises(Refusal, match="not.found"):
        await read(books, api.ACCUMULATED_BALANCE, found["Data"]["id"], Who(party=str(account.party)[:-1] + "0"))


def test_who_wants_to_give_too_much_is_told_what_is_left() -> None:
    assert nothing_left(3, "data_mb").reason.render() == "Only 3 MB are left to give."
    assert nothing_left(3, "voice_min").reason.render() == "Only 3 minutes are left to give."
    check_gift(2, Decimal(9), Decimal(20_479), 0, "sms")  # 20 GB a month is of data alone
    with pytest.raises(Refusal, match="gift.times"):
        check_gift(2, Decimal(9), Decimal(0), 10, "sms")
