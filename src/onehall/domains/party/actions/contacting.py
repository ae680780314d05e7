"""How to reach a customer changes."""

from onehall.domains.party import events, rules, store
from onehall.domains.party.actions.finding import locked
from onehall.domains.party.model import Party, with_language, with_medium
from onehall.kernel import ids
from onehall.kernel.i18n import LANGUAGES, _
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.identity.names import PHONE, forget
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import changed
from onehall.kernel.store import Tx


async def change_contact(tx: Tx, party: str, *, phone: str | None = None, email: str | None = None) -> None:
    """This will change a customer's contact phone or e-mail; one that is None stays. Whoever calls has seen the proof.

    :raises Refusal: `phone.invalid`, `email.invalid`, 422; `not.found`, 404.
    """
    known = await locked(tx, party)
    if phone is not None and phone_of(phone) != known.phone:
        known = await _change_phone(tx, known, phone_of(phone))
    if email is not None and rules.check_email(email) != known.email:
        address = rules.check_email(email)
        known = await store.parties.save(tx, known, email=address, doc=with_medium(known.doc, "emailAddress", address))
        _tell(tx, known, "email")


async def change_language(tx: Tx, party: str, language: str) -> None:
    """This will write to a customer in another language from now on.

    :raises Refusal: `language.unknown`, 422.
    """
    if language not in LANGUAGES:
        raise Refusal("language.unknown", _("We do not speak that language yet."), 422)
    known = await locked(tx, party)
    if known.language != language:
        known = await store.parties.save(tx, known, language=language, doc=with_language(known.doc, language))
        _tell(tx, known, "language")


async def end_login(tx: Tx, phone: str, party: str) -> None:
    """This will no longer let a former contact phone log a party in. `tx` stands in home_for(phone)."""
    await forget(tx, PHONE, phone, party)


def login_moves(tx: Tx, before: Party, phone: str | None) -> None:
    """This will let a party's new contact phone log them in, and the former one no longer, each in its own home."""
    if phone == before.phone:
        return
    if phone:
        tx.later("party.name_login", {"phone": phone, "party": before.id}, works_in=ids.home_for(phone))
    if before.phone:
        tx.later("party.former_phone", {"phone": before.phone, "party": before.id})


async def _change_phone(tx: Tx, known: Party, phone: str) -> Party:
    saved = await store.parties.save(tx, known, phone=phone, doc=with_medium(known.doc, "phoneNumber", phone))
    login_moves(tx, known, phone)
    _tell(tx, saved, "phone")
    return saved


def _tell(tx: Tx, party: Party, what: str) -> None:
    tx.tell(events.ContactChanged(party.id, what))
    changed(tx, events.OF_KIND[party.kind], party.id, "attributeValueChange")
