"""Parties and customers as partners and staff write them through the API."""

from typing import Any

from onehall.domains.party import events, lifecycle, rules, store
from onehall.domains.party.actions.contacting import login_moves
from onehall.domains.party.actions.finding import locked
from onehall.domains.party.actions.registering import enter
from onehall.domains.party.model import INDIVIDUAL, Customer, Party, email_in, language_in, phone_in
from onehall.kernel import crypto
from onehall.kernel.i18n import LANGUAGES, _
from onehall.kernel.identity import Who
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.identity.scope import can_see
from onehall.kernel.refusals import Refusal, forbidden
from onehall.kernel.resources.declaration import Doc, Kept
from onehall.kernel.resources.keeping import conflict
from onehall.kernel.store import Tx

NAMES = ("familyName", "givenName", "fullName", "legalName", "middleName")
_NOT_KEPT = frozenset({"id", "href", "status"})


async def create_party(tx: Tx, kind: str, doc: Doc, who: Who) -> str:
    """This will enter a party that a partner or staff describe; document numbers are masked, for nobody has checked them.

    :raises Refusal: 403 to a customer; 422 for a phone, e-mail or state that cannot be.
    """
    if who.party:
        raise forbidden()
    states = lifecycle.OF_KIND[kind]
    if doc.get("status", states.first) != states.first:
        raise Refusal("party.status", _("A party begins as {status}.", status=states.first), 422)
    phone, email, language = _contact(doc)
    body = _body(kind, doc)
    new = Party(
        home=tx.home, id=tx.new_id(), kind=kind, status=states.first, name=_name(kind, body), doc=body, revision=1, created=tx.now,
        unit=who.unit, language=language, phone=phone, email=email,
    )  # fmt: skip
    await enter(tx, new, "api")
    return new.id


async def amend_party(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> None:
    """This will write a changed body over the one that was read.

    :raises Refusal: 409 for a name that a document proved or a step that the lifecycle lacks; 403 to a customer for their phone.
    """
    known = await locked(tx, kept.id)
    if known.revision != kept.revision:
        raise conflict()
    if known.real_named and any(known.doc.get(name) != wanted.get(name) for name in NAMES):
        raise Refusal("name.proven", _("The name was taken from a document and can only be changed with a document."), 409)
    phone, email, language = _contact(wanted)
    if who.party and (phone != known.phone or wanted.get("status") != known.status):
        raise Refusal("contact.proof", _("A phone is changed with a code that we send to it."), 403)
    body = _body(known.kind, _renamed(kept, wanted))
    await store.parties.save(
        tx, known, doc=body, status=_step(known, wanted), name=known.name if known.real_named else _name(known.kind, body), phone=phone,
        email=email, language=language or known.language,
    )  # fmt: skip
    for what, before, now in (("phone", known.phone, phone), ("email", known.email, email)):
        if before != now:
            tx.tell(events.ContactChanged(known.id, what))
    login_moves(tx, known, phone)


async def create_customer(tx: Tx, doc: Doc, who: Who) -> str:
    """This will make a party that we know a customer.

    :raises Refusal: 403 to a customer; 422 when there is no such party, or a state in which none begins.
    """
    if who.party:
        raise forbidden()
    party = await store.parties.find(tx, str((doc.get("engagedParty") or {}).get("id")))
    if party is None or party.home != tx.home or not (can_see(who, party.id, party.unit)):
        raise Refusal("party.unknown", _("There is no such party."), 422)
    status = str(doc.get("status", lifecycle.CUSTOMER.first))
    if status not in (lifecycle.CUSTOMER.first, "active"):
        raise Refusal("customer.status", _("A customer begins as prospective or active."), 422)
    body = {name: value for name, value in doc.items() if name not in _NOT_KEPT and name != "name"}
    new = Customer(
        home=tx.home,
        id=tx.new_id(),
        party=party.id,
        unit=party.unit or who.unit,
        status=status,
        name=str(doc["name"]),
        doc=body,
        revision=1,
    )
    await store.customers.insert(tx, new)
    tx.tell(events.CustomerChanged(new.id, party.id, status))
    return new.id


async def amend_customer(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> None:
    """This will write a changed customer over the one that was read.

    :raises Refusal: 403 to a customer for their state; 409 for a step that the lifecycle lacks.
    """
    before, status = str(kept["status"]), str(wanted.get("status") or kept["status"])
    if status != before:
        if who.party:
            raise forbidden()
        lifecycle.CUSTOMER.check(before, status)
        tx.tell(events.CustomerChanged(kept.id, str(kept["engagedParty"]["id"]), status))
    body = {name: value for name, value in wanted.items() if name not in _NOT_KEPT and name != "name"}
    if not await store.customers.save(tx, kept.id, kept.revision, doc=body, status=status, name=str(wanted.get("name") or "")):
        raise conflict()


def _step(known: Party, wanted: Doc) -> str:
    status = str(wanted.get("status") or known.status)
    if status == known.status:
        return status
    if known.kind == INDIVIDUAL and status == "validated":
        raise Refusal("name.unproven", _("A person is validated by an identity check alone."), 409)
    return lifecycle.OF_KIND[known.kind].check(known.status, status)


def _contact(doc: Doc) -> tuple[str | None, str | None, str | None]:
    phone, email, language = phone_in(doc), email_in(doc), language_in(doc)
    spoken = next((ours for ours in LANGUAGES if language and ours.split("-")[0] == language.split("-")[0].lower()), None)
    return phone_of(phone) if phone else None, rules.check_email(email) if email else None, spoken


def _name(kind: str, doc: Doc) -> str:
    if kind == INDIVIDUAL:
        return str(doc.get("fullName") or rules.full_name(str(doc.get("familyName") or ""), str(doc.get("givenName") or "")))
    return str(doc.get("name") or doc.get("tradingName") or "")


def _renamed(kept: Doc, wanted: Doc) -> Doc:
    """A full name that was put together from its parts follows them."""
    whole = rules.full_name(str(kept.get("familyName") or ""), str(kept.get("givenName") or ""))
    follows = kept.get("fullName") == wanted.get("fullName") == whole
    return {name: value for name, value in wanted.items() if name != "fullName"} if follows else wanted


def _body(kind: str, doc: Doc) -> Doc:
    body = {name: value for name, value in doc.items() if name not in _NOT_KEPT}
    for name in ("individualIdentification", "organizationIdentification"):
        if name in body:
            body[name] = [_masked(one) for one in body[name]]
    return body | ({"fullName": _name(kind, body)} if kind == INDIVIDUAL else {})


def _masked(shown: dict[str, Any]) -> dict[str, Any]:
    number = shown.get("identificationId")
    safe = {name: value for name, value in shown.items() if name != "attachment"}
    return safe | ({"identificationId": crypto.mask_document(str(number)) if "*" not in str(number) else number} if number else {})
