"""What a customer can have done with their own allowances and limits: give data away, set limits."""

from collections.abc import Sequence

from onehall.domains.billing import actions, queries, rules
from onehall.domains.billing.functions.money import CLERK_MINUTE
from onehall.domains.billing.functions.sharing import account_behind, own_account
from onehall.domains.billing.model import Account
from onehall.domains.billing.rules import charging
from onehall.kernel.functions import function
from onehall.kernel.i18n import _
from onehall.kernel.identity.proof import Proof
from onehall.kernel.journeys import Journey, Option, Said, Summary, item
from onehall.kernel.journeys.signals import Died
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal

DATA = "data_mb"


@function(
    "data.gift", title=_("Give data"), family="handle", proof=Proof.CODE, words=("ZSLL",), takes=("receiver", "mb"),
    asks="choose enter confirm", cost_by_hand=CLERK_MINUTE * 4,
)  # fmt: skip
async def give(journey: Journey) -> Said:
    """This will give whole MB of one's own data to another number."""
    account = await own_account(journey)
    bucket = await journey.choose("bucket", _("From which allowance?"), lambda: _giveable(journey, account))
    number = await journey.enter("receiver", _("To which number?"), charging.member_number, kind="phone")
    amount = await journey.enter("mb", _("How many MB?"), charging.gift_amount, kind="number")
    to = await account_behind(journey, number, "give", "receiver")
    if to == account.id:
        raise Died("receiver", _("This is your own number."))
    if to:
        await _check(journey, account, bucket, amount)
    lines = [item(_("Data"), rules.quantity(DATA, amount)), item(_("Number"), number, "number"), item(_("From"), bucket.text)]
    await journey.confirm("agree", Summary(lines, terms=[_("What was given cannot be taken back.")]))
    await journey.do(
        "give", actions.give_away, account=account.id, bucket=bucket.value, number=number, to=to, amount=amount, once=journey.id
    )
    given = rules.quantity(DATA, amount)
    return Said(_("{amount} of data is on its way to {number}.", amount=given, number=number), lines, ("data.left",))


@function(
    "limits.set", title=_("Set my limits"), family="handle", proof=Proof.CODE, words=("SZXE",), takes=("spend", "cap"),
    asks="choose enter", cost_by_hand=CLERK_MINUTE * 4,
)  # fmt: skip
async def set_limits(journey: Journey) -> Said:
    """This will set what a month's use may cost and how much data it may take; what goes beyond is told, or refused beforehand."""
    account = await own_account(journey)
    spend = await journey.enter("spend", _("How many yuan may your use cost in a month? 0 is no limit."), charging.own_limit, kind="number")
    cap = await journey.enter("cap", _("How many MB may you use in a month? 0 is no limit."), charging.own_limit, kind="number")
    await journey.do("set", actions.set_limits, account=account.id, spend=money(spend) if spend else None, data_mb=cap or None)
    facts = [
        item(_("Use in a month"), money(spend) if spend else _("no limit")),
        item(_("Data in a month"), rules.quantity(DATA, cap) if cap else _("no limit")),
    ]
    return Said(_("Your limits are set."), facts, ("data.left", "bill.so_far"))


async def _check(journey: Journey, account: Account, bucket: Option, amount: int) -> None:
    given, times = await queries.charging.given_this_month(journey.tx, account.id)
    row = await queries.charging.bucket(journey.tx, bucket.value)
    try:
        charging.check_gift(amount, row["total"] - row["used"] - row["reserved"], given, times)
    except Refusal as no:
        raise Died("mb", no.reason) from no


async def _giveable(journey: Journey, account: Account) -> Sequence[Option]:
    found = [
        Option(bucket.id, bucket.name, note=_("{left} left", left=rules.quantity(DATA, bucket.left)))
        for _number, buckets in await queries.allowances(journey.tx, journey.party, account.number or account.line, DATA)
        for bucket in buckets
        if charging.may_be_given(bucket.of) and bucket.left >= charging.GIFT_MB_MIN
    ]
    if not found:
        raise Refusal("gift.none", _("You have no data that can be given away."), 404)
    return found
