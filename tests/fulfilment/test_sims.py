"""Replacing a SIM: told by inventory, done by fulfilment, charged by billing."""

import pytest

from onehall.hall import Caller
from onehall.kernel.identity import Who
from tests.ground.counter import FACE, Counter

NUMBER, STORE = "18600010001", "onehall.gd.gz.s1"
SHOWN = {"name": "李一鸣", "document_type": "resident_id", "document_number": "110101199003070134", "face": FACE}


@pytest.mark.parametrize(("kind", "cost"), [("esim", 0), ("plastic", 1000)])  # an eSIM is free, a card costs 10 yuan
async def test_a_replaced_sim_is_written_and_charged(counter: Counter, kind: str, cost: int):
    party = await counter.one("SELECT party FROM product WHERE number = $1", NUMBER)
    line = await counter.one("SELECT id FROM product WHERE number = $1", NUMBER)
    before = await counter.one("SELECT balance FROM billing_account WHERE number = $1", NUMBER)
    card = await counter.one("SELECT iccid FROM sim WHERE unit = $1 AND kind = 'plastic' AND state = 'stock' LIMIT 1", STORE)
    caller = counter.customer(party) if kind == "esim" else Caller("desk", Who(staff="c1", unit=STORE), party=party)
    view = await counter.hall.start(caller, "sim.replace", {"line": line})
    shown = SHOWN | ({"face_compared": "yes"} if kind == "plastic" else {})
    view = await counter.settle(caller, await counter.answer(caller, view, shown))
    view = await counter.answer(caller, view, kind)
    if kind == "plastic":
        view = await counter.answer(caller, view, card)
    view = await counter.settle(caller, await counter.answer(caller, view, True))
    assert view.state == "done", view
    assert await counter.one("SELECT count(*) FROM sim WHERE state = 'active' AND line = $1 AND kind = $2", line, kind) == 1
    assert await counter.one("SELECT count(*) FROM sim WHERE state = 'retired' AND line = $1", line) == 1
    assert await counter.one("SELECT balance FROM billing_account WHERE number = $1", NUMBER) == before - cost
