"""TMF635 (usage, usageSpecification), over the same rows and verbs as files and network elements."""

from datetime import datetime
from typing import Any, Final

from onehall.domains.billing import actions, rules, store
from onehall.domains.billing.api.asked import account_of, partner_of
from onehall.domains.billing.model import Use
from onehall.kernel.identity.who import Who
from onehall.kernel.ids import home_for
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Access, Body, Characteristic, Column, Kept, Kind, Ref, RelatedParty, Resource, TimePeriod, keeping
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx

API: Final = "usageManagement"
TYPES: Final = {"data": "data_mb", "voice": "voice_min", "message": "sms"}
OURS: Final = ("status", "ratedProductUsage", "id", "href")
PLAIN: Final = ("number", "amount", "unit", "record", "peer", "zone", "version")


class UsageBody(Body):
    """A record of use as a partner tells it; its `usageCharacteristic` names number and amount, and may name what a file may."""

    usage_date: datetime
    usage_type: str
    usage_characteristic: list[Characteristic]
    description: str | None = None
    status: str | None = None
    related_party: list[RelatedParty] | None = None
    usage_specification: Ref | None = None
    rated_product_usage: list[dict[str, Any]] | None = None


class SpecificationBody(Body):
    """What a kind of use is made of."""

    name: str
    description: str | None = None
    version: str | None = None
    lifecycle_status: str | None = None
    is_bundle: bool | None = None
    valid_for: TimePeriod | None = None
    related_party: list[RelatedParty] | None = None
    spec_characteristic: list[dict[str, Any]] | None = None


async def home_of_use(tx: Tx, doc: Doc, who: Who) -> str | int:
    """This will give the account that a record is charged to, else the home of its number, where it waits."""
    use = _read(tx, doc, who, "-")
    return await actions.telling.charged_account(tx, use) or home_for(use.number)


async def tell(tx: Tx, doc: Doc, who: Who) -> str:
    """This will take in one record.

    :raises Refusal: `usage.unreadable`, 400; `usage.no_price`, `account.unknown`, 422.
    """
    use = _read(tx, doc, who, tx.new_id())
    account = await actions.telling.charged_account(tx, use)
    if account is not None:
        await account_of(tx, account, who)
    return await actions.telling.tell_use(tx, use, account, {name: value for name, value in doc.items() if name not in OURS})


async def add_specification(tx: Tx, doc: Doc, who: Who) -> Doc:
    """This will describe a kind of use."""
    return await keeping.insert(tx, SPECIFICATION, doc, updated=tx.now, status=str(doc["lifecycleStatus"]))


async def change_specification(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> Doc:
    """This will change how a kind of use is described."""
    return await keeping.update(tx, SPECIFICATION, kept, wanted, updated=tx.now, status=str(wanted["lifecycleStatus"]))


async def remove_specification(tx: Tx, kept: Kept, who: Who) -> None:
    """This will take the description of a kind of use away."""
    await keeping.remove(tx, SPECIFICATION, kept)


def _read(tx: Tx, doc: Doc, who: Who, record: str) -> Use:
    said = {str(part["name"]): _text(part.get("value")) for part in doc["usageCharacteristic"]}
    kind = str(doc["usageType"]).strip().lower()
    plain = {name: said.get(name, "") for name in PLAIN}
    withdrawn = said.get("withdrawn", "")
    plain["record"] = plain["record"] or record
    source = f"partner:{partner_of(who)}"
    try:
        return rules.intake.read_use(
            source, kind=TYPES.get(kind, kind), at=str(doc["usageDate"]), before=rules.intake.latest(tx.now), withdrawn=withdrawn, **plain
        )  # fmt: skip
    except rules.intake.Unreadable as no:
        raise Refusal("usage.unreadable", no.why, 400) from no


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return "" if value is None else str(value).lower()
    return f"{value:.9f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


USAGE = Resource(
    api=API, name="usage", table=store.usage_shape.USAGE, doc=store.usage_shape.DOC, attributes=UsageBody,
    mandatory=("usageDate", "usageType", "usageCharacteristic"),
    columns={
        "status": Column("status", live=True), "usageDate": Column("at", Kind.TIME), "usageType": Column(store.usage_shape.TYPE, live=True),
        "relatedParty.id": "party",
    },
    state="status", may_write=Access.PARTNER, create=tell, seek=home_of_use, became=store.intake.became, roles=("operations", "admin"),
    about="Records of use: each rated once, by the plan in force when it happened; those that wait for one are `received`.",
)  # fmt: skip
SPECIFICATION = Resource(
    api=API, name="usageSpecification", table="usage_specification", attributes=SpecificationBody, mandatory=("name",), reference=True,
    columns={
        "name": "name", "lifecycleStatus": Column("status", live=True), "lastUpdate": Column("updated", Kind.TIME, live=True),
    },
    party=None, unit=None, state="lifecycleStatus", fixed=("lastUpdate",), defaults={"lifecycleStatus": "Active"}, may_read=Access.PUBLIC,
    may_write=Access.PARTNER, create=add_specification, patch=change_specification, delete=remove_specification,
    about="What kinds of use there are, and what a record of each says.",
)  # fmt: skip
RESOURCES: Final = (USAGE, SPECIFICATION)
