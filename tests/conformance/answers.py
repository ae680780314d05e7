"""What the people of the matrix answer: a word for each question that a generic choice would not carry to its end."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from onehall.demo.stock import CARDS_A_STORE, iccid
from onehall.domains import billing, inventory, outreach
from onehall.domains.billing import store
from onehall.domains.billing.actions.bills import bill_on_demand
from onehall.domains.billing.model import Book, Entry, Move, Side
from onehall.hall import View
from onehall.kernel.i18n import _
from onehall.kernel.money import money
from tests.conformance import shops
from tests.conformance.people import Person, code_on
from tests.ground.counter import Counter

CHOSEN = {"menu.function": "tariff.list", "contacts.change.what": "phone", "language.change.language": "zh-CN", "sim.replace.kind": "esim"}


async def entered(counter: Counter, person: Person, function: str, key: str) -> str:
    """This will give what a person types into a box."""
    if noted := person.notes.get(f"{function}.{key}"):
        return noted
    if key == "code":
        return await code_on(counter, person.other_phone)
    words = {
        "amount": "50", "number": person.number, "email": "li.lei@example.org", "phone": person.other_phone,
        "iccid": iccid(100_000 + CARDS_A_STORE - 1), "name": person.made.name,
        "document": person.notes.get("heir", person.document), "payment": person.notes.get("payment", ""),
        "member": person.notes.get("friend", ""), "receiver": person.notes.get("friend", ""), "limit": "0", "mb": "100",
        "spend": "200", "cap": "5000", "pin": person.notes.get("pin", ""), "title": "Li Lei", "tax_number": "91440101MA5ABCDE1F",
        "address": "Zhujiang Road 1", "agent": "Clara", "note": "We were not abroad in that month",
    }  # fmt: skip
    return words[key]


def chosen(function: str, question: dict[str, Any]) -> str:
    """This will choose: what the table says, else the first that is offered."""
    wished = CHOSEN.get(f"{function}.{question['key']}")
    values = [option["value"] for option in question["options"]]
    return wished if wished and (wished in values or question.get("more")) else str(values[0])


async def proof(counter: Counter, person: Person, question: dict[str, Any]) -> dict[str, Any]:
    """This will show what a prove question asks for."""
    names = [field["name"] for field in question["fields"]]
    if "face" in names or "face_compared" in names:
        return {name: part for name, part in (person.shown | {"face_compared": "yes"}).items() if name in names}
    if "document_number" in names:
        return {"document_number": person.document}
    return {"code": await code_on(counter, person.number)} if "code" in names else {"phone": person.number}


Before = Callable[[Counter, Person], Awaitable[None]]


async def _suspended(counter: Counter, person: Person) -> None:
    caller = person.logged_in(counter, "api")
    await counter.answer(caller, await counter.hall.start(caller, "line.suspend"), True)
    await counter.settle()


async def _with_pack(counter: Counter, person: Person) -> None:
    caller = person.logged_in(counter, "api")
    await counter.answer(caller, await counter.hall.start(caller, "pack.add", {"pack": "pack-data-2"}), True)
    await counter.settle()


async def _with_order(counter: Counter, person: Person) -> None:
    """An order that is not done yet: another line, whose SIM cannot be written just now."""
    await counter.world.sim_writer.switches.turn("later", 50)
    view = await counter.to_pay(person.logged_in(counter, "api"), document=person.document)
    await counter.bank_pays(view)
    view = await counter.settle(person.logged_in(counter, "api"), view)
    await counter.world.sim_writer.switches.turn("later", None)
    assert view.state == "waiting", view


async def _paid(counter: Counter, person: Person) -> View:
    caller = person.served_by(counter)
    view = await counter.hall.start(caller, "topup", {"amount": "50"})
    view = await counter.answer(caller, view, {"method": "cash"})
    assert view.state == "done", view
    await counter.settle()
    person.notes["payment"] = await counter.one("SELECT id FROM payment WHERE party = $1", person.party)
    return view


async def _having_paid(counter: Counter, person: Person) -> None:
    await _paid(counter, person)


async def _invoiced(counter: Counter, person: Person) -> None:
    """What they paid is on an invoice that was issued."""
    await _paid(counter, person)
    caller = person.logged_in(counter, "api")
    view = await counter.hall.start(caller, "invoice.request")
    for answer in (view.question["options"][0]["value"] if view.question else "", "person", "Li Lai", "li.lei@example.org"):
        view = await counter.answer(caller, view, answer)
    assert view.state == "done", view
    await counter.settle()


async def _owed_cash(counter: Counter, person: Person) -> None:
    await _paid(counter, person)
    async with counter.store.edge(person.notes["payment"]) as tx:
        payment = await billing.queries.payment(tx, person.notes["payment"])
        await billing.actions.take_back(tx, payment, money(50), _("Top-up"), once="matrix:" + payment.id, doc={})
    await counter.settle()


async def _left_with_money(counter: Counter, person: Person) -> None:
    """Their line has ended, and money is left on its account."""
    line = await counter.one("SELECT id FROM product WHERE party = $1 AND kind = 'line'", person.party)
    async with counter.store.edge(line) as tx:
        await inventory.actions.terminate_line(tx, await inventory.queries.line(tx, line), "request")
    await counter.settle()


async def _known_to_pay_into(counter: Counter, person: Person) -> None:
    await counter.settle()  # which account a number pays into is told to the number's home by a job


async def _with_friend(counter: Counter, person: Person) -> Person:
    friend = await Person().settle(counter)
    await counter.settle()
    person.notes["friend"] = friend.number
    return friend


async def _having_a_friend(counter: Counter, person: Person) -> None:
    await _with_friend(counter, person)


async def _share(counter: Counter, payer: Person, member: Person) -> None:
    caller = payer.logged_in(counter, "api")
    view = await counter.hall.start(caller, "allowance.share", {"member": member.number, "limit": "0"})
    view = await counter.answer(caller, view, view.question["options"][0]["value"])
    view = await counter.answer(caller, view, True)
    assert view.state == "done", view
    await counter.settle()


async def _asked_to_share(counter: Counter, person: Person) -> None:
    await _share(counter, await _with_friend(counter, person), person)


async def _sharing(counter: Counter, person: Person) -> None:
    await _share(counter, person, await _with_friend(counter, person))


async def _in_a_share(counter: Counter, person: Person) -> None:
    await _asked_to_share(counter, person)
    caller = person.logged_in(counter, "api")
    view = await counter.hall.start(caller, "share.join")
    for _question in ("offer", "answer"):
        view = await counter.answer(caller, view, view.question["options"][0]["value"])
    assert view.state == "done", view
    await counter.settle()


async def _with_card(counter: Counter, person: Person) -> None:
    await counter.settle()
    _batch, chunks = await billing.actions.make_cards(counter.store, 1, money(50), counter.store.clock.now() + timedelta(days=30))
    [[(_serial, person.notes["pin"])]] = [chunk async for chunk in chunks]


async def _with_bill(counter: Counter, person: Person) -> None:
    """Use that their money did not cover is on a bill."""
    [account] = await _accounts(counter, person)
    move = Move(Side(Book.UNBILLED, account.id), Side(Book.REVENUE, "hall-59"), money(30))
    async with counter.store.edge(account.id) as tx:
        await store.ledger.post(tx, Entry(f"matrix:{account.id}", "charge", "Roaming", (move,), account.id))
    async with counter.store.edge(account.id) as tx:
        await bill_on_demand(tx, account.id)
    await counter.settle()


async def _having_used(counter: Counter, person: Person) -> None:
    """Calls and data of today, on their own number."""
    await counter.settle()
    now = counter.store.clock.now()
    uses = [
        billing.Use(source="matrix", record=f"{person.number}:{kind}", number=person.number, kind=kind, amount=amount, at=now, peer=peer)
        for kind, amount, peer in (("data_mb", Decimal(120), None), ("voice_min", Decimal(3), "13900000002"))
    ]
    done = await billing.actions.take_in_all(counter.store, uses, "matrix")
    assert {one.state for one in done} == {"added"}, done


async def _paid_automatically(counter: Counter, person: Person) -> None:
    [account] = await _accounts(counter, person)
    async with counter.store.edge(account.id) as tx:
        await billing.actions.autopay.set_autopay(tx, account.id, f"matrix:{account.id}")
    await counter.settle()


async def _accounts(counter: Counter, person: Person) -> list[billing.Account]:
    async with counter.store.edge(person.party) as tx:
        return await billing.queries.accounts(tx, person.party)


async def _having_let_a_program_act(counter: Counter, person: Person) -> None:
    caller = person.logged_in(counter, "api")
    view = await counter.hall.start(caller, "agent.allow", {"agent": "Clara"})
    for answer in ("look", "7", True):
        view = await counter.answer(caller, view, answer)
    assert view.state == "done", view


async def _before_a_code(counter: Counter, person: Person) -> None:
    async with counter.store.edge(0) as tx:
        wish = outreach.Code("", "shelf", outreach.Owner(unit="onehall.gd.gz.s1"), tx.now, "hall-59")
        batch = await outreach.actions.make_codes(tx, None, [wish])
    await counter.settle()
    person.notes["code.scan.code"] = batch.codes[0].code


async def _in_a_queue(counter: Counter, person: Person) -> None:
    """In the queue of the store that is offered first."""
    async with counter.store.edge(0) as tx:
        store = (await outreach.queries.stores(tx))[0][0]
    view = await counter.hall.start(person.logged_in(counter, "api"), "queue.ticket", {"store": store})
    assert view.said, view
    person.notes["queue.place.number"] = view.said["given"]["number"]


async def _before_a_store(counter: Counter, person: Person) -> None:
    await shops.before_a_store(counter, person)


async def _in_a_store(counter: Counter, person: Person) -> None:
    await shops.in_a_store(counter, person)


async def _having_an_heir(counter: Counter, person: Person) -> None:
    """Somebody whose document was checked, and who may have the line."""
    person.notes["heir"] = (await _with_friend(counter, person)).document


BEFORE: dict[str, Before] = {
    "line.transfer": _having_an_heir,
    "estore.join": _before_a_store, "estore.buy": _in_a_store, "estore.mine": _in_a_store, "estore.requests": shops.asked_by_another,
    "code.scan": _before_a_code, "queue.place": _in_a_queue,
    "agent.stop": _having_let_a_program_act, "agent.mine": _having_let_a_program_act,
    "bill.list": _with_bill, "bill.detail": _with_bill, "bill.compare": _with_bill, "bill.dispute": _with_bill,
    "usage.month": _having_used, "usage.earlier": _having_used, "usage.day": _having_used,
    "bill.pay": _with_bill, "card.topup": _with_card, "autopay.stop": _paid_automatically, "invoice.request": _having_paid,
    "invoice.correct": _invoiced,
    "allowance.share": _having_a_friend, "data.gift": _having_a_friend, "share.join": _asked_to_share, "share.remove": _sharing,
    "share.members": _sharing, "share.leave": _in_a_share,
    "topup": _known_to_pay_into,
    "line.restore": _suspended, "pack.drop": _with_pack, "order.cancel": _with_order, "receipt": _having_paid,
    "journey.rate": _having_paid,
    "refund.hand_over": _owed_cash, "balance.pay_out": _left_with_money,
}  # fmt: skip
