"""TMF666 (accounts), over the same rows and verbs as the channels; how bills look and where they go."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from onehall.domains.billing import actions, store
from onehall.domains.billing.api.asked import id_of
from onehall.kernel.i18n import _
from onehall.kernel.identity.scope import check_names
from onehall.kernel.identity.who import Who
from onehall.kernel.ids import is_id
from onehall.kernel.money import CURRENCY
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Access, Body, Column, Kept, MoneyAmount, RelatedParty, Resource, TimePeriod, keeping
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx

API: Final = "accountManagement"
OURS: Final = ("accountBalance", "creditLimit", "state", "lastModified", "paymentStatus", "accountType", "relatedParty", "billStructure")
STATES: Final = ("active", "closed")


class AccountBody(Body):
    """An account as a partner opens one."""

    name: str
    account_type: str | None = None
    description: str | None = None
    state: str | None = None
    credit_limit: MoneyAmount | None = None
    related_party: list[RelatedParty] | None = None
    contact: list[Body] | None = None
    bill_structure: Body | None = None


class Named(Body):
    """A format, or a medium, of bills."""

    name: str
    description: str | None = None


class CycleBody(Named):
    """When cycles begin and what follows when."""

    billing_date_shift: int | None = None
    billing_period: str | None = None
    charge_date_offset: int | None = None
    credit_date_offset: int | None = None
    frequency: str | None = None
    mailing_date_offset: int | None = None
    payment_due_date_offset: int | None = None
    valid_for: TimePeriod | None = None


async def open_account(tx: Tx, doc: Doc, who: Who) -> str:
    """This will open a billing account for a party; "postpaid" as its type makes it one that is billed."""
    party = _party(doc)
    check_names(who, party)
    mode = "postpaid" if doc.get("accountType") == "postpaid" else "prepaid"
    currency = str((doc.get("creditLimit") or {}).get("unit") or CURRENCY)
    account = await actions.open_account(tx, party, who.unit, mode=mode, currency=currency)
    await store.accounts.write_doc(tx, account.id, _kept(doc))
    return account.id


async def amend_account(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> None:
    """This will change what is said of an account, or close it."""
    state = wanted.get("state")
    if state not in STATES or (kept.get("state") == "closed" and state != "closed"):
        raise Refusal("account.state", _("An account is active or closed."), 422)
    if state == "closed":
        await actions.close_account(tx, kept.id)
    await store.accounts.write_doc(tx, kept.id, _kept(wanted))


async def delete_account(tx: Tx, kept: Kept, who: Who) -> None:
    """This will delete an account that was never used; any other is closed instead, since its books stay.

    :raises Refusal: `account.used`, 409.
    """
    if not await store.accounts.remove(tx, kept.id):
        raise Refusal("account.used", _("An account that was used can be closed, not deleted."), 409)


def _kept(doc: Doc) -> dict[str, Any]:
    """What was said stays as it was said; what the books say is theirs to say."""
    return {name: value for name, value in doc.items() if name not in (*OURS, "id", "href")}


def _party(doc: Doc) -> str | None:
    parties = doc.get("relatedParty") or [{}]
    named = id_of(parties[0])
    return named if named and is_id(named) else None


def _writer(kind: str) -> Callable[[Tx, Doc, Who], Awaitable[Doc]]:
    async def write(tx: Tx, doc: Doc, who: Who) -> Doc:
        party = _party(doc)
        check_names(who, party)
        state = str(doc.get("state") or "active")
        return await keeping.insert(tx, OTHERS[kind], {**doc, "state": state}, kind=kind, party=party, unit=who.unit, at=tx.now)

    return write


def _keeper(find: Callable[[], Resource]) -> Callable[[Tx, Kept, Doc, Who], Awaitable[Doc]]:
    async def change(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> Doc:
        return await keeping.update(tx, find(), kept, wanted)

    return change


def _remover(find: Callable[[], Resource]) -> Callable[[Tx, Kept, Who], Awaitable[None]]:
    async def remove(tx: Tx, kept: Kept, who: Who) -> None:
        await keeping.remove(tx, find(), kept)

    return remove


def _other(kind: str, *, named: bool = True) -> Resource:
    return Resource(
        api=API, name=f"{kind}Account", table="other_account", where=f"kind = '{kind}'", attributes=AccountBody,
        mandatory=("name", "relatedParty") if named else ("name",), columns={"state": Column("status", live=True)}, state="state",
        may_write=Access.PARTNER, create=_writer(kind), patch=_keeper(lambda: OTHERS[kind]), delete=_remover(lambda: OTHERS[kind]),
        roles=("operations", "admin"),
    )  # fmt: skip


def _setting(name: str, kind: str, shape: type[Body]) -> Resource:
    async def write(tx: Tx, doc: Doc, who: Who) -> Doc:
        return await keeping.insert(tx, SETTINGS[kind], doc, kind=kind)

    return Resource(
        api=API, name=name, table="bill_setting", where=f"kind = '{kind}'", reference=True, party=None, unit=None, attributes=shape,
        mandatory=("name",), may_read=Access.PUBLIC, may_write=Access.PARTNER, create=write, patch=_keeper(lambda: SETTINGS[kind]),
        delete=_remover(lambda: SETTINGS[kind]), roles=("operations", "admin"),
    )  # fmt: skip


ACCOUNT = Resource(
    api=API, name="billingAccount", table="billing_account", doc=store.bill_shapes.ACCOUNT, attributes=AccountBody,
    mandatory=("name", "relatedParty"), state="state", may_write=Access.PARTNER, create=open_account, patch=amend_account,
    delete=delete_account, fixed=("accountBalance", "creditLimit", "relatedParty", "accountType"), roles=("operations", "admin"),
    columns={
        "state": Column(store.bill_shapes.ACCOUNT_STATE, live=True), "paymentStatus": Column(store.bill_shapes.PAYMENT_STATUS, live=True),
    },
)  # fmt: skip
OTHERS: Final = {"party": _other("party"), "financial": _other("financial", named=False), "settlement": _other("settlement")}
SETTINGS: Final = {
    "format": _setting("billFormat", "format", Named), "media": _setting("billPresentationMedia", "media", Named),
    "cycle": _setting("billingCycleSpecification", "cycle", CycleBody),
}  # fmt: skip
RESOURCES: Final = (ACCOUNT, *OTHERS.values(), *SETTINGS.values())
