"""Every decision of this domain: who is a person by their document, how many lines they may have; `consents`: what they allowed."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from onehall.domains.party.model import AgentGrant, Shown, Slot
from onehall.domains.party.rules import consents as consents
from onehall.domains.party.rules import pushing as pushing
from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal

LINES_PER_PERSON_MAX = 5
"""MIIT, opinions of November 2016 on fraud by telephone: no new card for one who has five with an operator (一证五户)."""
SLOT_LEASE = timedelta(minutes=30)
SLOT_GRACE = timedelta(minutes=10)
"""A lapsed place is given to nobody else for so long, that an order placed at the last moment still finds it."""
AGE_MIN = 16
"""Years; whoever is younger needs a guardian at the counter (domain rules, replacement SIM and real-name)."""
PROOF_LIFE = timedelta(minutes=30)
FACE_BYTES_MAX = 2_000_000
NAME_LENGTH_MAX = 60
EMAIL_LENGTH_MAX = 254
AGENT_NAME_MAX = 40
AGENT_DAY_MAX = 20_000
AGENTS_MAX = 10
COMPOUND_SURNAMES = frozenset("欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 长孙 宇文".split())

DOCUMENTS: dict[str, Text] = {
    "resident_id": _("Resident ID card"),
    "passport": _("Passport"),
    "hk_macau_permit": _("Permit for Hong Kong and Macau residents"),
    "taiwan_permit": _("Permit for Taiwan residents"),
    "permanent_residence": _("Foreigner's permanent residence card"),
}
_FORMS = {
    "resident_id": re.compile(r"[1-8]\d{16}[\dX]", re.ASCII),
    "passport": re.compile(r"(?=.*\d)[A-Z0-9]{6,9}", re.ASCII),
    "hk_macau_permit": re.compile(r"[HM]\d{8}(\d\d)?", re.ASCII),
    "taiwan_permit": re.compile(r"\d{8}(\d\d)?", re.ASCII),
    "permanent_residence": re.compile(r"9\d{16}[\dX]|[A-Z]{3}\d{12}", re.ASCII),
}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LETTERS = re.compile(r"[^\W\d_]+([ .·'’\-]+[^\W\d_]+)*\.?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def check_digit(first: str) -> str:
    """The last sign of a resident ID is the weighted sum of the first 17 modulo 11 (GB 11643-1999)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first, strict=True)) % 11]


def check_document(document_type: str, number: str) -> str:
    """A document's number must have the form of its kind; a resident ID's birthday and check digit must be right.

    :raises Refusal: `document.type`, `document.number`, 422; gives the number as it is kept.
    """
    if document_type not in DOCUMENTS:
        raise Refusal("document.type", _("Please choose the kind of document."), 422)
    plain = re.sub(r"[\s\-]", "", str(number)).upper()
    wrong = Refusal("document.number", _("This document number is not right. Please check it."), 422)
    if not _FORMS[document_type].fullmatch(plain):
        raise wrong
    if len(plain) == 18 and (born_of(plain) is None or check_digit(plain[:17]) != plain[17]):
        raise wrong
    return plain


def born_of(number: str) -> date | None:
    """A resident ID tells its holder's birthday in its digits 7 to 14; other documents do not."""
    if len(number) != 18:
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def kinds_of(number: str) -> list[str]:
    """A number alone may be that of several kinds of document."""
    return [kind for kind in DOCUMENTS if _fits(kind, number)]


def check_holder(born: date | None, expires: date | None, today: date) -> None:
    """A line is given from the age of sixteen on, and on a document that has not run out.

    :raises Refusal: `holder.young`, `document.expired`, 422.
    """
    if born is not None and age(born, today) < AGE_MIN:
        reason = _("This can be done from the age of {years} on; before, a guardian must come along.", years=AGE_MIN)
        raise Refusal("holder.young", reason, 422)
    if expires is not None and expires < today:
        raise Refusal("document.expired", _("This document ran out on {day}. Please use a valid one.", day=expires), 422)


def age(born: date, today: date) -> int:
    """A person grows a year older on their birthday."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def check_name(name: str) -> str:
    """A person's name is letters, two at least, as on the document.

    :raises Refusal: `name.invalid`, 422; gives the name with single spaces.
    """
    plain = " ".join(str(name).split())
    if not (2 <= len(plain) <= NAME_LENGTH_MAX and _LETTERS.fullmatch(plain)):
        raise Refusal("name.invalid", _("Please give the name as it is on the document."), 422)
    return plain


def read_shown(today: date, name: str, document_type: str, number: str, face: str, staff: str | None = None, language: str = "") -> Shown:
    """What somebody shows as proof is a name, a good document, and a picture of their face unless a clerk compared it.

    :raises Refusal: `name.*`, `document.*`, `face.*`, `holder.young`, 422.
    """
    plain = check_document(document_type, number)
    shown = Shown(name=check_name(name), document_type=document_type, document_number=plain, face=face, staff=staff, language=language)
    check_holder(born_of(plain), None, today)
    if staff is None:
        check_face(face)
    return shown


def split_name(name: str) -> tuple[str, str]:
    """A Chinese name begins with the family name, of two signs for some families; others end with it."""
    if _HAN.match(name):
        cut = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
        return name[:cut], name[cut:].lstrip("·")
    given, _space, family = name.rpartition(" ")
    return family, given


def full_name(family: str, given: str) -> str:
    """A Chinese name is written family name first and unspaced, any other with the family name last."""
    if _HAN.match(family or given):
        return family + given
    return f"{given} {family}".strip()


def same_name(one: str, other: str) -> bool:
    """Two spellings are one name when only case, spaces and the middle dot differ."""
    return _letters(one) == _letters(other)


def check_face(picture: str) -> None:
    """A picture of a face is a JPEG or PNG of at most two megabytes.

    :raises Refusal: `face.missing`, `face.large`, `face.invalid`, 422.
    """
    if not picture:
        raise Refusal("face.missing", _("Please add a picture of your face."), 422)
    if len(picture) > FACE_BYTES_MAX * 4 // 3 + 4:
        raise Refusal("face.large", _("The picture is too large; two megabytes are the limit."), 422)
    try:
        content = base64.b64decode(picture, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content.startswith(_PICTURES):
        raise Refusal("face.invalid", _("The picture must be a JPEG or PNG."), 422)


def check_email(address: str) -> str:
    """An e-mail address has one @ and a domain.

    :raises Refusal: `email.invalid`, 422; gives it trimmed.
    """
    plain = str(address).strip()
    if len(plain) > EMAIL_LENGTH_MAX or not _EMAIL.fullmatch(plain):
        raise Refusal("email.invalid", _("That is not an e-mail address."), 422)
    return plain


def free_slot(taken: Sequence[Slot], token: str, now: datetime) -> int | None:
    """One person has at most five lines, counted over all channels; who asks again is given the place they have."""
    ours = next((slot.slot for slot in taken if slot.token == token), None)
    if ours is not None:
        return ours
    held = {slot.slot for slot in taken if slot.line is not None or slot.until + SLOT_GRACE > now}
    return next((slot for slot in range(1, LINES_PER_PERSON_MAX + 1) if slot not in held), None)


def slot_of(taken: Iterable[Slot], token: str, line: str) -> int | None:
    """A line keeps the place that its token holds, unless another line keeps it already; safe twice."""
    return next((slot.slot for slot in taken if slot.token == token and slot.line in (None, line)), None)


def lines_left(taken: Iterable[Slot], now: datetime) -> int:
    """What a person may still open is five less the lines kept and the places held."""
    return LINES_PER_PERSON_MAX - sum(1 for slot in taken if slot.line is not None or slot.until > now)


def five_already() -> Refusal:
    """Whoever has five lines is refused a sixth, in words that say why."""
    return Refusal("lines.five", _("One person can have at most {count} lines, and this one has them.", count=LINES_PER_PERSON_MAX), 409)


def check_agent_name(name: str) -> str:
    """A program's name is 2 to 40 plain letters, digits, spaces, dots and dashes, and can say nothing else.

    :raises Refusal: `agent.name`, 422; gives the name as it is kept.
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    if not 2 <= len(plain) <= AGENT_NAME_MAX or not all(sign.isalnum() or sign in " .-" for sign in plain):
        raise Refusal("agent.name", _("A name has 2 to {count} letters, digits, dots and dashes.", count=AGENT_NAME_MAX), 422)
    return plain


def check_agent_limit(yuan: str) -> int:
    """A program may agree by itself to a whole number of yuan a day, up to 200, and 0 by default; gives minor units.

    :raises Refusal: `agent.limit`, 422.
    """
    if not yuan.isascii() or not yuan.isdigit() or len(yuan) > 4 or int(yuan) * 100 > AGENT_DAY_MAX:
        raise Refusal("agent.limit", _("Please enter whole yuan from 0 to {count}.", count=AGENT_DAY_MAX // 100), 422)
    return int(yuan) * 100


def check_agent_each(yuan: str, day_max: int) -> int:
    """What a program may agree to at once is not more than what it may in a day; gives minor units.

    :raises Refusal: `agent.limit`, 422.
    """
    each = check_agent_limit(yuan)
    if each > day_max:
        raise Refusal("agent.limit", _("This is more than the limit of a day."), 422)
    return each


def check_policy_limits(each_max: int | None, day_max: int | None) -> None:
    """The house lets a program agree by itself to at most 200 yuan a day, and to no more at once than in a day.

    Minor units; None is left to another line. :raises Refusal: `agent.limit`, 422.
    """
    if any(not 0 <= amount <= AGENT_DAY_MAX for amount in (each_max, day_max) if amount is not None):
        raise Refusal("agent.limit", _("Please enter whole yuan from 0 to {count}.", count=AGENT_DAY_MAX // 100), 422)
    if each_max is not None and day_max is not None and each_max > day_max:
        raise Refusal("agent.limit", _("This is more than the limit of a day."), 422)


def check_agents(grants: Sequence[AgentGrant]) -> None:
    """A customer lets ten programs act for them at most.

    :raises Refusal: `agent.many`, 409.
    """
    if len(grants) >= AGENTS_MAX:
        raise Refusal("agent.many", _("You let {count} programs act for you already. Stop one first.", count=AGENTS_MAX), 409)


def agent_may_act(grant: AgentGrant, now: datetime) -> bool:
    """A program acts for a customer from when it took up the grant until that ends or is stopped."""
    return grant.claimed is not None and grant.ended is None and now < grant.until


def serves_here(unit: str | None, staff_unit: str | None) -> bool:
    """A customer is served at any counter of their province, and one who belongs to none yet at any counter."""
    if unit is None or staff_unit is None:
        return unit is None
    place = staff_unit.split(".")[:2]
    return unit.split(".")[: len(place)] == place


def why_not(code: str) -> Text:
    """What the identity checker answers is told to the person in their words."""
    known = {
        "name": _("The name does not belong to this document."),
        "face": _("The face could not be matched with the document. Please try again in good light."),
        "unknown": _("This document is not in the register."),
        "invalid": _("This document is no longer valid."),
        "away": _("The identity check does not answer at the moment. Please try again later."),
    }
    return known.get(code) or _("Your identity could not be confirmed.")


def _fits(kind: str, number: str) -> bool:
    try:
        check_document(kind, number)
    except Refusal:
        return False
    return True


def _letters(name: str) -> str:
    return re.sub(r"[\s·.]", "", name).casefold()
