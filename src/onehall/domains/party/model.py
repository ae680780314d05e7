"""The nouns: parties, customers, contacts, consents, documents."""

from datetime import datetime
from typing import Any

import msgspec

from onehall.kernel.resources.declaration import Doc

INDIVIDUAL = "individual"
ORGANIZATION = "organization"
MARKETING = "marketing"
PERSONALISATION = "personalisation"
WAYS = ("sms", "push", "wechat", "call", "mail")


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """A person or an organisation, as we know them. `document_hash` names the document without telling its number.

    `doc` is the TM Forum body (Individual or Organization); `unit` the part of the operator they belong to, None the whole.
    """

    home: int
    id: str
    kind: str
    status: str
    name: str
    doc: Doc
    revision: int
    created: datetime
    unit: str | None = None
    language: str | None = None
    phone: str | None = None
    email: str | None = None
    document_type: str | None = None
    document_hash: str | None = None
    document_masked: str | None = None
    real_name_at: datetime | None = None

    @property
    def real_named(self) -> bool:
        """This will tell whether an identity document of theirs was checked."""
        return self.real_name_at is not None


class PushDevice(msgspec.Struct, frozen=True):
    """A browser in which a customer is told things: its address, its public `key` and shared `secret` (base64url)."""

    id: str
    endpoint: str
    key: str
    secret: str


class Contact(msgspec.Struct, frozen=True):
    """How to reach somebody, and in which language."""

    phone: str | None
    email: str | None
    language: str | None


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A party in its role of being our customer."""

    home: int
    id: str
    party: str
    status: str
    name: str
    doc: Doc
    revision: int
    unit: str | None = None


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the consent ledger: `words` is what was shown or said, `channel` where, `staff` who wrote it down.

    `way` is the way of marketing that is meant; None for every way, and for other purposes.
    """

    id: str
    purpose: str
    allowed: bool
    channel: str
    words: Any
    at: datetime
    staff: str | None = None
    way: str | None = None


class Standing(msgspec.Struct, frozen=True):
    """What holds of marketing to a party: the ways they allow, since when (None: never asked), and when they were last sent some."""

    party: str
    ways: frozenset[str] = frozenset()
    since: datetime | None = None
    sent: datetime | None = None


class Reachable(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as marketing sees them: where they belong, since when they are known, their addresses by way, and what they have."""

    party: str
    unit: str | None
    language: str | None
    created: datetime
    addresses: dict[str, str] = {}
    plans: frozenset[str] = frozenset()


class AgentGrant(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer lets a program do for them until a time; `each_max` and `day_max` are minor units it may agree to by itself.

    `scope`: look (see what is theirs), ask (prepare everything, and they say yes), spend (also agree within the limits).
    """

    id: str
    party: str
    name: str
    scope: str
    each_max: int
    day_max: int
    proof: int
    until: datetime
    created: datetime
    claimed: datetime | None = None
    ended: datetime | None = None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody shows to prove their name. It is sealed wherever it is kept; its text form hides everything."""

    name: str
    document_type: str
    document_number: str
    face: str = ""
    staff: str | None = None
    language: str = ""

    def __repr__(self) -> str:
        return "Shown(...)"

    __str__ = __repr__


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One of the places for a line that a person has: leased by `token` until a time, or kept by `line`."""

    slot: int
    token: str
    until: datetime
    line: str | None = None


def phone_in(doc: Doc) -> str | None:
    """This will read the phone number out of a TM Forum body: the preferred one, else the first."""
    return _medium(doc, "phoneNumber")


def email_in(doc: Doc) -> str | None:
    """This will read the e-mail address out of a TM Forum body: the preferred one, else the first."""
    return _medium(doc, "emailAddress")


def language_in(doc: Doc) -> str | None:
    """This will read the favourite language out of an Individual, else the first."""
    spoken = [one for one in doc.get("languageAbility") or () if isinstance(one, dict) and one.get("languageCode")]
    spoken.sort(key=lambda one: not one.get("isFavouriteLanguage"))
    return str(spoken[0]["languageCode"]) if spoken else None


def with_medium(doc: Doc, name: str, value: str | None) -> Doc:
    """This will give a body whose preferred phone ("phoneNumber") or e-mail ("emailAddress") is `value`; None takes it away."""
    media = [medium for medium in doc.get("contactMedium") or () if isinstance(medium, dict)]
    old = next((medium for medium in _ordered(media) if _of(medium, name)), None)
    others = [medium for medium in media if medium is not old]
    kind = "phone" if name == "phoneNumber" else "email"
    new = [{"mediumType": kind, "preferred": True, "characteristic": {name: value}}] if value else []
    return {key: part for key, part in doc.items() if key != "contactMedium"} | (
        {"contactMedium": [*new, *others]} if new or others else {}
    )


def with_language(doc: Doc, language: str) -> Doc:
    """This will give a body whose favourite language is `language`."""
    spoken = [one for one in doc.get("languageAbility") or () if isinstance(one, dict) and one.get("languageCode") != language]
    rest = [one | {"isFavouriteLanguage": False} for one in spoken]
    return doc | {"languageAbility": [{"languageCode": language, "isFavouriteLanguage": True}, *rest]}


def _medium(doc: Doc, name: str) -> str | None:
    media = [medium for medium in doc.get("contactMedium") or () if isinstance(medium, dict)]
    return next((found for medium in _ordered(media) if (found := _of(medium, name))), None)


def _ordered(media: list[Doc]) -> list[Doc]:
    return sorted(media, key=lambda medium: not medium.get("preferred"))


def _of(medium: Doc, name: str) -> str | None:
    found = (medium.get("characteristic") or {}).get(name)
    return str(found) if found else None
