"""Every decision of private shops."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from onehall.domains.catalogue import Offering
from onehall.domains.estore.model import COLOURS, KINDS, PROOFS, EStore, Listed, Look, Member, Request, Template, Terms
from onehall.domains.estore.rules.framing import check_frames
from onehall.kernel.i18n import Text, _
from onehall.kernel.money import Money, Rounding
from onehall.kernel.refusals import Refusal, missing

APPROVAL = timedelta(days=3)
"""An approver has three days; the number is kept as long (our own figure)."""
POOL_HOURS = 74
PREPARED = timedelta(days=30)
ENTRY_SECONDS_MAX = 300
SHELF_MAX = 50
ROSTER_MAX = 2_000
BATCH_MAX = 500
NUMBERS_MAX = 500
REMIND_SECONDS = 600
TEMPLATES: Mapping[str, Template] = {
    "enterprise": Template(Terms(("mail", "roster"), (), 20, 50, 10_000, 10_000, 5_000_000), "blue", 4),
    "building": Template(Terms(("roster",), (), 10, 0, 0, 0, 0), "amber", 4),
    "campus": Template(Terms(("student",), (), 30, 0, 0, 0, 0), "green", 3),
}
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]", re.ASCII)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.ASCII)
KEY = re.compile(r"[\w.@+-]{1,80}")


def check_slug(text: str) -> str:
    """A store's address is three to forty small letters, digits and hyphens.

    :raises Refusal: `estore.slug`, 422.
    """
    slug = text.strip().lower()
    if not _SLUG.fullmatch(slug):
        raise Refusal("estore.slug", _("An address has 3 to 40 small letters, digits and hyphens."), 422)
    return slug


def check_name(text: str) -> str:
    """A store's name has one to sixty characters.

    :raises Refusal: `estore.name`, 422.
    """
    name = " ".join(text.split())
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise Refusal("estore.name", _("A name has 1 to 60 characters."), 422)
    return name


def check_kind(kind: str) -> Template:
    """A store is that of an enterprise, a building or a campus, and each has a template.

    :raises Refusal: `estore.kind`, 422.
    """
    if kind not in KINDS:
        raise Refusal("estore.kind", _("A store is that of an enterprise, a building or a campus."), 422)
    return TEMPLATES[kind]


def check_look(look: Look) -> Look:
    """A store shows itself in one of our colours, with at most four letters for a mark and a short sentence.

    :raises Refusal: `estore.look`, 422.
    """
    if look.colour not in COLOURS or len(look.logo) > 4 or len(look.motto) > 120 or not (look.logo + look.motto).isprintable():
        raise Refusal("estore.look", _("A look is one of the colours, up to 4 letters and up to 120 characters."), 422)
    return look


def check_terms(terms: Terms) -> Terms:
    """Per cents lie between 0 and 100, budgets are not below nothing, and there is a way to show membership.

    :raises Refusal: `estore.terms`, 422.
    """
    percents = (terms.discount, terms.company_percent)
    amounts = (terms.company_most, terms.member_budget, terms.store_budget)
    if any(not 0 <= each <= 100 for each in percents) or any(not 0 <= each <= 10**10 for each in amounts):
        raise Refusal("estore.terms", _("Per cents lie between 0 and 100, and budgets are not below 0."), 422)
    if not terms.proofs or set(terms.proofs) - set(PROOFS):
        raise Refusal("estore.terms", _("Say how people show that they belong here."), 422)
    if "mail" in terms.proofs and any(not _DOMAIN.fullmatch(one) for one in terms.domains):
        raise Refusal("estore.domain", _("A mail domain looks like example.com."), 422)
    check_frames(terms.frames)
    return terms


def private_fee(fee: Money, terms: Terms) -> Money:
    """A store's fee is the public one less its discount, in whole yuan, rounded down for the customer."""
    less = fee.times(Decimal(100 - terms.discount) / 100, Rounding.DOWN)
    return Money(less.minor - less.minor % 100, fee.currency) if terms.discount else fee


def parts(fee: Money, terms: Terms, kind: str = "plan") -> tuple[Money, Money]:
    """The company pays its per cent of the fee, at most so much a line; the member pays the rest. Half a fen and more counts as one.

    A pack that the company orders is the company's alone.
    """
    if kind == "pack":
        return fee, Money(0, fee.currency)
    part = fee.times(Decimal(terms.company_percent) / 100, Rounding.HALF_UP)
    company = Money(min(part.minor, terms.company_most), fee.currency) if terms.company_most else part
    return company, fee - company


def check_shelved(offering: Offering) -> None:
    """A store sells plans and packs with a monthly fee.

    :raises Refusal: `estore.offering`, 422.
    """
    if offering.kind not in ("plan", "pack") or not offering.monthly:
        raise Refusal("estore.offering", _("{name} cannot stand on a store's shelf.", name=offering.name), 422)


def needs_approval(asked: int, of_member: int, of_store: int, terms: Terms) -> bool:
    """What the company would pay beyond a member's budget, or beyond the store's, waits for an approver; what costs it nothing does not."""
    return asked > 0 and (of_member + asked > terms.member_budget or of_store + asked > terms.store_budget)


def check_decider(request: Request, decider: Member | None, same_person: bool = False) -> None:
    """Only an approver of the same store decides, and nobody decides on their own request, whatever login they come by.

    `same_person`: the asker's and the decider's identity documents are one.
    :raises Refusal: `estore.not_approver`, `estore.own`, 403.
    """
    if decider is None or decider.role != "approver" or decider.store != request.store:
        raise Refusal("estore.not_approver", _("You do not decide for this store."), 403)
    if same_person or decider.party == request.party or decider.key == request.key:
        raise Refusal("estore.own", _("Nobody decides on their own request."), 403)


def is_member(member: Member | None, now: datetime) -> bool:
    """One belongs to a store from joining on until one's term ends."""
    return member is not None and member.status == "active" and (member.until is None or now < member.until)


def check_member(member: Member | None, now: datetime) -> Member:
    """What a store sells is for its members alone; to anybody else it is not there.

    :raises Refusal: `estore.outsider`, 403.
    """
    if member is None or not is_member(member, now):
        raise Refusal("estore.outsider", _("This store is for its own people. Show first that you belong to it."), 403)
    return member


def check_open(store: EStore | None) -> EStore:
    """A closed store sells nothing more, and looks as if it were not there.

    :raises Refusal: 404.
    """
    if store is None or store.status != "open":
        raise missing(_("store"))
    return store


def plain_key(text: str) -> str:
    """A mail address or number is the same however it is spelt: in small letters, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def check_mail(store: EStore, text: str) -> str:
    """A mail address shows membership when its domain is one of the company's; a domain below it is not.

    :raises Refusal: `estore.mail`, 422.
    """
    address = plain_key(text)
    local, _at, domain = address.rpartition("@")
    if not local or not KEY.fullmatch(address) or domain not in store.terms.domains:
        raise Refusal("estore.mail", _("That is not a mail address of {store}.", store=store.name), 422)
    return address


def check_listed(listed: Listed | None, name: str, now: datetime) -> Listed:
    """Number and name must be those of one line of the list, within the dates that it gives; a wrong one is not told from the other.

    :raises Refusal: `estore.not_listed`, 422; `estore.term`, 422.
    """
    if listed is None or plain_key(listed.name) != plain_key(name):
        raise Refusal("estore.not_listed", _("Number and name are not on the list together."), 422)
    if (listed.since and now < listed.since) or (listed.until and now >= listed.until):
        raise Refusal("estore.term", _("Your term has ended, or has not begun."), 422)
    return listed


def check_row(row: Mapping[str, str], since: datetime | None, until: datetime | None) -> Listed:
    """A line of the list has a number or address and a name; its term ends after it begins.

    :raises Refusal: `estore.row`, 422.
    """
    key, name, role = plain_key(row.get("key", "")), " ".join(row.get("name", "").split()), row.get("role", "").strip().lower() or "member"
    if not KEY.fullmatch(key) or not 1 <= len(name) <= 60 or not name.isprintable():
        raise Refusal("estore.row", _("A line needs a number or mail address and a name."), 422)
    if role not in ("member", "approver"):
        raise Refusal("estore.row", _("A role is member or approver."), 422)
    if since and until and until <= since:
        raise Refusal("estore.row", _("The term ends before it begins."), 422)
    department = " ".join(row.get("department", "").split())[:60]
    return Listed(key=key, name=name, department=department, role=role, since=since, until=until)


def check_entry(issued: int, expires: int, now: datetime) -> None:
    """A way in from the company's pages lasts five minutes at most, and not from the future (a minute of skew is borne).

    :raises Refusal: `estore.entry`, 401.
    """
    moment = now.timestamp()
    if not (issued - 60 <= moment < expires and 0 < expires - issued <= ENTRY_SECONDS_MAX):
        raise bad_entry()


def bad_entry() -> Refusal:
    """Whatever is wrong with a way in, the answer is the same."""
    return Refusal("estore.entry", _("This way in is not good, or was used already. Please open it again from your company's page."), 401)


def state_words(state: str) -> Text:
    """What became of a request, in words."""
    return {
        "asked": _("waits for an approver"), "prepared": _("prepared"), "approved": _("approved"), "declined": _("declined"),
        "withdrawn": _("withdrawn"), "ordered": _("being set up"), "active": _("in use"), "ended": _("has ended"),
    }[state]  # fmt: skip
