"""Invoices: asking the service, and sending what it issued by mail."""

from typing import Any

from onehall.domains.billing import actions
from onehall.domains.billing.reactions.money import Answer
from onehall.kernel.i18n import _, show, thaw
from onehall.kernel.jobs import call
from onehall.kernel.money import Money
from onehall.kernel.settings import current
from onehall.kernel.store import Tx
from onehall.ports.invoice import Wanted
from onehall.ports.mail import Attached

TRIES_MAX = 20


async def _not_issued(tx: Tx, body: dict[str, Any], error: str) -> None:
    await actions.invoice_refused(tx, body, error)


@call("invoice.issue", tries_max=TRIES_MAX, given_up=_not_issued)
async def _issue(world: Any, body: dict[str, Any]) -> Answer | None:
    what = show(thaw(body["what"]), current().language)
    wanted = Wanted(body["title"], Money(**body["amount"]), what, body["tax_number"], body["reverses"])
    said = await world.invoice.issue(body["invoice"], wanted)
    if said.status == "issued":
        return lambda tx: actions.invoice_issued(tx, body, said.number, said.url)
    return lambda tx: actions.invoice_refused(tx, body, said.why)


@call("invoice.mail")
async def _mail(world: Any, body: dict[str, Any]) -> None:
    content = await world.invoice.document(body["number"])
    number, language = body["number"], current().language
    subject = _("Your invoice {number}", number=number).render(language)
    text = _("Here is your invoice {number}. Thank you.", number=number).render(language)
    await world.mail.send(body["to"], subject, text, f"invoice:{body['invoice']}", (Attached(f"{number}.txt", "text/plain", content),))
