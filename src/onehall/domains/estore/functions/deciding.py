"""An approver says yes or no."""

from onehall.domains.estore import actions, queries
from onehall.domains.estore.functions.finding import ask_store
from onehall.domains.estore.model import Member, Request
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import _, thaw
from onehall.kernel.journeys import Journey, Option, Said, item
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx


@function(
    "estore.requests", title=_("Decide on my company's requests"), family="handle", proof=Proof.CODE, words=("WDSP",),
    asks="choose wait prove", cost_by_hand=money(10),
)  # fmt: skip
async def decide(journey: Journey) -> Said:
    """This will let an approver of a private shop say whether the company pays for what somebody else asked for."""
    found, member = await ask_store(journey, "approver")
    chosen = await journey.choose(
        "request", _("Which request?"), lambda: _options(journey, found.id, member), gone=_("That request does not wait any more.")
    )
    word = await journey.choose("word", _("Does the company pay?"), _words)
    to = journey.address("heard")
    await journey.do("decide", _decide, request=chosen.value, approver=journey.party, yes=word.value == "yes", to=to)
    heard = await journey.wait_for("heard", _("Your word is being passed on."))
    if heard["state"] == "refused":
        raise Refusal("estore.refused", thaw(heard["why"]), 403)
    if heard["state"] == "gone":
        raise Refusal("estore.decided", _("Somebody else has decided this already, or it was withdrawn."), 409)
    facts = [item(_("Request"), chosen.text), item(_("Decision"), word.text)]
    return Said(_("Decided: {word}.", word=word.text), facts, ("estore.requests", "estore.mine"))


async def _decide(tx: Tx, *, request: str, approver: str, yes: bool, to: str) -> str:
    actions.decide(tx, request, approver, yes, "", to)
    return request


async def _options(journey: Journey, id_: str, member: Member) -> list[Option]:
    """What one asked for oneself is not among them."""
    waiting = await queries.waiting(journey.tx, id_)
    names = {one.id: one for one in await queries.members(journey.tx, id_)}
    found = [_option(one, names.get(one.member or "")) for one in waiting if one.key != member.key and one.party != member.party]
    if not found and not journey.row.has("answer", "request"):
        raise Refusal("estore.nothing", _("Nothing waits for you."), 409)
    return found


def _option(one: Request, member: Member | None) -> Option:
    text = _("{name}: {plan}", name=member.name if member else one.key, plan=queries.name_of(one))
    facts = [item(_("Fee a month"), one.price), item(_("Paid by the company"), one.company)]
    note = _("asked {day}", day=one.asked)
    return Option(one.id, text, note=note, price=one.company, per=_("month"), badge=member.department if member else "", facts=facts)


async def _words() -> list[Option]:
    return [Option("yes", _("Yes, the company pays")), Option("no", _("No"))]
