"""What a customer can have done with allowances together with others: share, join, look, remove, leave."""

from collections.abc import Sequence

from onehall.domains.billing import actions, queries, rules
from onehall.domains.billing.functions.money import CLERK_MINUTE
from onehall.domains.billing.model import Account
from onehall.domains.billing.rules import charging
from onehall.kernel.functions import function
from onehall.kernel.i18n import _, keep, thaw
from onehall.kernel.identity.proof import Proof
from onehall.kernel.journeys import Item, Journey, Option, Said, Summary, item
from onehall.kernel.journeys.signals import Died
from onehall.kernel.refusals import Refusal

ACCEPT, DECLINE = "accept", "decline"


@function(
    "allowance.share", title=_("Share an allowance"), family="handle", proof=Proof.CODE, words=("GXLL",), takes=("member",),
    asks="choose enter confirm", cost_by_hand=CLERK_MINUTE * 6,
)  # fmt: skip
async def share_allowance(journey: Journey) -> Said:
    """This will offer another number a share of a plan's or pack's allowances; it draws once its holder has accepted."""
    account = await own_account(journey)
    what = await journey.choose("what", _("Which allowance?"), lambda: _shareable(journey, account))
    number = await journey.enter("member", _("Which number shall draw from it?"), charging.member_number, kind="phone")
    asked = _("How much of each may it use (MB, minutes, messages)? 0 is no limit.")
    limit = await journey.enter("limit", asked, charging.member_limit, kind="number")
    member = await account_behind(journey, number, "invite", "member")
    if member == account.id:
        raise Died("member", _("This is your own number."))
    terms = [_("What {number} uses, also beyond the allowance, is paid by you until one of you ends it.", number=number)]
    lines = [item(_("Allowance"), what.text), item(_("Number"), number, "number"), item(_("Limit"), limit or _("none"))]
    await journey.confirm("agree", Summary(lines, terms=terms))
    await journey.do(
        "invite", actions.invite, account=account.id, of=what.value, name=what.text, number=number, member_account=member,
        most=limit or None,
        payer=account.number,
    )  # fmt: skip
    text = _("We have asked {number}. It draws from your allowance once its holder accepts.", number=number)
    return Said(text, lines, ("share.members",))


@function(
    "share.join", title=_("Join a shared allowance"), family="handle", proof=Proof.LINE, words=("GXJR",), takes=("offer",), asks="choose",
    cost_by_hand=CLERK_MINUTE * 4,
)  # fmt: skip
async def join(journey: Journey) -> Said:
    """This will accept or decline what somebody offered to share."""
    offer = await journey.choose("offer", _("Which offer?"), lambda: _offers(journey, "open"))
    answers = [Option(ACCEPT, _("Accept")), Option(DECLINE, _("Decline"))]

    async def either() -> Sequence[Option]:
        return answers

    answer = await journey.choose("answer", _("{offer} Do you accept?", offer=offer.note), either)
    await journey.do("answer", actions.answer_share, offer=offer.value, yes=answer.value == ACCEPT)
    if answer.value == DECLINE:
        return Said(_("You have declined. Nothing changes."))
    return Said(_("In a moment you draw from {name}.", name=offer.text), [item(_("Paid by"), str(offer.holds["payer"]))], ("share.leave",))


@function(
    "share.members", title=_("Members of my allowances"), family="query", proof=Proof.LINE, words=("GXCY",), cost_by_hand=CLERK_MINUTE * 3
)
async def members(journey: Journey) -> Said:
    """This will tell with whom allowances are shared, and what each has used; the parts sum to the whole."""
    facts: list[Item] = []
    count = 0
    for account in await queries.accounts(journey.tx, journey.party):
        shares = await queries.charging.shares(journey.tx, account.id)
        waiting = [one for one in shares if one.status == "invited"]
        count += sum(not one.own for one in shares)
        facts += [item(_("{number}: {name}", number=one.number, name=thaw(one.name)), _("asked"), "status") for one in waiting]
        facts += [fact for split in await queries.splits(journey.tx, account.id) for fact in _parts(split)]
    if not count:
        return Said(_("You share no allowance."), facts, ("allowance.share",))
    text = _("You share with {count} numbers.", count=count) if count > 1 else _("You share with 1 number.")
    return Said(text, facts, ("allowance.share", "share.remove"))


@function(
    "share.remove", title=_("Remove a member"), family="handle", proof=Proof.CODE, words=("GXYC",), asks="choose confirm",
    cost_by_hand=CLERK_MINUTE * 4,
)  # fmt: skip
async def remove(journey: Journey) -> Said:
    """This will end a member's share of an allowance."""
    chosen = await journey.choose("share", _("Which number?"), lambda: _members(journey))
    await journey.confirm("agree", Summary([item(_("Number"), chosen.text, "number"), item(_("Allowance"), chosen.note)]))
    await journey.do("remove", actions.end_share, share=chosen.value, how="removed")
    return Said(_("{number} no longer draws from your allowance.", number=chosen.text), next=("share.members",))


@function(
    "share.leave", title=_("Leave a shared allowance"), family="handle", proof=Proof.LINE, words=("GXTC",), asks="choose confirm",
    cost_by_hand=CLERK_MINUTE * 4,
)  # fmt: skip
async def leave(journey: Journey) -> Said:
    """This will have a member's use rated by their own plan again."""
    offer = await journey.choose("offer", _("Which one?"), lambda: _offers(journey, "accepted"))
    terms = [_("From then on you use your own plan and pay for it yourself.")]
    await journey.confirm("agree", Summary([item(_("Allowance"), offer.text)], terms=terms))
    await journey.do("leave", actions.leave_share, offer=offer.value)
    return Said(_("In a moment you use your own plan again."), next=("allowances",))


async def own_account(journey: Journey) -> Account:
    """This will find the customer's account that a journey is about: of the line given, the only one, or the one chosen.

    :raises Refusal: `line.none`, 404.
    """
    given = journey.given("line")
    accounts = await queries.accounts(journey.tx, journey.party, str(given) if given is not None else None)
    if not accounts:
        raise Refusal("line.none", _("You have no line with us yet."), 404)
    if len(accounts) == 1 and not journey.row.has("answer", "account"):
        return accounts[0]

    async def options() -> Sequence[Option]:
        return [Option(one.id, one.number or one.id) for one in accounts]

    chosen = await journey.choose("account", _("Which line?"), options)
    return next(one for one in accounts if one.id == chosen.value)


async def account_behind(journey: Journey, number: str, effect: str, key: str) -> str:
    """This will name the account of a number; nothing once the effect is done."""
    if journey.row.has("effect", effect):
        return ""
    found = await queries.account_of_number(journey.tx, number)
    if found is None:
        raise Died(key, _("{number} is not a number of ours.", number=number))
    return found


async def _shareable(journey: Journey, account: Account) -> Sequence[Option]:
    found: dict[str, Option] = {}
    for _number, buckets in await queries.allowances(journey.tx, journey.party, account.number or account.line):
        for bucket in buckets:
            if charging.may_be_given(bucket.of):
                found.setdefault(bucket.of, Option(bucket.of, bucket.name, note=rules.quantity(bucket.kind, bucket.total)))
    if not found:
        raise Refusal("allowance.none", _("You have no allowance that can be shared."), 404)
    return list(found.values())


async def _offers(journey: Journey, status: str) -> Sequence[Option]:
    found = [
        Option(row["id"], thaw(row["name"]), note=_offered(row["payer"], row["number"]), holds={"payer": row["payer"]})
        for row in await queries.charging.offers(journey.tx, journey.party, status)
    ]
    if not found:
        raise Refusal("share.none", _("Nobody shares an allowance with you now."), 404)
    return found


def _offered(payer: str, number: str) -> object:
    return _("{payer} pays for what {number} uses.", payer=payer, number=number)


async def _members(journey: Journey) -> Sequence[Option]:
    found = []
    for account in await queries.accounts(journey.tx, journey.party):
        shares = await queries.charging.shares(journey.tx, account.id)
        found += [Option(one.id, one.number, note=keep(thaw(one.name))) for one in shares if not one.own]
    if not found:
        raise Refusal("share.none", _("You share no allowance."), 404)
    return found


def _parts(split: queries.charging.Split) -> list[Item]:
    return [
        item(
            _("{number}: {name}", number=part.share.number, name=rules.kind_name(split.kind)), rules.quantity(split.kind, part.used), "bar",
            rules.share(part.used, split.total),
        )
        for part in split.parts
    ]  # fmt: skip
