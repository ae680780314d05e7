"""TMF678: of a bill its state alone is changed from outside, held back or sent, by those who may; whatever is refused changes nothing."""

import json
from typing import Any

import pytest

from onehall.domains.billing.api import bills as api
from onehall.kernel.identity import Who
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import got
from onehall.kernel.resources.engine import patched
from tests.billing.bank import Books
from tests.billing.owing import billed, paid_in

PARTNER = Who(partner="wing", scopes=frozenset({"tmf:read", "tmf:write"}))
MERGE, STEPS = "application/merge-patch+json", "application/json-patch+json"
ROW = "SELECT to_jsonb(b)::text AS row FROM customer_bill b WHERE id = $1"


async def patch(books: Books, bill: str, change: Any, who: Who = PARTNER, media: str = MERGE, match: str | None = None) -> dict[str, Any]:
    """This will change a bill; gives its body."""
    answer = await patched(books.store, api.BILL, who, bill, json.dumps(change).encode(), media, match)
    return json.loads(answer.body)


async def a_bill(books: Books, party: str | None = None) -> tuple[Any, str]:
    """An account and its bill of 30 yuan."""
    account = await books.account(mode="postpaid", number="13800000001", party=party)
    return account, await billed(books, account, 3000)


async def test_a_bill_is_held_back_and_sent_and_money_is_what_it_was(books: Books) -> None:
    account, bill = await a_bill(books)
    [before] = await books.rows(ROW, bill)
    held = await patch(books, bill, {"state": "onHold"})
    assert (held["state"], held["remainingAmount"]) == ("onHold", {"unit": "CNY", "value": 30})
    [after] = await books.rows(ROW, bill)
    changed = {name for name, value in json.loads(after["row"]).items() if json.loads(before["row"])[name] != value}
    assert changed == {"status", "revision"}
    assert (await patch(books, bill, {"state": "onHold"}))["state"] == "onHold"  # twice is once
    await paid_in(books, account, 10, "a")
    assert json.loads((await got(books.store, api.BILL, PARTNER, bill)).body)["state"] == "onHold"
    sent = await patch(books, bill, [{"op": "replace", "path": "/state", "value": "sent"}], media=STEPS)
    assert (sent["state"], sent["remainingAmount"]) == ("sent", {"unit": "CNY", "value": 20})
    await paid_in(books, account, 20, "b")
    assert json.loads((await got(books.store, api.BILL, PARTNER, bill)).body)["state"] == "settled"


REFUSED: list[tuple[Any, int]] = [
    ({"state": "settled"}, 422), ({"state": "new"}, 422), ({"state": "nothing"}, 422), ({"state": None}, 422), ({"state": 7}, 400),
    ({"id": "other"}, 400), ({"href": "x"}, 400), ({"billNo": "B1"}, 400), ({"amountDue": {"unit": "CNY", "value": 1}}, 400),
    ({"remainingAmount": {"unit": "CNY", "value": 0}}, 400), ({"taxIncludedAmount": {"unit": "CNY", "value": 0}}, 400),
    ({"paymentDueDate": "2099-01-01T00:00:00Z"}, 400), ({"billingAccount": {"id": "x"}}, 400), ({"relatedParty": []}, 400),
    ({"state": "onHold", "billNo": "B1"}, 400), ([], 400), ("state", 400),
]  # fmt: skip


async def test_what_may_not_be_changed_is_refused_and_nothing_is(books: Books) -> None:
    _account, bill = await a_bill(books)
    [before] = await books.rows(ROW, bill)
    for change, status in REFUSED:
        with pytest.raises(Refusal) as refusal:
            await patch(books, bill, change)
        assert refusal.value.status == status, (change, refusal.value)
        assert await books.rows(ROW, bill) == [before], change
    with pytest.raises(Refusal) as refusal:
        await patch(books, bill, {"state": "onHold"}, match='"999"')
    assert refusal.value.status == 412 and await books.rows(ROW, bill) == [before]
    with pytest.raises(Refusal) as refusal:
        await patch(books, _account.id, {"state": "onHold"})
    assert refusal.value.status == 404


async def test_a_settled_bill_is_neither_held_back_nor_sent(books: Books) -> None:
    account, bill = await a_bill(books)
    await paid_in(books, account, 30, "a")
    for state in ("onHold", "sent"):
        with pytest.raises(Refusal, match="lifecycle.step"):
            await patch(books, bill, {"state": state})
    [row] = await books.rows("SELECT status FROM customer_bill WHERE id = $1", bill)
    assert row["status"] == "settled"


async def test_only_those_who_may_change_a_bill(books: Books) -> None:
    account, bill = await a_bill(books)
    now = books.store.clock.now()
    others = (
        (Who(), 401), (Who(party=account.party, proof=books.customer(account.party).who.proof, proven_at=now), 403),
        (Who(partner="wing", scopes=frozenset({"tmf:read"})), 403),
        (Who(staff="s", unit="onehall.gd.gz.s1", roles=frozenset({"clerk"})), 403),
    )  # fmt: skip
    for who, status in others:
        with pytest.raises(Refusal) as refusal:
            await patch(books, bill, {"state": "onHold"}, who)
        assert refusal.value.status == status, who
    with pytest.raises(Refusal) as refusal:
        await patch(books, bill, {"state": "onHold"}, Who(staff="s", unit="onehall.zj", roles=frozenset({"operations"})))
    assert refusal.value.status == 404
    [row] = await books.rows("SELECT status, revision FROM customer_bill WHERE id = $1", bill)
    assert row == {"status": "sent", "revision": 1}
