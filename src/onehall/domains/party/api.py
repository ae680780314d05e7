"""TMF632 Party (individuals, organisations) and TMF629 Customer, over the same rows and verbs as the channels."""

from datetime import datetime
from typing import Any

import msgspec

from onehall.domains.party import actions, events
from onehall.domains.party.model import INDIVIDUAL as PERSON
from onehall.domains.party.model import ORGANIZATION as COMPANY
from onehall.kernel.identity import Who
from onehall.kernel.resources import Body, Characteristic, Ref, RelatedParty, TimePeriod
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx


class MediumCharacteristic(Body):
    """The parts of an address of some kind."""

    city: str | None = None
    contact_type: str | None = None
    country: str | None = None
    email_address: str | None = None
    fax_number: str | None = None
    phone_number: str | None = None
    post_code: str | None = None
    social_network_id: str | None = None
    state_or_province: str | None = None
    street1: str | None = None
    street2: str | None = None


class ContactMedium(Body):
    """A way to reach somebody."""

    medium_type: str | None = None
    preferred: bool | None = None
    characteristic: MediumCharacteristic | None = None
    valid_for: TimePeriod | None = None


class Identification(Body):
    """A document; its number is shown masked."""

    identification_id: str | None = None
    identification_type: str | None = None
    issuing_authority: str | None = None
    issuing_date: datetime | None = None
    valid_for: TimePeriod | None = None


class ExternalReference(Body):
    """What another system calls the party."""

    external_reference_type: str | None = None
    name: str | None = None


class LanguageAbility(Body):
    """A language that somebody understands."""

    language_code: str | None = None
    language_name: str | None = None
    is_favourite_language: bool | None = None


class Individual(Body):
    """A person."""

    family_name: str
    given_name: str
    full_name: str | None = None
    formatted_name: str | None = None
    legal_name: str | None = None
    middle_name: str | None = None
    gender: str | None = None
    nationality: str | None = None
    title: str | None = None
    birth_date: datetime | None = None
    contact_medium: list[ContactMedium] | None = None
    individual_identification: list[Identification] | None = None
    external_reference: list[ExternalReference] | None = None
    language_ability: list[LanguageAbility] | None = None
    party_characteristic: list[Characteristic] | None = None
    related_party: list[RelatedParty] | None = None
    status: str | None = None


class Organization(Body):
    """An organisation."""

    trading_name: str
    name: str | None = None
    name_type: str | None = None
    organization_type: str | None = None
    is_head_office: bool | None = None
    is_legal_entity: bool | None = None
    contact_medium: list[ContactMedium] | None = None
    organization_identification: list[Identification] | None = None
    external_reference: list[ExternalReference] | None = None
    party_characteristic: list[Characteristic] | None = None
    related_party: list[RelatedParty] | None = None
    exists_during: TimePeriod | None = None
    status: str | None = None


class CustomerBody(Body):
    """A party as our customer."""

    name: str
    engaged_party: RelatedParty
    status: str | None = None
    status_reason: str | None = None
    account: list[Ref] | None = None
    agreement: list[Ref] | None = None
    payment_method: list[Ref] | None = None
    characteristic: list[Characteristic] | None = None
    contact_medium: list[ContactMedium] | None = None
    related_party: list[RelatedParty] | None = None
    valid_for: TimePeriod | None = None


async def _create_individual(tx: Tx, doc: Doc, who: Who) -> str:
    return await actions.create_party(tx, PERSON, doc, who)


async def _create_organization(tx: Tx, doc: Doc, who: Who) -> str:
    return await actions.create_party(tx, COMPANY, doc, who)


def _engaged(doc: Doc, who: Who) -> str | None:
    engaged: dict[str, Any] = doc.get("engagedParty") or {}
    return engaged.get("id")


INDIVIDUAL = msgspec.structs.replace(
    events.INDIVIDUAL, attributes=Individual, mandatory=("familyName", "givenName"), fixed=("individualIdentification",),
    create=_create_individual, patch=actions.amend_party, about="A person, as customer, contact or prospect.",
)  # fmt: skip
ORGANIZATION = msgspec.structs.replace(
    events.ORGANIZATION, attributes=Organization, mandatory=("tradingName",), create=_create_organization, patch=actions.amend_party,
    about="A company or other body.",
)  # fmt: skip
CUSTOMER = msgspec.structs.replace(
    events.CUSTOMER, attributes=CustomerBody, mandatory=("name", "engagedParty.id"), fixed=("engagedParty",), home=_engaged,
    create=actions.create_customer, patch=actions.amend_customer, about="A party in its role of being our customer.",
)  # fmt: skip
RESOURCES = (INDIVIDUAL, ORGANIZATION, CUSTOMER)
