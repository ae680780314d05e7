"""Words to customers about their allowances, limits and lines, each once, in their language."""

from onehall.domains.billing import queries, rules
from onehall.domains.billing.events import (
    AllowanceEnds,
    AllowanceReached,
    BillOverdue,
    CreditReached,
    LimitReached,
    LineBarred,
    LineFreed,
    MemberJoined,
    MemberLeft,
    RoamingBegan,
)
from onehall.kernel.events import on
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.i18n import Text, _, keep, thaw
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

DATA = "data_mb"
PACKS = "pack.add"


@on(AllowanceReached)
async def tell_of_share(tx: Tx, fact: AllowanceReached) -> None:
    """This will tell a customer how much of an allowance is used; out of data they are told how to buy more."""
    try:
        bucket = await queries.charging.bucket(tx, fact.bucket)
    except Refusal:
        return
    if bucket["status"] != "active" or (bucket["until"] is not None and bucket["until"] <= tx.now):
        return
    left, total = (rules.quantity(fact.kind, amount) for amount in (bucket["total"] - bucket["used"], bucket["total"]))
    name = thaw(bucket["name"])
    text = _("{name}: {share}% of {total} is used, {left} is left.", name=name, share=fact.share, total=total, left=left)
    if fact.share >= rules.rating.ALERTS[-1]:
        text = await _used_up(tx, fact, name)
    _tell(tx, fact.account, text)


@on(AllowanceEnds)
async def tell_of_end(tx: Tx, fact: AllowanceEnds) -> None:
    """This will tell a customer that an allowance ends soon, with what is left of it."""
    for row in await queries.charging.ending(tx, fact.account, fact.of, fact.until):
        left = rules.quantity(row["kind"], row["total"] - row["used"])
        day = rules.stands_until(fact.until)
        _tell(tx, fact.account, _("{name}: {left} is left and ends on {day}.", name=thaw(row["name"]), left=left, day=day))


@on(RoamingBegan)
async def tell_of_roaming(tx: Tx, fact: RoamingBegan) -> None:
    """This will welcome a customer in another zone."""
    text = _("You are using {number} in {zone}. What it costs there is in your tariff list.", number=fact.number, zone=fact.zone)
    tx.later("sms.send", {"to": fact.number, "text": keep(text)})


@on(LimitReached)
async def tell_of_limit(tx: Tx, fact: LimitReached) -> None:
    """This will tell a customer that a limit of their own is passed."""
    money = _("Your own spending limit for this month is reached.")
    _tell(tx, fact.account, money if fact.what == "money" else _("Your own data limit for this month is reached."))


@on(CreditReached)
async def tell_of_credit(tx: Tx, fact: CreditReached) -> None:
    """This will tell a customer that their credit is used up."""
    _tell(tx, fact.account, _("You owe {owing}, more than your credit limit of {limit}.", owing=fact.owing, limit=fact.limit))


@on(BillOverdue)
async def tell_of_bill(tx: Tx, fact: BillOverdue) -> None:
    """This will call an unpaid bill to mind."""
    _tell(tx, fact.account, _("{left} of your bill is overdue. Please pay it, or your line will be suspended.", left=fact.left))


@on(LineBarred)
async def tell_of_barring(tx: Tx, fact: LineBarred) -> None:
    """This will tell a customer why their line stands still, and what frees it."""
    texts = {
        "credit": _("Your line is suspended: the credit limit is reached. It works again as soon as you pay."),
        "arrears": _("Your line is suspended: a bill is not paid. It works again as soon as you pay."),
        "empty": _("Your line is suspended: your balance does not cover the monthly fee. It works again as soon as you top up."),
    }
    _tell(tx, fact.account, texts[fact.why])


@on(LineFreed)
async def tell_of_freedom(tx: Tx, fact: LineFreed) -> None:
    """This will tell a customer that their money came and the line is no longer held for it."""
    _tell(tx, fact.account, _("Thank you, your payment has arrived. Your line is no longer suspended for it."))


@on(MemberJoined)
async def tell_of_member(tx: Tx, fact: MemberJoined) -> None:
    """This will tell who pays that a member has accepted."""
    _tell(tx, fact.account, _("{number} now draws from your allowance.", number=fact.number))


@on(MemberLeft)
async def tell_of_end_of_share(tx: Tx, fact: MemberLeft) -> None:
    """This will tell who pays that a member is gone, and the member who was removed."""
    _tell(tx, fact.account, _("{number} does not draw from your allowance.", number=fact.number))
    if fact.how == "removed":
        tx.later("sms.send", {"to": fact.number, "text": keep(_("You no longer draw from the allowance that was shared with you."))})


async def _used_up(tx: Tx, fact: AllowanceReached, name: Text) -> Text:
    """What is used up while there is more needs no pack."""
    more = await queries.charging.left(tx, fact.account, fact.kind)
    if more > 0:
        return _("{name} is used up. {left} of other allowances is left.", name=name, left=rules.quantity(fact.kind, more))
    pack = FUNCTIONS.get(PACKS)
    if fact.kind != DATA or pack is None:
        return _("{name} is used up. Further use costs what your plan says.", name=name)
    if pack.words:
        return _("{name} is used up. To buy a pack, send {word} or choose “{title}”.", name=name, word=pack.words[0], title=pack.title)
    return _("{name} is used up. To buy a pack, choose “{title}”.", name=name, title=pack.title)


def _tell(tx: Tx, account: str, text: Text) -> None:
    tx.later("billing.tell", {"party": None, "account": account, "text": keep(text)})
