"""Money in the drawer of a machine: it answers a payment as a clerk's would, and what cannot be used any more is owed."""

from datetime import timedelta

from onehall.hall.counter import Hall
from onehall.kernel.events import Origin
from onehall.kernel.functions import Ask
from onehall.kernel.i18n import Text, _
from onehall.kernel.ids import home_for
from onehall.kernel.journeys import Caller, Row
from onehall.kernel.journeys.paying import till
from onehall.kernel.journeys.words import Entry
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

OWED_UNTIL = timedelta(minutes=15)


async def check_open(hall: Hall, journey: str, payment: str) -> None:
    """This will look whether a journey still waits for a payment.

    :raises Refusal: `payment.closed`, 409.
    """
    row = await hall.engine.see(journey)
    question = row.question or {}
    entry = _entry(row, payment)
    if not row.open or question.get("kind") != Ask.PAY or entry is None or entry.value["paid"]:
        raise _closed()


async def payment_of(hall: Hall, journey: str) -> str:
    """This will give the payment that a journey asked for, "" when it asked for none."""
    row = await hall.engine.see(journey)
    return next((str(entry.value["payment"]) for entry in row.entries if entry.kind == "payment"), "")


async def take_money(hall: Hall, caller: Caller, journey: str, payment: str, method: str) -> None:
    """This will book money that a machine took ("cash", "card") and answer the journey with it. Safe twice.

    :raises Refusal: `payment.closed`, 409: it is over, or somebody else took it.
    """
    row = await hall.engine.see(journey)
    entry = _entry(row, payment)
    if entry is None:
        raise _closed()
    origin = Origin(channel=caller.channel, party=row.party, staff=caller.who.staff, journey=row.id, function=row.function,
                    source=caller.source, unit=caller.who.unit)  # fmt: skip
    taken = await hall.store.run(payment, lambda tx: till().take_here(tx, payment, method=method, caller=caller), origin)
    await hall.engine.arrive(f"{row.id}/{entry.key}", taken)


async def owe_money(hall: Hall, caller: Caller, once: str, amount: Money, text: Text, why: Text) -> str:
    """This will book cash that lies in a machine's drawer and could not be used, and promise it back; once for each `once`.

    Gives the number of the payment, under which a counter hands it back.
    """
    key = f"owed:{once}"

    async def owe(tx: Tx) -> str:
        wished = await till().ask(
            tx, to="", once=key, party=None, amount=amount, text=text, until=tx.now + OWED_UNTIL, channel=caller.channel
        )
        await till().take_here(tx, wished.payment, method="cash", caller=caller)
        await till().give_back(tx, wished.payment, why)
        return wished.payment

    origin = Origin(channel=caller.channel, staff=caller.who.staff, source=caller.source, unit=caller.who.unit)
    return await hall.store.run(home_for(key), owe, origin)


def _entry(row: Row, payment: str) -> Entry | None:
    return next((entry for entry in row.entries if entry.kind == "payment" and entry.value["payment"] == payment), None)


def _closed() -> Refusal:
    return Refusal("payment.closed", _("This payment is over. Please begin again."), 409)
