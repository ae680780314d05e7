"""Automatic payment: an agreement with the provider, charged when a bill is due; a charge that fails is tried again for a while."""

from datetime import datetime, timedelta
from typing import Any, Final

from onehall.domains.billing import events, rules, store
from onehall.domains.billing.actions.paying import begin_charge, give_back, hear, lapse
from onehall.domains.billing.actions.topping_up import CLOSED, top_up
from onehall.domains.billing.lifecycle import METHOD
from onehall.domains.billing.model import Method, OpenBill
from onehall.kernel.i18n import ZONE, Text, _, keep
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import missing
from onehall.kernel.resources.changes import changed
from onehall.kernel.store import Tx
from onehall.kernel.store.flush import EPOCH

CHANNEL: Final = "autopay"
TIME_TO_ANSWER: Final = timedelta(hours=6)
CHARGED_APART: Final = timedelta(minutes=10)
METHODS: Final = ("paymentMethod", "paymentMethod")


async def set_autopay(tx: Tx, account: str, once: str) -> str:
    """This will ask the provider to let an account be paid automatically; its holder is told what came of it. Gives the method's id.

    :raises Refusal: `autopay.set`, 409; 404.
    """
    found = await store.accounts.one(tx, account)
    if found is None:
        raise missing(_("account"))
    id_ = keyed_id(home_of(account), EPOCH, "method", once)
    fresh = Method(found.home, id_, CHANNEL, "Automatic payment", found.number or "", found.party, account, "pending", tx.now, None)
    if await store.methods.insert(tx, fresh, once, found.unit, {}):
        tx.later("autopay.agree", {"method": id_, "phone": found.number or "", "account": account})
        changed(tx, METHODS, id_, "create")
    return id_


async def agreed(tx: Tx, method: str, status: str, label: str) -> None:
    """This will take in what the provider says of an agreement: bills that are open already are charged at once."""
    found = await _locked(tx, method)
    if found.status != "pending":
        return
    await _move(tx, found, "active" if status == "active" else "refused", label)
    if status != "active":
        _tell(tx, found, _("Your payment provider did not agree. Bills are not paid automatically."))
        return
    tx.tell(events.AutopaySet(method, found.account or ""))
    _tell(tx, found, _("Automatic payment is on: bills are charged to {label} on the day they are due.", label=label))
    for bill in await store.allocations.open_bills(tx, found.account or ""):
        plan(tx, bill.id, found.account or "", max(bill.due_on, tx.now))


async def stop_autopay(tx: Tx, method: str) -> None:
    """This will end automatic payment; safe twice.

    :raises Refusal: 404.
    """
    found = await _locked(tx, method)
    if not METHOD.allows(found.status, "stopped"):
        return
    await _move(tx, found, "stopped")
    tx.tell(events.AutopayStopped(method, found.account or ""))
    tx.later("autopay.end", {"method": method})


def plan(tx: Tx, bill: str, account: str, due: datetime, tries: int = 0, first: datetime | None = None) -> None:
    """This will leave the charge of a bill for a time; left twice, it is done once."""
    body = {"bill": bill, "account": account, "tries": tries, "first": first or due}
    tx.later("autopay.charge", body, due=due, works_in=home_of(account), once=f"autopay:{bill}:{tries}:{due.isoformat()}")


async def plan_again(tx: Tx, bill: str, account: str) -> None:
    """This will leave the charge of a bill that is open again: for the day it is due, or the next day; its customer is told.

    Nothing for an account that is not paid automatically.
    """
    method, open_ = await store.methods.of_account(tx, account), await _open(tx, account, bill)
    if method is None or method.status != "active" or open_ is None:
        return
    due = max(open_.due_on, rules.settling.day_after(tx.now))
    plan(tx, bill, account, due)
    day = due.astimezone(ZONE).date()
    _tell(tx, method, _("{amount} of bill {no} is open again and will be charged on {day}.", amount=open_.amount, no=open_.no, day=day))


async def charge_bill(tx: Tx, body: dict[str, Any]) -> str | None:
    """This will begin to charge what is open of a bill, if its account is paid automatically; gives the payment."""
    method = await store.methods.of_account(tx, body["account"])
    bill = await _open(tx, body["account"], body["bill"])
    if method is None or method.status != "active" or bill is None or await _held(tx, bill.id):
        return None
    if await store.payments.charging(tx, body["account"], CHANNEL):
        again = tx.now + CHARGED_APART
        tx.later("autopay.charge", body, due=again, works_in=home_of(body["account"]), once=f"apart:{bill.id}:{again.isoformat()}")
        return None
    text = _("Bill {no}, paid automatically", no=bill.no)
    once, until = f"autopay:{body['bill']}:{body['tries']}:{body['first']}", tx.now + TIME_TO_ANSWER
    payment = await begin_charge(tx, once=once, account=body["account"], party=method.party, amount=bill.amount, text=text, until=until)
    tx.later("autopay.take", body | {"payment": payment.id, "method": method.id, "amount": bill.amount, "text": keep(text)})
    return payment.id


async def charged(tx: Tx, body: dict[str, Any], status: str, reference: str) -> None:
    """This will take in what became of a charge; one that failed is tried again, or its customer is asked to pay."""
    amount = Money(**body["amount"])
    became = await hear(tx, body["payment"], status, amount, reference)
    if became == "failed":
        await not_charged(tx, body)


async def not_charged(tx: Tx, body: dict[str, Any], *, unknown: bool = False) -> None:
    """This will leave the next try of a charge that failed, or tell its customer that it was the last.

    One whose end is `unknown` lapses: should its money come, it goes back.
    """
    if unknown:
        await lapse(tx, body["payment"])
    method = await store.methods.one(tx, body["method"])
    bill = await _open(tx, body["account"], body["bill"])
    if method is None or bill is None:
        return
    tx.tell(events.AutopayFailed(method.id, body["bill"], int(body["tries"]) + 1))
    first = datetime.fromisoformat(body["first"])
    again = rules.settling.charged_again(first, int(body["tries"]))
    if again is None:
        _tell(tx, method, _("Bill {no} could not be charged. Please pay {amount} yourself.", no=bill.no, amount=bill.amount))
        return
    plan(tx, body["bill"], body["account"], max(again, tx.now), int(body["tries"]) + 1, first)
    _tell(tx, method, _("Bill {no} could not be charged. We try again on {day}.", no=bill.no, day=again.date()))


async def put_on_account(tx: Tx, payment: str) -> None:
    """This will add the money of a charge to its account, whoever told us first that it came; of one closed meanwhile it goes back.

    Safe twice.
    """
    found = await store.payments.one(tx, payment)
    if found is None or found.channel != CHANNEL or not found.account or found.status != "done":
        return
    account = await store.accounts.one(tx, found.account)
    if account is None or account.status != "open":
        await give_back(tx, payment, CLOSED)
    else:
        await top_up(tx, found.account, found.amount, payment, bills=())


async def _held(tx: Tx, bill: str) -> bool:
    """A bill that is held back is charged when it is let go."""
    found = await store.bills.one(tx, bill)
    return found is not None and found.status == "on_hold"


async def _open(tx: Tx, account: str, bill: str) -> OpenBill | None:
    return next((one for one in await store.allocations.open_bills(tx, account) if one.id == bill), None)


async def _locked(tx: Tx, method: str) -> Method:
    found = await store.methods.one(tx, method, lock=True)
    if found is None:
        raise missing(_("payment method"))
    return found


async def _move(tx: Tx, method: Method, status: str, label: str | None = None) -> None:
    await store.methods.move(tx, method.id, METHOD.check(method.status, status), label)
    changed(tx, METHODS, method.id, "stateChange")


def _tell(tx: Tx, method: Method, text: Text) -> None:
    tx.later("billing.tell", {"party": method.party, "account": method.account, "text": keep(text)})


async def method(tx: Tx, id_: str) -> Method | None:
    """This will give a stored way to pay."""
    return await store.methods.one(tx, id_)
