"""Another owner for a line (过户): both are at a counter with their documents; number, SIM, plan, packs and contract go along."""

from typing import Any

from onehall.domains import billing, inventory, party
from onehall.domains.inventory import Line
from onehall.domains.party import Party
from onehall.kernel.crypto import mask_name
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import _, keep
from onehall.kernel.ids import home_for
from onehall.kernel.jobs import job
from onehall.kernel.journeys import Journey, Said, Summary, item
from onehall.kernel.journeys.signals import Died
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

KEY = "document"


@function(
    "line.transfer", title=_("Transfer a line to another owner"), family="handle", proof=Proof.REAL_NAME, takes=("line",), secret=(KEY,),
    asks="choose enter confirm", for_staff=True, cost_by_hand=money(30),
    why=_("Old and new owner show their documents side by side, and a person looks at both: a screen proves only one of them."),
)  # fmt: skip
async def transfer(journey: Journey) -> Said:
    """This will give a line to another customer who shows their document, if they may have one more."""
    line = await inventory.ask_line(journey, lambda line: line.status == "active", _("You have no active line."))
    done = journey.row.has("effect", "give") is not None
    if not done:
        billing.rules.check_owes_nothing(await billing.queries.arrears(journey.tx, line.party))
    number = await journey.enter(KEY, _("What is the number of the new owner's document?"), _document)
    to = await _owner(journey, number)
    if not done:
        inventory.rules.check_may_hand_over(line, to.id, journey.tx.now)
    slot = await journey.hold("slot", party.actions.slots.KIND, of=KEY, document=to.document_hash)
    await journey.confirm("agree", _summary(line, to), _("Have both shown their documents, and do both agree?"))
    await journey.do("give", give, line=line, to=to, token=slot.token)
    name = mask_name(to.name)
    facts = [item(_("Number"), line.number, "number"), item(_("New owner"), name)]
    return Said(_("{number} belongs to {name} now.", number=line.number, name=name), facts, ("topup",))


async def give(tx: Tx, line: Line, to: Party, token: str) -> str:
    """This will hand a line over, with one of the new owner's five places for it, and give the old owner's back."""
    becomes = await inventory.actions.hand_over_line(tx, line, to.id)
    kept = {"document": to.document_hash, "token": token, "line": becomes}
    tx.later("transfer.keep_place", kept, works_in=home_for(to.document_hash or ""))
    before = (await party.queries.party(tx, line.party)).document_hash
    if before:
        tx.later("party.free_slot", {"document": before, "line": line.id}, works_in=home_for(before))
    if to.phone:
        text = _("The line {number} is yours now, with its plan, packs and contract. Please top it up.", number=line.number)
        tx.later("sms.send", {"to": to.phone, "text": keep(text), "language": to.language}, once=f"transfer:{becomes}")
    return becomes


@job("transfer.keep_place")
async def keep_place(tx: Tx, body: dict[str, Any]) -> None:
    """This will give the held place to the line that came; safe twice."""
    await party.actions.keep_slot(tx, body["document"], body["token"], body["line"])


async def _owner(journey: Journey, number: str) -> Party:
    """The customer whom the document names: checked before, known by their real name."""
    for kind in party.kinds_of(number):
        for named in await party.queries.by_document(journey.tx, kind, number):
            return await party.queries.party(journey.tx, named)
    raise Died(KEY, _("We know no customer by this document. Check their identity first."))


def _document(text: str) -> str:
    number = "".join(text.split()).upper()
    if not party.kinds_of(number):
        raise Refusal("document.form", _("This is no number of a document."), 422)
    return number


def _summary(line: Line, to: Party) -> Summary:
    lines = [item(_("Line"), line.number, "number"), item(_("Plan"), line.name), item(_("New owner"), mask_name(to.name))]
    terms = [
        _("Number, SIM, plan, packs and contract go to the new owner. From today on they are charged."),
        _("The balance stays with the old owner. What was paid for the days to come is given back."),
        _("The new owner begins with a balance of nothing, and tops it up for the line to go on."),
    ]
    return Summary(lines, None, terms)
