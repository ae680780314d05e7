"""TMF654 and TMF676 over the same rows: what a partner does is seen by the customer, and the other way round."""

import json
from typing import Any

import pytest

from onehall.domains import billing
from onehall.domains.billing.api import balances as api
from onehall.domains.billing.api import payments
from onehall.kernel.identity import Who
from onehall.kernel.ids import new_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Resource, created, deleted, got, listed
from tests.billing.bank import Books

PARTNER = Who(partner="wing", scopes=frozenset({"tmf:read", "tmf:write"}))


async def make(books: Books, resource: Resource, **body: Any) -> dict[str, Any]:
    """This will create one."""
    answer = await created(books.store, resource, PARTNER, json.dumps(body).encode())
    assert answer.status == 201
    return json.loads(answer.body)


async def read(books: Books, resource: Resource, id_: str, who: Who = PARTNER) -> dict[str, Any]:
    """This will read one."""
    return json.loads((await got(books.store, resource, who, id_)).body)


async def find(books: Books, resource: Resource, query: str, who: Who = PARTNER) -> list[dict[str, Any]]:
    """This will read a list."""
    return json.loads((await listed(books.store, resource, who, query)).body)


def yuan(amount: float) -> dict[str, Any]:
    """This will write an amount as TMF654 does."""
    return {"amount": amount, "units": "CNY"}


async def test_a_bucket_of_money_is_an_account(books: Books) -> None:
    made = await make(books, api.BUCKET, usageType="monetary")
    assert (made["status"], made["remainingValue"], made["usageType"]) == ("active", {"amount": 0, "units": "CNY"}, "monetary")
    assert made["confirmationDate"].endswith("Z") and made["href"].endswith(made["id"])
    assert (await books.do(made["id"], billing.queries.account, made["id"])).balance == Money(0)


async def test_a_bucket_of_data_is_an_allowance(books: Books) -> None:
    account = await books.account(number="13800000001")
    body = {"usageType": "data", "partyAccount": {"id": account.id}, "remainingValue": {"amount": 1024, "units": "MB"}, "name": "Gift"}
    made = await make(books, api.BUCKET, **body)
    assert (made["usageType"], made["remainingValue"]) == ("data", {"amount": 1024, "units": "MB"})
    await books.do(7, billing.actions.use, account.id, "data_mb", 24, "u")
    assert (await read(books, api.BUCKET, made["id"]))["remainingValue"]["amount"] == 1000
    assert [one["id"] for one in await find(books, api.BUCKET, "usageType=data&status=active")] == [made["id"]]


async def test_a_partner_tops_up_and_the_customer_has_it(books: Books) -> None:
    account = await books.account(number="13800000001")
    made = await make(books, api.TOP_UP, amount=yuan(50.5), bucket={"id": account.id}, channel={"id": "wing"})
    assert (made["status"], made["amount"]["amount"], made["bucket"]["id"]) == ("completed", 50.5, account.id)
    assert await books.balance(account.id) == 5050
    assert await books.sums() == {"main": 5050, "clearing": -5050}
    me = Who(party=account.party)
    assert [one["id"] for one in await find(books, api.TOP_UP, "", me)] == [made["id"]]
    assert (await read(books, api.ACCUMULATED_BALANCE, account.id, me))["totalBalance"] == {"amount": 50.5, "units": "CNY"}
    await books.settle()
    assert books.texts_to("13800000001") == ["¥50.50 has been added. Your balance is now ¥50.50."]


@pytest.mark.parametrize(
    "amount", [yuan(0), yuan(-1), yuan(0.001), {"amount": 50, "units": "EUR"}, yuan(10**9), {"amount": 50, "units": "?"}]
)
async def test_no_amount_to_top_up(books: Books, amount: dict[str, Any]) -> None:
    account = await books.account()
    with pytest.raises(Refusal, match="amount.bad"):
        await make(books, api.TOP_UP, amount=amount, bucket={"id": account.id})
    assert await books.sums() == {}


async def test_nothing_that_we_know_is_not_topped_up(books: Books) -> None:
    for bucket in ({"id": "11"}, {"id": new_id(3, books.store.clock.now())}, {}):
        with pytest.raises(Refusal, match="account.unknown"):
            await make(books, api.TOP_UP, amount=yuan(5), bucket=bucket)
    with pytest.raises(Refusal, match="body.attribute"):
        await make(books, api.TOP_UP, bucket={"id": "1"})
    assert await books.rows("SELECT 1 FROM entry") == []


async def test_an_adjustment_goes_up_and_down_but_not_below(books: Books) -> None:
    account = await books.account(10)
    await make(books, api.ADJUST, amount=yuan(-4), bucket={"id": account.id}, reason="wrong fee")
    with pytest.raises(Refusal, match="balance.low"):
        await make(books, api.ADJUST, amount=yuan(-6.01), bucket={"id": account.id})
    assert await books.balance(account.id) == 600
    assert len(await find(books, api.ADJUST, "status=completed")) == 1


async def test_a_reservation_is_made_and_freed(books: Books) -> None:
    account = await books.account(10)
    made = await make(books, api.RESERVE, amount=yuan(8), bucket={"id": account.id})
    assert (made["status"], (await read(books, api.BUCKET, account.id))["remainingValue"]["amount"]) == ("created", 2)
    assert (await deleted(books.store, api.RESERVE, PARTNER, made["id"])).status == 204
    assert (await read(books, api.BUCKET, account.id))["remainingValue"]["amount"] == 10
    with pytest.raises(Refusal, match="not.found"):
        await deleted(books.store, api.RESERVE, PARTNER, made["id"])


async def test_a_partners_payment_and_its_refund(books: Books) -> None:
    account = await books.account(number="13800000001")
    body = {"account": {"id": account.id}, "paymentMethod": {"name": "wing"}, "totalAmount": {"unit": "CNY", "value": 80}}
    made = await make(books, payments.PAYMENT, **body, correlatorId="c-1")
    again = await make(books, payments.PAYMENT, **body, correlatorId="c-1")
    assert (made["status"], made["id"], made["totalAmount"]) == ("done", again["id"], {"unit": "CNY", "value": 80})
    assert await books.balance(account.id) == 8000
    back = body | {"payment": {"id": made["id"]}, "totalAmount": {"unit": "CNY", "value": 30}}
    refund = await make(books, payments.REFUND, **back)
    assert (refund["status"], refund["payment"]["id"]) == ("done", made["id"])
    assert await books.balance(account.id) == 5000
    with pytest.raises(Refusal, match="refund.amount"):
        await make(books, payments.REFUND, **back | {"totalAmount": {"unit": "CNY", "value": 50.01}})
    assert await books.sums() == {"main": 5000, "clearing": -5000}


async def test_what_was_spent_is_not_refunded(books: Books) -> None:
    account = await books.account()
    body = {"account": {"id": account.id}, "paymentMethod": {"name": "wing"}, "totalAmount": {"value": 80}}
    made = await make(books, payments.PAYMENT, **body)
    await books.do(7, billing.actions.charge, account.id, Money(7000), "x", None, "c")
    with pytest.raises(Refusal, match="balance.low"):
        await make(books, payments.REFUND, **body, payment={"id": made["id"]})
    assert await books.rows("SELECT 1 FROM refund") == []


async def test_another_customer_sees_nothing(books: Books) -> None:
    account = await books.account(5)
    made = await make(books, api.TOP_UP, amount=yuan(5), bucket={"id": account.id})
    other = Who(party=new_id(9, books.store.clock.now()))
    clerk = Who(staff=new_id(9, books.store.clock.now()), unit="onehall.bj.cy.s1", roles=frozenset({"clerk"}))
    for who in (other, clerk):
        for resource, id_ in ((api.BUCKET, account.id), (api.TOP_UP, made["id"]), (api.ACCUMULATED_BALANCE, account.id)):
            assert await find(books, resource, "", who) == []
            with pytest.raises(Refusal, match="not.found"):
                await read(books, resource, id_, who)
    with pytest.raises(Refusal, match="forbidden"):
        await created(books.store, api.TOP_UP, other, b"{}")
