"""TMF654 (prepay balances) and TMF676 (payments, refunds), over the same rows and verbs as the channels."""

from typing import Any, Final

import msgspec

from onehall.domains.billing import actions, queries, rules, store
from onehall.domains.billing.model import Account, Book, Side
from onehall.kernel.i18n import _
from onehall.kernel.identity.scope import can_change, check_names
from onehall.kernel.identity.who import Who
from onehall.kernel.ids import home_of, is_id
from onehall.kernel.money import CURRENCY, Money, money
from onehall.kernel.period import Period
from onehall.kernel.refusals import Refusal, forbidden
from onehall.kernel.resources import Access, Body, Column, Kept, Kind, MoneyAmount, Quantity, Ref, RelatedParty, Resource, TimePeriod
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx

PREPAY: Final = "prepayBalanceManagement"
USAGE: Final = {"data": "data_mb", "voice": "voice_min", "sms": "sms"}


class Action(Body):
    """What TMF654's actions on a balance share."""

    amount: Quantity | None = None
    usage_type: str | None = None
    bucket: Ref | None = None
    party_account: Ref | None = None
    related_party: list[RelatedParty] | None = None
    reason: str | None = None
    description: str | None = None


class BucketBody(Body):
    """A bucket as a partner opens one."""

    usage_type: str
    name: str | None = None
    party_account: Ref | None = None
    remaining_value: Quantity | None = None
    related_party: list[RelatedParty] | None = None
    valid_for: TimePeriod | None = None


class PaymentBody(Body):
    """A payment that a partner took, or a refund that it makes."""

    account: Ref
    payment_method: Body
    total_amount: MoneyAmount
    amount: MoneyAmount | None = None
    payment: Ref | None = None
    name: str | None = None
    description: str | None = None
    authorization_code: str | None = None
    correlator_id: str | None = None


async def open_bucket(tx: Tx, doc: Doc, who: Who) -> str:
    """This will open an account for money, or grant an allowance to one that is named."""
    usage, named = doc["usageType"], _id_of(doc.get("partyAccount"))
    if usage == "monetary":
        party = _party_of(doc)
        check_names(who, party)
        return (await actions.open_account(tx, party, who.unit)).id
    if usage not in USAGE or named is None:
        raise Refusal("bucket.usage", _("An allowance is data, voice or sms, and names the account it is for."), 400)
    account = await _account(tx, named, who)
    total = _whole(doc.get("remainingValue"))
    end = _time(doc.get("validFor"), "endDateTime")
    period, of = Period(tx.now, end), f"tmf654:{tx.new_id()}"
    [made] = await actions.grant(tx, account.id, {USAGE[usage]: total}, period, of, name=doc.get("name", ""))
    return made


async def top_up(tx: Tx, doc: Doc, who: Who) -> str:
    """This will add money that a partner took."""
    account = await _payee(tx, doc, who)
    id_ = tx.new_id()
    await actions.received_by_partner(tx, account.id, _amount(doc, account), _partner(who), f"topup:{id_}", doc | {"id": id_})
    return id_


async def adjust(tx: Tx, doc: Doc, who: Who) -> str:
    """This will put a balance right; an amount below zero takes away."""
    account = await _payee(tx, doc, who)
    id_ = tx.new_id()
    why = str(doc.get("reason") or doc.get("description") or "-")[:200]
    await actions.adjust(tx, account.id, _amount(doc, account, signed=True), why, f"adjust:{id_}", doc | {"id": id_})
    return id_


async def reserve(tx: Tx, doc: Doc, who: Who) -> str:
    """This will set money aside for a day at most."""
    account = await _payee(tx, doc, who)
    id_ = tx.new_id()
    await actions.reserve(tx, account.id, _amount(doc, account), id_, doc)
    return id_


async def end_reservation(tx: Tx, kept: Kept, who: Who) -> None:
    """This will free reserved money."""
    await actions.unreserve(tx, kept.id, strict=True)


async def pay(tx: Tx, doc: Doc, who: Who) -> str:
    """This will write down a payment that a partner took for an account."""
    account = await _account(tx, _id_of(doc["account"]), who)
    key = doc.get("correlatorId")
    once = f"tmf676:{_partner(who)}:{key}" if key else f"tmf676:{tx.new_id()}"
    text = _("Payment to {number}", number=account.number) if account.number else _("Payment")
    payment = await actions.record(
        tx, account=account.id, party=account.party, amount=_total(doc, account), text=text, partner=_partner(who), doc=_kept(doc),
        once=once,
    )  # fmt: skip
    return payment.id


async def give_back(tx: Tx, doc: Doc, who: Who) -> str:
    """This will refund a payment, whole or in part."""
    account = await _account(tx, _id_of(doc["account"]), who)
    named = _id_of(doc.get("payment"))
    if named is None or not is_id(named) or home_of(named) != home_of(account.id):
        raise Refusal("refund.payment", _("A refund names the payment of that account that it is for."), 422)
    payment = await queries.payment(tx, named)
    if payment.account != account.id:
        raise Refusal("refund.payment", _("A refund names the payment of that account that it is for."), 422)
    key = doc.get("correlatorId")
    once = f"tmf676:{_partner(who)}:{key}" if key else f"tmf676:{tx.new_id()}"
    why = _("Refund by {who}.", who=str(doc.get("description") or _partner(who))[:100])
    id_ = await actions.take_back(tx, payment, _total(doc, account), why, once=once, doc=_kept(doc))
    if payment.method == "partner":
        await actions.refund_done(tx, id_, Side(Book.CLEARING, f"partner:{_partner(who)}"))
    return id_


def _home(doc: Doc, who: Who) -> str | None:
    for name in ("bucket", "partyAccount", "account"):
        named = _id_of(doc.get(name))
        if named and is_id(named):
            return named
    return None


async def _payee(tx: Tx, doc: Doc, who: Who) -> Account:
    if doc.get("usageType", "monetary") != "monetary":
        raise Refusal("balance.usage", _("Only money can be moved here."), 422)
    return await _account(tx, _id_of(doc.get("bucket")) or _id_of(doc.get("partyAccount")), who)


async def _account(tx: Tx, named: str | None, who: Who) -> Account:
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


def _id_of(ref: Any) -> str | None:
    return ref.get("id") if isinstance(ref, dict) else None


def _party_of(doc: Doc) -> str | None:
    parties = doc.get("relatedParty") or [{}]
    named = _id_of(parties[0])
    return named if named and is_id(named) else None


def _amount(doc: Doc, account: Account, *, signed: bool = False) -> Money:
    quantity = doc["amount"]
    return _money(quantity.get("amount"), quantity.get("units"), account, signed)


def _total(doc: Doc, account: Account) -> Money:
    total = doc["totalAmount"]
    return _money(total.get("value"), total.get("unit"), account, False)


def _money(value: Any, currency: str | None, account: Account, signed: bool) -> Money:
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


def _whole(quantity: Any) -> int:
    value = quantity.get("amount") if isinstance(quantity, dict) else None
    if not isinstance(value, int | float) or value != int(value) or not 0 < value <= rules.ALLOWANCE_MAX:
        raise Refusal("amount.bad", _("An allowance is a whole number of units."), 422)
    return int(value)


def _time(period: Any, name: str) -> Any:
    typed = msgspec.convert(period or {}, TimePeriod)
    return typed.end_date_time if name == "endDateTime" else typed.start_date_time


def _partner(who: Who) -> str:
    name = who.partner or who.staff
    if name is None:
        raise forbidden()
    return name


def _kept(doc: Doc) -> Doc:
    """What the sender said stays as it was said; status and amounts are ours to say."""
    return {name: value for name, value in doc.items() if name not in ("status", "totalAmount", "amount", "payment", "account")}


_STATUS: Final = Column("status", live=True)


def _action(name: str, kind: str, create: Any, delete: Any = None) -> Resource:
    return Resource(
        api=PREPAY, name=name, table="balance_action", where=f"kind = '{kind}'", doc=store.shapes.ACTION, attributes=Action,
        mandatory=("amount.amount",), defaults={"usageType": "monetary"}, columns={"status": _STATUS, "bucket.id": "account"},
        state="status", may_write=Access.PARTNER, create=create, delete=delete, home=_home,
        roles=("operations", "admin"),
    )  # fmt: skip


BUCKET = Resource(
    api=PREPAY, name="bucket", table=store.shapes.BUCKETS, attributes=BucketBody, mandatory=("usageType",),
    columns={"status": _STATUS, "usageType": "usage"}, state="status", may_write=Access.PARTNER, create=open_bucket, home=_home,
    roles=("operations", "admin"),
)  # fmt: skip
ACCUMULATED_BALANCE = Resource(api=PREPAY, name="accumulatedBalance", table=store.shapes.ACCUMULATED, may_write=Access.NOBODY)
TOP_UP = _action("topupBalance", "topup", top_up)
ADJUST = _action("adjustBalance", "adjust", adjust)
RESERVE = _action("reserveBalance", "reserve", reserve, end_reservation)
PAYMENT = Resource(
    api="payment", name="payment", table="payment", doc=store.shapes.PAYMENT, attributes=PaymentBody,
    mandatory=("account.id", "paymentMethod", "totalAmount.value"), state="status", may_write=Access.PARTNER, create=pay, home=_home,
    columns={"status": _STATUS, "account.id": "account", "paymentDate": Column("settled", Kind.TIME)}, roles=("operations", "admin"),
)  # fmt: skip
REFUND = Resource(
    api="payment", name="refund", table="refund", doc=store.shapes.REFUND, attributes=PaymentBody,
    mandatory=("account.id", "paymentMethod", "totalAmount.value", "payment.id"), state="status", may_write=Access.PARTNER,
    create=give_back, home=_home, columns={"status": _STATUS, "account.id": "account", "payment.id": "payment"},
    roles=("operations", "admin"),
)  # fmt: skip
RESOURCES: Final = (BUCKET, ACCUMULATED_BALANCE, TOP_UP, ADJUST, RESERVE, PAYMENT, REFUND)
