"""How bodies of the billing APIs name accounts and amounts."""

from typing import Any, Final

from onehall.domains.billing import queries, rules
from onehall.domains.billing.model import Account
from onehall.kernel.i18n import _
from onehall.kernel.identity.scope import can_change
from onehall.kernel.identity.who import Who
from onehall.kernel.ids import is_id
from onehall.kernel.money import CURRENCY, Money, money
from onehall.kernel.refusals import Refusal, forbidden
from onehall.kernel.resources import Column
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx

STATUS: Final = Column("status", live=True)


def home(doc: Doc, who: Who) -> str | None:
    """This will name what a body is about, so that it is kept in its home."""
    for name in ("bucket", "partyAccount", "account"):
        named = id_of(doc.get(name))
        if named and is_id(named):
            return named
    return None


async def account_of(tx: Tx, named: str | None, who: Who) -> Account:
    """The account that is named, if it is in the caller's part of the tree."""
    if named is None or not is_id(named):
        raise Refusal("account.unknown", _("There is no such account here."), 422)
    try:
        account = await queries.account(tx, named)
    except Refusal as error:
        raise Refusal("account.unknown", _("There is no such account here."), 422) from error
    if not can_change(who, account.party, account.unit):
        raise Refusal("account.unknown", _("There is no such account here."), 422)
    return account


def id_of(ref: Any) -> str | None:
    """This will give the id in a reference."""
    return ref.get("id") if isinstance(ref, dict) else None


def money_of(value: Any, currency: str | None, account: Account, signed: bool) -> Money:
    """This will read an amount that can be booked on an account.

    :raises Refusal: `amount.bad`, 422.
    """
    try:
        amount = money(str(value), currency or CURRENCY)
    except ValueError as error:
        raise _bad_amount() from error
    limit = rules.API_AMOUNT_MAX.minor
    if amount.currency != account.currency or not (-limit if signed else 1) <= amount.minor <= limit or not amount:
        raise _bad_amount()
    return amount


def _bad_amount() -> Refusal:
    return Refusal("amount.bad", _("This is not an amount that can be booked on this account."), 422)


def partner_of(who: Who) -> str:
    """This will name who stands behind a call from outside.

    :raises Refusal: `forbidden`.
    """
    name = who.partner or who.staff
    if name is None:
        raise forbidden()
    return name
