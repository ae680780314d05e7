"""Somebody becomes known to us."""

from collections.abc import Sequence

import msgspec

from onehall.domains.party import events, lifecycle, queries, rules, store
from onehall.domains.party.model import INDIVIDUAL, Customer, Party, with_language, with_medium
from onehall.kernel import ids
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.identity.names import PHONE, name_party
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import changed
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as another system has them: `kind` names the system, `reference` the customer in it."""

    kind: str
    reference: str
    name: str = ""
    phone: str | None = None
    email: str | None = None
    unit: str | None = None
    language: str = "en"
    doc: Doc = {}


async def register_prospect(
    tx: Tx, phone: str | None, language: str, *, party: str | None = None, unit: str | None = None, how: str = "prospect"
) -> str:
    """This will make somebody known of whom we have a phone at most; gives the party's id. Done twice for one `party` it is done once.

    The phone becomes their login by a job in its own home, unless it is another's already.
    """
    new = _prospect(tx, party or tx.new_id(), phone, language, unit)
    await enter(tx, new, how)
    return new.id


async def greet(tx: Tx, party: str, phone: str, language: str) -> bool:
    """This will make a prospect of someone whose proven phone names `party`; False when we know them already."""
    if await store.parties.find(tx, party) is not None:
        return False
    return await enter(tx, _prospect(tx, party, phone, language, None), "prospect")


async def import_customer(tx: Tx, new: Imported) -> tuple[str, bool]:
    """This will bring a customer in from another system, once for each reference; gives the party's id, and whether it is new.

    `tx` stands in `queries.home_of_reference(new.kind, new.reference)`.
    :raises Refusal: `phone.invalid`, `email.invalid`, 422.
    """
    home = queries.home_of_reference(new.kind, new.reference)
    if tx.home != home:
        raise ValueError(f"{new.kind} {new.reference} belongs to home {home}, not {tx.home}")
    id_ = ids.keyed_id(home, EPOCH, "party", new.kind, new.reference)
    if not await store.documents.refer(tx, home, new.kind, new.reference, id_):
        return await store.documents.referred(tx, home, new.kind, new.reference) or id_, False
    await enter(tx, _imported(tx, id_, new), "import")
    return id_, True


async def import_customers(tx: Tx, many: Sequence[Imported]) -> list[tuple[str, bool]]:
    """This will bring in several customers whose references have one home; for others a transaction each is needed."""
    return [await import_customer(tx, one) for one in many]


async def enter(tx: Tx, party: Party, how: str) -> bool:
    """This will write a new party, and the customer that it is unless the API says that itself; False when it is there already."""
    if not await store.parties.insert(tx, party):
        return False
    tx.tell(events.PartyRegistered(party.id, party.kind, how))
    if how == "prospect":  # thousands brought in at once are not news to partners, and what the API makes it tells itself
        changed(tx, events.OF_KIND[party.kind], party.id, "create")
    if how != "api":
        await _become_customer(tx, party, how)
    if party.phone:
        tx.later("party.name_login", {"phone": party.phone, "party": party.id}, works_in=ids.home_for(party.phone))
    return True


async def name_login(tx: Tx, phone: str, party: str) -> bool:
    """This will let a phone log a party in; False when it is another's login, which it stays. `tx` stands in home_for(phone)."""
    try:
        await name_party(tx, PHONE, phone, party)
    except Refusal:
        return False
    return True


async def _become_customer(tx: Tx, party: Party, how: str) -> None:
    status = "active" if how == "import" else lifecycle.CUSTOMER.first
    doc = {"engagedParty": {"id": party.id, "@referredType": events.OF_KIND[party.kind].noun}}
    row = Customer(
        home=party.home, id=ids.keyed_id(party.home, EPOCH, "customer", party.id), party=party.id, unit=party.unit, status=status,
        name=party.name, doc=doc, revision=1,
    )  # fmt: skip
    await store.customers.insert(tx, row)
    if how == "prospect":
        changed(tx, events.CUSTOMER, row.id, "create")


def _prospect(tx: Tx, id_: str, phone: str | None, language: str, unit: str | None) -> Party:
    number = phone_of(phone) if phone else None
    doc = with_language(with_medium({"familyName": "", "givenName": ""}, "phoneNumber", number), language)
    return Party(
        home=tx.home, id=id_, kind=INDIVIDUAL, status=lifecycle.PERSON.first, name="", doc=doc, revision=1, created=tx.now,
        unit=unit or tx.origin.unit, language=language, phone=number,
    )  # fmt: skip


def _imported(tx: Tx, id_: str, new: Imported) -> Party:
    family, given = rules.split_name(new.name)
    phone = phone_of(new.phone) if new.phone else None
    email = rules.check_email(new.email) if new.email else None
    doc = {"familyName": family, "givenName": given, "fullName": new.name, **new.doc}
    doc = with_medium(with_medium(doc, "emailAddress", email), "phoneNumber", phone)
    doc = with_language(doc, new.language) | {"externalReference": [{"externalReferenceType": new.kind, "name": new.reference}]}
    return Party(
        home=tx.home, id=id_, kind=INDIVIDUAL, status=lifecycle.PERSON.first, name=new.name, doc=doc, revision=1,
        created=tx.now, unit=new.unit, language=new.language, phone=phone, email=email,
    )  # fmt: skip
