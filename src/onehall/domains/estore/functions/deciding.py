"""An approver says yes or no."""

from collections import Counter

from onehall.domains.estore import actions, queries
from onehall.domains.estore.functions.finding import ask_store
from onehall.domains.estore.model import Member, Request
from onehall.kernel.functions import Proof, function
from onehall.kernel.i18n import _, thaw
from onehall.kernel.journeys import Journey, Option, Said, item
from onehall.kernel.money import Money, money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

SHEET = "sheet:"


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
    if "lines" in heard:
        facts.append(item(_("Rows"), str(heard["lines"])))
    return Said(_("Decided: {word}.", word=word.text), facts, ("estore.requests", "estore.mine"))


async def _decide(tx: Tx, *, request: str, approver: str, yes: bool, to: str) -> str:
    if request.startswith(SHEET):
        actions.decide_sheet(tx, request.removeprefix(SHEET), approver, yes, to)
    else:
        actions.decide(tx, request, approver, yes, "", to)
    return request


async def _options(journey: Journey, id_: str, member: Member) -> list[Option]:
    """What one asked for oneself is not among them; several lines of one sheet can be decided with one word."""
    waiting = [one for one in await queries.waiting(journey.tx, id_) if one.key != member.key and one.party != member.party]
    if not waiting and not journey.row.has("answer", "request"):
        raise Refusal("estore.nothing", _("Nothing waits for you."), 409)
    known = {one.key: one for one in await queries.members(journey.tx, id_)}
    names = await queries.names(journey.tx, id_, (one.key for one in waiting))
    return [*await _sheets(journey, id_, waiting), *[_option(one, known.get(one.key), names.get(one.key, one.key)) for one in waiting]]


async def _sheets(journey: Journey, id_: str, waiting: list[Request]) -> list[Option]:
    counts = Counter(one.batch for one in waiting if one.batch)
    if not counts:
        return []
    named = {one.id: one.name for one in await queries.batches(journey.tx, id_)}
    found = []
    for batch, count in counts.items():
        if count > 1:
            total = sum(one.minor for one in waiting if one.batch == batch)
            text = _("All {count} of the sheet {name}", count=count, name=named.get(batch, ""))
            found.append(Option(f"{SHEET}{batch}", text, price=Money(total, waiting[0].currency), per=_("month")))
    return found


def _option(one: Request, member: Member | None, listed: str) -> Option:
    text = _("{name}: {plan}", name=member.name if member else listed, plan=queries.name_of(one))
    facts = [item(_("Fee a month"), one.price), item(_("Paid by the company"), one.company)]
    note = _("asked {day}", day=one.asked)
    return Option(one.id, text, note=note, price=one.company, per=_("month"), badge=member.department if member else "", facts=facts)


async def _words() -> list[Option]:
    return [Option("yes", _("Yes, the company pays")), Option("no", _("No"))]
