"""A customer hears of a new bill."""

from typing import Any

from onehall.domains.billing import actions
from onehall.domains.billing.events import BillIssued
from onehall.kernel.events import on
from onehall.kernel.i18n import _, show, thaw
from onehall.kernel.jobs import call
from onehall.kernel.settings import current
from onehall.kernel.store import Tx


@on(BillIssued)
async def tell_of_new_bill(tx: Tx, fact: BillIssued) -> None:
    """This will tell a customer of their new bill, once."""
    await actions.noticing.tell_of_bill(tx, fact)


@call("billing.mail_bill")
async def _mail_bill(world: Any, body: dict[str, Any]) -> None:
    language = body.get("language") or current().language
    subject = _("Your bill of {month}", month=thaw(body["month"])).render(language)
    text = f"{show(thaw(body['text']), language)}\n\n{body['url']}\n"
    await world.mail.send(body["to"], subject, text, f"bill:{body['bill']}")
