"""Work of this domain: the identity check, and what belongs into other homes than the party's."""

from typing import Any

from onehall.domains.party import actions, queries
from onehall.domains.party.actions.naming import no_verdict
from onehall.domains.party.events import ConsentWithdrawn
from onehall.domains.party.model import MARKETING
from onehall.kernel import ids
from onehall.kernel.events import on
from onehall.kernel.i18n import _, keep
from onehall.kernel.jobs import call, job
from onehall.kernel.store import Tx
from onehall.ports import World
from onehall.ports.identity_check import Applicant

CHECKS_MAX = 7


async def _unanswered(tx: Tx, body: dict[str, Any], error: str) -> None:
    no_verdict(tx, body["journey"], body["party"])


@call("party.check_identity", tries_max=CHECKS_MAX, given_up=_unanswered)
async def check_identity(world: World, body: dict[str, Any]) -> Any:
    """This will ask the authority about what a person showed."""
    async with world.engine.store.edge(ids.home_of(body["evidence"])) as tx:
        shown = await queries.shown(tx, body["evidence"])
    applicant = Applicant(
        name=shown.name, document_type=shown.document_type, document_number=shown.document_number,
        face=shown.face or None, seen_by=shown.staff,
    )  # fmt: skip
    verdict = await world.identity_check.check(applicant, body["evidence"])

    async def answer(tx: Tx) -> None:
        await actions.hear_verdict(tx, body["evidence"], body["journey"], body["party"], shown, verdict)

    return answer


@on(ConsentWithdrawn, when=lambda fact: fact.purpose == MARKETING)
async def send_receipt(tx: Tx, fact: ConsentWithdrawn) -> None:
    """This will send the customer a receipt for a stop, once; one who stopped by text message has it in the reply."""
    contact = await queries.contact(tx, fact.party)
    if contact.phone is None or tx.origin.channel == "sms":
        return
    text = _("We have noted that you stopped marketing. Receipt {receipt}. Messages about your service still come.", receipt=fact.consent)
    if fact.way:
        way = actions.WAY_NAMES[fact.way]
        text = _("We have noted that you stopped marketing by: {way}. Receipt {receipt}.", way=way, receipt=fact.consent)
    tx.later("sms.send", {"to": contact.phone, "text": keep(text), "language": contact.language}, once=f"receipt:{fact.consent}")


@job("party.note_reach")
async def note_reach(tx: Tx, body: dict[str, Any]) -> None:
    """This will note in the party's home by which address they are reached: `{"party", "way", "address"}`."""
    await actions.note_reach(tx, body["party"], body["way"], body["address"])


@job("party.name_login")
async def name_login(tx: Tx, body: dict[str, Any]) -> None:
    """This will let a phone log a party in."""
    await actions.name_login(tx, body["phone"], body["party"])


@job("party.former_phone")
async def former_phone(tx: Tx, body: dict[str, Any]) -> None:
    """This will end the login of a phone that is no longer a contact, unless it is the number of a line of theirs."""
    for numbers_of in queries.NUMBERS_OF:
        if body["phone"] in await numbers_of(tx, body["party"]):
            return
    tx.later("party.forget_login", body, works_in=ids.home_for(body["phone"]))


@job("party.forget_login")
async def forget_login(tx: Tx, body: dict[str, Any]) -> None:
    """This will end the login of a phone."""
    await actions.end_login(tx, body["phone"], body["party"])


@job("party.note_document")
async def note_document(tx: Tx, body: dict[str, Any]) -> None:
    """This will note in the document's home who showed it."""
    await actions.note_document(tx, body["document"], body["party"])


@job("party.keep_slot")
async def keep_slot(tx: Tx, body: dict[str, Any]) -> None:
    """This will give a held place to a line: `{"document", "token", "line"}`."""
    await actions.keep_slot(tx, body["document"], body["token"], body["line"])


@job("party.free_slot")
async def free_slot(tx: Tx, body: dict[str, Any]) -> None:
    """This will give a line's place back: `{"document", "line"}`."""
    await actions.free_slot(tx, body["document"], body["line"])
