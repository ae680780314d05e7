"""Leaving with the number (携号转网): whether it may go, every reason why not, and the code that lets it."""

from onehall.domains import billing, inventory, party
from onehall.domains.inventory import Line
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import Text, _
from onehall.kernel.journeys import Journey, Said, Summary, item
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal


@function(
    "port_out.check", title=_("May I leave with my number?"), family="query", proof=Proof.LINE, words=("CXXZ",),
    takes=("name", "document"), secret=("document",), asks="choose enter prove", cost_by_hand=money(10),
)  # fmt: skip
async def check(journey: Journey) -> Said:
    """This will tell whether a line may go to another operator, with every reason why not; nothing is offered in between."""
    line = await inventory.ask_line(journey)
    reasons = await _reasons(journey, line)
    if not reasons:
        return Said(_("{number} may go to another operator. Send SQXZ for the code.", number=line.number), next=("port_out.code",))
    text = _("{number} cannot go to another operator yet: {why}", number=line.number, why=reasons[0])
    return Said(text, [item(_("Reason {place}", place=place), reason) for place, reason in enumerate(reasons, 1)], ("line.detail",))


@function(
    "port_out.code", title=_("Code for leaving with my number"), family="handle", proof=Proof.LINE, words=("SQXZ",),
    takes=("name", "document"), secret=("document",), asks="choose enter confirm prove", cost_by_hand=money(10),
)  # fmt: skip
async def code(journey: Journey) -> Said:
    """This will give the code with which another operator takes the number over, when nothing stands against it."""
    line = await inventory.ask_line(journey)
    reasons = await _reasons(journey, line)
    if reasons:
        raise Refusal("port_out.not_yet", _("{number} cannot go to another operator yet: {why}", number=line.number, why=reasons[0]), 409)
    terms = [_("When the number has gone, this line ends and its packs with it.")]
    await journey.confirm("agree", Summary([item(_("Number"), line.number, "number")], None, terms))
    made, until = await inventory.actions.issue_port_code(journey.tx, line)
    return Said(_("Your code is {code}, good until {until}.", code=made, until=until), [item(_("Number"), line.number, "number")])


async def _reasons(journey: Journey, line: Line) -> list[Text]:
    name = await journey.enter("name", _("What is the holder's name?"), _words)
    document = await journey.enter("document", _("What is the number of the holder's document?"), _words)
    holder = await party.queries.party(journey.tx, line.party)
    owed = await billing.queries.arrears(journey.tx, line.party)
    return inventory.rules.port_out_reasons(line, party.queries.is_holder(holder, name, document), owed, journey.tx.now)


def _words(text: str) -> str:
    if not text:
        raise Refusal("answer.empty", _("Please answer with a short text."), 422)
    return text
