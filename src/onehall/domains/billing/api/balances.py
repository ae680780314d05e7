"""TMF654 (prepay balances), over the same rows and verbs as the channels."""

from decimal import Decimal
from typing import Any, Final

import msgspec

from onehall.domains.billing import actions, queries, rules, store
from onehall.domains.billing.actions import transferring
from onehall.domains.billing.api.asked import STATUS, account_of, home, id_of, money_of, partner_of
from onehall.domains.billing.model import Account
from onehall.domains.billing.rules import charging
from onehall.kernel.i18n import _
from onehall.kernel.identity.scope import check_names
from onehall.kernel.identity.who import Who
from onehall.kernel.ids import is_id
from onehall.kernel.money import Money
from onehall.kernel.period import Period
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.resources import Access, Body, Column, Kept, Quantity, Ref, RelatedParty, Resource, TimePeriod
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx

PREPAY: Final = "prepayBalanceManagement"
BUCKET_ID: Final = "coalesce(doc #>> '{bucket,id}', account)"
WORDS: Final = ("description", "reason")
USAGE: Final = {"data": "data_mb", "voice": "voice_min", "sms": "sms"}


class Action(Body):
    """What TMF654's actions on a balance share."""

    amount: Quantity | None = None
    usage_type: str | None = None
    bucket: Ref | None = None
    party_account: Ref | None = None
    related_party: list[RelatedParty] | None = None
    voucher: str | None = None
    reason: str | None = None
    description: str | None = None


class Transfer(Action):
    """A transfer of TMF654."""

    receiver_bucket: Ref | None = None
    receiver_bucket_usage_type: str | None = None
    receiver_logical_resource: Ref | None = None
    logical_resource: list[Ref] | None = None
    channel: Ref | None = None


class BucketBody(Body):
    """A bucket as a partner opens one."""

    usage_type: str
    name: str | None = None
    party_account: Ref | None = None
    remaining_value: Quantity | None = None
    related_party: list[RelatedParty] | None = None
    valid_for: TimePeriod | None = None


async def open_bucket(tx: Tx, doc: Doc, who: Who) -> str:
    """This will open an account for money, or grant an allowance to one that is named."""
    usage, named = doc["usageType"], id_of(doc.get("partyAccount"))
    if usage == "monetary":
        party = _party_of(doc)
        check_names(who, party)
        return (await actions.open_account(tx, party, who.unit)).id
    if usage not in USAGE or named is None:
        raise Refusal("bucket.usage", _("An allowance is data, voice or sms, and names the account it is for."), 400)
    account = await account_of(tx, named, who)
    total = _whole(doc.get("remainingValue"))
    end = _time(doc.get("validFor"), "endDateTime")
    period, of = Period(tx.now, end), f"tmf654:{tx.new_id()}"
    [made] = await actions.grant(tx, account.id, {USAGE[usage]: total}, period, of, name=doc.get("name", ""))
    return made


async def top_up(tx: Tx, doc: Doc, who: Who) -> str:
    """This will add money that a partner took, or with a `voucher` that of a top-up card, which is looked up after this."""
    if units := await _units(tx, doc, who):
        return await _resize(tx, doc, units, "topup")
    account = await _payee(tx, doc, who)
    id_ = tx.new_id()
    if doc.get("voucher"):
        await actions.voucher_top_up(tx, account, _amount(doc, account), str(doc["voucher"]), doc | {"id": id_}, partner_of(who))
        return id_
    await actions.received_by_partner(tx, account.id, _amount(doc, account), partner_of(who), f"topup:{id_}", doc | {"id": id_})
    return id_


async def adjust(tx: Tx, doc: Doc, who: Who) -> str:
    """This will put a balance right; an amount below zero takes away."""
    if units := await _units(tx, doc, who):
        return await _resize(tx, doc, units, "adjust")
    account = await _payee(tx, doc, who)
    id_ = tx.new_id()
    why = str(doc.get("reason") or doc.get("description") or "-")[:200]
    await actions.adjust(tx, account.id, _amount(doc, account, signed=True), why, f"adjust:{id_}", doc | {"id": id_})
    return id_


async def reserve(tx: Tx, doc: Doc, who: Who) -> str:
    """This will set money, or units of an allowance, aside for a day at most."""
    if units := await _units(tx, doc, who):
        id_ = tx.new_id()
        await transferring.reserve_bucket(tx, units[0], _positive(units[1]), id_, doc)
        return id_
    account = await _payee(tx, doc, who)
    id_ = tx.new_id()
    await actions.reserve(tx, account.id, _amount(doc, account), id_, doc)
    return id_


async def end_reservation(tx: Tx, kept: Kept, who: Who) -> None:
    """This will free what is reserved."""
    if kept.get("usageType") != "monetary":
        amount = Decimal(str(kept["amount"]["amount"]))
        if not await transferring.unreserve_bucket(tx, kept.id, kept["bucket"]["id"], amount):
            raise missing(_("reservation"))
        return
    await actions.unreserve(tx, kept.id, strict=True)


async def reword(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> None:
    """This will change the words that stand with an action; what was done stays done."""
    await transferring.describe(tx, kept.id, {name: wanted.get(name) for name in WORDS})


async def transfer(tx: Tx, doc: Doc, who: Who) -> str:
    """This will move money, or units of an allowance, to another account."""
    to = await _receiver(tx, doc, who)
    id_ = tx.new_id()
    if units := await _units(tx, doc, who):
        bucket, amount, account = units
        whole = charging.gift_amount(str(int(amount)) if amount == int(amount) else str(amount))
        if doc["usageType"] != doc["receiverBucketUsageType"]:
            raise Refusal("balance.usage", _("What is moved stays of its kind."), 422)
        await actions.give_away(tx, account.id, bucket, str(doc["receiverLogicalResource"]["id"]), to, whole, f"tmf654:{id_}", action=id_)
        await transferring.note(tx, id_, account.id, "transfer", doc)
        return id_
    account = await _payee(tx, doc, who)
    await transferring.transfer_money(tx, account.id, to, _amount(doc, account), id_, doc)
    return id_


async def _receiver(tx: Tx, doc: Doc, who: Who) -> str:
    """The account of the receiver's bucket, which is that of the number named beside it."""
    number = str(doc["receiverLogicalResource"].get("id"))
    to = await queries.account_of_number(tx, number)
    named = id_of(doc["receiverBucket"])
    if to is None or named not in (None, to, number):
        raise Refusal("account.unknown", _("There is no such account here."), 422)
    return to


async def _units(tx: Tx, doc: Doc, who: Who) -> tuple[str, Decimal, Account] | None:
    """The allowance that is named and how many of its units are meant, if it is the caller's to change; None where it is money."""
    named = id_of(doc.get("bucket"))
    if doc.get("usageType", "monetary") == "monetary" or named is None or not is_id(named):
        return None
    try:
        row = await queries.charging.bucket(tx, named)
    except Refusal as error:
        raise Refusal("account.unknown", _("There is no such account here."), 422) from error
    if USAGE.get(str(doc["usageType"])) != row["kind"]:
        raise Refusal("balance.usage", _("This allowance is of another kind."), 422)
    value = doc["amount"].get("amount")
    if not isinstance(value, int | float) or not -rules.ALLOWANCE_MAX <= value <= rules.ALLOWANCE_MAX or not value:
        raise Refusal("amount.bad", _("An allowance is a whole number of units."), 422)
    return named, Decimal(str(value)), await account_of(tx, row["account"], who)


async def _resize(tx: Tx, doc: Doc, units: tuple[str, Decimal, Account], kind: str) -> str:
    bucket, amount, account = units
    by = _positive(amount) if kind == "topup" else amount
    if by != int(by):
        raise Refusal("amount.bad", _("An allowance is a whole number of units."), 422)
    await actions.adjust_bucket(tx, bucket, int(by))
    id_ = tx.new_id()
    await transferring.note(tx, id_, account.id, kind, doc)
    return id_


def _positive(amount: Decimal) -> Decimal:
    if amount <= 0:
        raise Refusal("amount.bad", _("An allowance is a whole number of units."), 422)
    return amount


async def _payee(tx: Tx, doc: Doc, who: Who) -> Account:
    if doc.get("usageType", "monetary") != "monetary":
        raise Refusal("balance.usage", _("Only money can be moved here."), 422)
    return await account_of(tx, id_of(doc.get("bucket")) or id_of(doc.get("partyAccount")), who)


def _party_of(doc: Doc) -> str | None:
    parties = doc.get("relatedParty") or [{}]
    named = id_of(parties[0])
    return named if named and is_id(named) else None


def _amount(doc: Doc, account: Account, *, signed: bool = False) -> Money:
    quantity = doc["amount"]
    return money_of(quantity.get("amount"), quantity.get("units"), account, signed)


def _whole(quantity: Any) -> int:
    value = quantity.get("amount") if isinstance(quantity, dict) else None
    if not isinstance(value, int | float) or value != int(value) or not 0 < value <= rules.ALLOWANCE_MAX:
        raise Refusal("amount.bad", _("An allowance is a whole number of units."), 422)
    return int(value)


def _time(period: Any, name: str) -> Any:
    typed = msgspec.convert(period or {}, TimePeriod)
    return typed.end_date_time if name == "endDateTime" else typed.start_date_time


def _action(name: str, kind: str, create: Any, delete: Any = None) -> Resource:
    return Resource(
        api=PREPAY, name=name, table="balance_action", where=f"kind = '{kind}'", doc=store.shapes.ACTION, attributes=Action,
        mandatory=("amount.amount",), defaults={"usageType": "monetary"}, columns={"status": STATUS, "bucket.id": Column(BUCKET_ID)},
        state="status", may_write=Access.PARTNER, create=create, delete=delete, home=home, patch=reword, patchable=WORDS,
        roles=("operations", "admin"),
    )  # fmt: skip


BUCKET = Resource(
    api=PREPAY, name="bucket", table=store.shapes.BUCKETS, attributes=BucketBody, mandatory=("usageType",),
    columns={"status": STATUS, "usageType": "usage"}, state="status", may_write=Access.PARTNER, create=open_bucket, home=home,
    roles=("operations", "admin"),
)  # fmt: skip
ACCUMULATED_BALANCE = Resource(api=PREPAY, name="accumulatedBalance", table=store.shapes.ACCUMULATED, may_write=Access.NOBODY)
TOP_UP = _action("topupBalance", "topup", top_up)
ADJUST = _action("adjustBalance", "adjust", adjust)
RESERVE = _action("reserveBalance", "reserve", reserve, end_reservation)
TRANSFER = msgspec.structs.replace(
    _action("transferBalance", "transfer", transfer), attributes=Transfer,
    mandatory=(
        "amount.amount", "usageType", "bucket.id", "receiverBucket.id", "receiverBucketUsageType", "receiverLogicalResource.id", "reason",
        "channel.id", "logicalResource.id",
    ),
    defaults={},
)  # fmt: skip
HISTORY = Resource(
    api=PREPAY, name="balanceActionHistory", table="balance_action", doc=store.shapes.ACTION, may_write=Access.NOBODY,
    columns={"status": STATUS, "bucket.id": Column(BUCKET_ID)}, state="status", roles=("operations", "admin"),
)  # fmt: skip
RESOURCES: Final = (BUCKET, ACCUMULATED_BALANCE, TOP_UP, ADJUST, TRANSFER, RESERVE, HISTORY)
