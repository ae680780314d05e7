"""What the world answers: it is written into the journey before the function runs, so that nothing can get in its way."""

from typing import Any

from onehall.kernel.functions import Ask
from onehall.kernel.i18n import Words, _
from onehall.kernel.journeys import facts
from onehall.kernel.journeys.channel import Caller
from onehall.kernel.journeys.paying import TRIES_MAX, till
from onehall.kernel.journeys.row import Row
from onehall.kernel.journeys.words import Entry
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

PROVE = "prove"


def wanted(row: Row, key: str, value: dict[str, Any]) -> bool:
    """This will tell whether the journey has use for the world's answer; what comes late or twice it has none for."""
    if not row.open:
        return False
    payment = row.has("payment", key)
    if payment is not None:
        same = value.get("payment", payment.value["payment"]) == payment.value["payment"]
        return same and isinstance(value.get("paid"), bool) and not payment.value["paid"]
    if key == PROVE or "payment" in value:
        return key == PROVE and waits(row, key)
    if "due" in value:
        return waits(row, key) and row.notes.get(f"wait:{key}") == value["due"]
    return row.has("arrival", key) is None and f"arrived:{key}" not in row.notes


def waits(row: Row, key: str) -> bool:
    """This will tell whether the open question is the world's to answer, under `key`."""
    question = row.question or {}
    return row.open and question.get("kind") == Ask.WAIT and question["key"] == key


def take_in(row: Row, tx: Tx, caller: Caller, key: str, value: dict[str, Any]) -> dict[str, Words]:
    """This will write a wanted answer into the journey; gives the reasons to ask again, by key.

    :raises Refusal: 402, the payment failed for the last time.
    """
    payment = row.has("payment", key)
    if payment is not None and value["paid"]:
        mark_paid(row, tx, key, value)
    elif payment is not None:
        return _failed(row, payment)
    elif waits(row, key):
        plain = {name: part for name, part in value.items() if name != "due"}
        staff = facts.acting(row, caller)
        row.entries.append(Entry("arrival", key, plain, row.turn, at=tx.now, channel=caller.channel, staff=staff, party=row.party))
        facts.step(row, tx, facts.Answered, key)
    else:  # the world was faster than the customer: the answer lies ready for when the function waits for it
        row.notes[f"arrived:{key}"] = value
    return {}


def mark_paid(row: Row, tx: Tx, key: str, value: dict[str, Any]) -> None:
    """This will write down that the money for the payment under `key` is there, if that is what the value says."""
    payment = row.has("payment", key)
    if payment is not None and value.get("paid") is True and wanted(row, key, value):
        payment.value["paid"] = True
        facts.step(row, tx, facts.Paid, key)


async def give_back_unused(store: Store, row: Row, value: dict[str, Any]) -> None:
    """This will give money back that arrived when the journey could not use it any more."""
    payment = value.get("payment")
    if value.get("paid") is not True or not isinstance(payment, str):
        return
    if any(entry.kind == "payment" and entry.value["payment"] == payment and entry.value["paid"] for entry in row.entries):
        return
    await store.run(payment, lambda tx: till().give_back(tx, payment, _("The payment came too late.")))


def _failed(row: Row, payment: Entry) -> dict[str, Words]:
    tries = row.notes.get(f"pay:{payment.key}", 0) + 1
    if tries >= TRIES_MAX:
        raise Refusal("payment.failed", _("The payment did not go through. Nothing was charged."), 402)
    row.notes[f"pay:{payment.key}"] = tries
    row.entries.remove(payment)
    return {payment.key: _("The payment was not completed. You can try again.")}
