"""TMF670 (payment methods): ways to pay that are stored with us, and the agreements by which bills are paid automatically."""

from typing import Any, Final

from onehall.domains.billing import actions
from onehall.domains.billing.api.asked import STATUS, id_of
from onehall.kernel.i18n import _
from onehall.kernel.identity.scope import check_names
from onehall.kernel.identity.who import Who
from onehall.kernel.ids import is_id
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Access, Body, Column, Kept, Kind, Ref, RelatedParty, Resource, TimePeriod, keeping
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx

_TIME: Final = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'"
_DOC: Final = f"""(jsonb_strip_nulls(jsonb_build_object('name', name, 'description', nullif(label, ''),
    'statusDate', to_char(coalesce(until, since) AT TIME ZONE 'UTC', {_TIME}), 'isPreferred', preferred,
    'account', CASE WHEN account IS NULL THEN NULL
        ELSE jsonb_build_array(jsonb_build_object('id', account, '@referredType', 'BillingAccount')) END,
    'relatedParty', CASE WHEN party IS NULL THEN NULL ELSE jsonb_build_object('id', party, '@referredType', 'Individual') END)) || doc)"""
AUTOPAY: Final = "autopay"
SECRET: Final = frozenset({"cvv", "cvc", "pin", "password"})
SHOWN_DIGITS: Final = 4


class MethodBody(Body):
    """A way to pay as somebody stores it."""

    name: str
    description: str | None = None
    is_preferred: bool | None = None
    authorization_code: str | None = None
    status: str | None = None
    status_reason: str | None = None
    valid_for: TimePeriod | None = None
    related_party: RelatedParty | None = None
    account: list[Ref] | None = None


async def store_method(tx: Tx, doc: Doc, who: Who) -> str:
    """This will store a way to pay. What would let anybody pay with a card is never kept."""
    party = who.party or id_of(doc.get("relatedParty"))
    if party is not None and not is_id(party):
        raise Refusal("party.unknown", _("There is no such customer here."), 422)
    check_names(who, party)
    kind = str(doc.get("@type") or "PaymentMethod")[:60]
    if kind.lower() == AUTOPAY:
        raise Refusal("method.kind", _("An agreement is made by the customer, with the function for it."), 422)
    id_ = tx.new_id()
    kept = {name: value for name, value in _safe(doc).items() if name not in ("status", "statusDate")}
    await keeping.insert(
        tx, PAYMENT_METHOD, kept, id_=id_, once=f"tmf670:{id_}", kind=kind, name=str(doc["name"])[:200], label="", party=party,
        unit=who.unit, status="active", preferred=bool(doc.get("isPreferred")), since=tx.now,
    )  # fmt: skip
    return id_


async def change_method(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> Any:
    """This will change what a stored way to pay is called and says; an agreement with the provider stays as it is."""
    doc = {name: value for name, value in _safe(wanted).items() if name not in ("status", "statusDate")}
    return await keeping.update(tx, PAYMENT_METHOD, kept, doc, name=str(doc["name"])[:200], preferred=bool(doc.get("isPreferred")))


async def forget_method(tx: Tx, kept: Kept, who: Who) -> None:
    """This will forget a way to pay; an agreement is ended, and stays on record."""
    found = await actions.autopay.method(tx, kept.id)
    if found is None or found.kind != AUTOPAY:
        await keeping.remove(tx, PAYMENT_METHOD, kept)
        return
    if found.status not in ("pending", "active"):
        raise Refusal("method.over", _("This agreement is over already."), 409)
    await actions.autopay.stop_autopay(tx, kept.id)


def _home(doc: Doc, who: Who) -> str | None:
    party = who.party or id_of(doc.get("relatedParty"))
    return party if party and is_id(party) else None


def _safe(doc: Doc) -> Doc:
    """No security code, and of a card's number the last four digits."""
    if SECRET & {name.lower() for name in doc}:
        raise Refusal("method.secret", _("Never send us a card's security code or a password."), 422)
    number = doc.get("cardNumber")
    if not isinstance(number, str):
        return doc
    return doc | {"cardNumber": "*" * max(0, len(number) - SHOWN_DIGITS) + number[-SHOWN_DIGITS:]}


PAYMENT_METHOD = Resource(
    api="paymentMethod", name="paymentMethod", table="payment_method", doc=_DOC, attributes=MethodBody, mandatory=("@type", "name"),
    columns={"status": STATUS, "statusDate": Column("coalesce(until, since)", Kind.TIME)}, state="status",
    fixed=("status", "statusDate", "account", "relatedParty", "@type"), create=store_method, patch=change_method, delete=forget_method,
    home=_home, roles=("operations", "admin"), may_write=Access.OWN, about="A stored way to pay, or an agreement to be charged.",
)  # fmt: skip
RESOURCES: Final = (PAYMENT_METHOD,)
