"""Use that is charged while it happens: rated and posted at once, or refused where neither allowance nor money reaches."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from onehall.domains.billing import store
from onehall.domains.billing.actions.rating import rate_in
from onehall.domains.billing.actions.rating_work import Rating
from onehall.domains.billing.actions.watching import month_of
from onehall.domains.billing.model import Charged, Debited, Outcome, Payer, Use
from onehall.domains.billing.rules import charging, rating
from onehall.kernel.i18n import Text, _
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx

REASONS: dict[str, tuple[str, Text, int]] = {
    "balance": ("balance.low", _("The balance is not enough for this."), 402),
    "money": ("limit.money", _("The customer's own spending limit is reached."), 402),
    "data": ("limit.data", _("The customer's own data limit is reached."), 402),
    "unknown": ("use.unknown", _("Nothing says what this use costs."), 422),
}


async def debit(tx: Tx, uses: Sequence[Use]) -> list[Debited | Refusal]:
    """This will charge uses of one home's accounts at once, each by (source, record) and once; gives an answer for each, in order.

    A prepaid use that neither allowances nor money cover, or that goes over the customer's own limit, is refused and not rated.
    """
    outcomes, payers = await rate_in(tx, uses, allow=may_be_charged)
    found = {_name(one.use): one for one in outcomes if one.state != "known"}
    before = {_name(use): use for use in uses if _name(use) not in found}
    found |= await _known(tx, list(before.values()))
    return [_answer(tx, found.get(_name(use)), use, payers) for use in uses]


def may_be_charged(work: Rating, payer: Payer, one: Charged) -> str:
    """This will say why a use is refused, or nothing when it is not. What was owed before does not count again."""
    owed = work.owes(payer)
    if one.minor and not charging.may_owe(payer, owed):
        return "balance"
    _start, spent, data = month_of(payer, one.use.at)
    return charging.limit_passed(payer, spent, data)


async def _known(tx: Tx, uses: list[Use]) -> dict[tuple[str, str], Outcome]:
    """What was answered before is answered again."""
    ids = [store.rating.usage_id(tx.home, use.source, use.record) for use in uses]
    rows = await store.rating.known(tx, ids) if ids else {}
    charged = [store.rating.charged_of(row) for row in rows.values()]
    return {_name(one.use): Outcome(one.use, "known", charged=one) for one in charged}


def _answer(tx: Tx, one: Outcome | None, use: Use, payers: dict[str, Payer]) -> Debited | Refusal:
    if one is None or one.charged is None:
        code, reason, status = REASONS.get(one.why if one else "", REASONS["unknown"])
        return Refusal(code, reason, status)
    charged = one.charged
    payer = payers.get(charged.account)
    said = Debited(
        one.use, one.state, charged.units, sum((draw.amount for draw in charged.drawn), rating.NOTHING),
        Money(charged.minor, charged.currency),
    )  # fmt: skip
    return said if payer is None else replace(said, left_units=_left(tx, payer, charged), left_money=_free(payer))


def _left(tx: Tx, payer: Payer, one: Charged) -> Decimal | None:
    stands = [pool for pool in payer.pools if pool.kind == one.use.kind and (pool.until is None or pool.until > tx.now)]
    return sum((max(rating.NOTHING, pool.left_for(one.line)) for pool in stands), rating.NOTHING) if stands else None


def _free(payer: Payer) -> Money:
    free = payer.free - payer.floor if payer.mode == "prepaid" else payer.credit_limit - charging.owing(payer.free, payer.unbilled)
    return Money(max(0, free), payer.currency)


def _name(use: Use) -> tuple[str, str]:
    return use.source, use.record
