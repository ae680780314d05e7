"""Money that the provider's file has and our books had not is booked. Its difference is mended by that booking, not before."""

from typing import Any

from onehall.domains.billing import rules, store
from onehall.domains.billing.actions.paying import hear
from onehall.domains.billing.actions.refunding import refund_done
from onehall.domains.billing.model import Moved
from onehall.kernel.i18n import Text, _, keep
from onehall.kernel.ids import home_of
from onehall.kernel.money import Money
from onehall.kernel.store import Tx


def plan_mend(tx: Tx, difference: str, line: Moved) -> None:
    """This will leave the booking of what a line of the file says, in the home of its payment."""
    body = {"difference": difference, "kind": line.kind, "payment": line.payment, "reference": line.reference, "amount": line.amount}
    tx.later("payment.mend", body, works_in=home_of(line.payment), once=f"mend:{difference}")


async def mend(tx: Tx, body: dict[str, Any]) -> None:
    """This will book what a line of the file says as if its notice had come now, and say what came of it; safe twice.

    What the books would not have of that amount is not touched: its difference is opened for a person.
    :raises Refusal: as `hear` and `refund_done`.
    """
    line = Moved(body["kind"], body["payment"], body["reference"], Money(**body["amount"]))
    why = await _book(tx, line)
    _tell(tx, body["difference"], why)


def not_mended(tx: Tx, body: dict[str, Any], error: str) -> None:
    """This will say that a line could not be booked, and why."""
    _tell(tx, body["difference"], _("It could not be booked: {why}", why=error))


async def end_mending(tx: Tx, difference: str, why: Any) -> None:
    """This will mend a difference whose money is booked, or open it for a person with what stood against it (`why`). Safe twice."""
    booked = keep(_("The provider's file had it and our books had not; it is booked now."))
    await store.reconciling.end_mending(tx, difference, "open" if why else "mended", why or booked)


async def _book(tx: Tx, line: Moved) -> Text | None:
    asked = await _asked(tx, line)
    if asked != line.amount:
        return rules.reconciling.another_amount(asked, line.amount)
    if line.kind == "payment":
        await hear(tx, line.payment, "paid", line.amount, line.reference)
    else:
        await refund_done(tx, line.reference)
    return rules.reconciling.not_booked(line, await store.reconciling.booked(tx, [line]))


async def _asked(tx: Tx, line: Moved) -> Money | None:
    if line.kind == "payment":
        payment = await store.payments.one(tx, line.payment)
        return payment.amount if payment else None
    refund = await store.payments.refund(tx, line.reference)
    return refund.amount if refund and refund.payment == line.payment else None


def _tell(tx: Tx, difference: str, why: Text | None) -> None:
    body = {"difference": difference, "why": keep(why) if why else None}
    tx.later("payment.mending_over", body, works_in=store.reconciling.HOME)
