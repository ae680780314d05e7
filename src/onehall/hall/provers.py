"""How people prove who they are: by a code to their phone, by their document at the counter, by document and face."""

from typing import Any

import msgspec

from onehall.domains import outreach
from onehall.domains import party as parties
from onehall.domains.party import Party, Shown
from onehall.kernel import crypto, ids
from onehall.kernel.events import NOBODY, Origin
from onehall.kernel.i18n import ZONE, Text, _
from onehall.kernel.identity import Proof
from onehall.kernel.identity.codes import ask_code, check_code, phone_of
from onehall.kernel.identity.names import PHONE, name_party, party_of
from onehall.kernel.journeys import PROVERS, Caller, Field, Option, Pending, Proved, Row, Sent
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

AT_THE_COUNTER = "document seen at the counter"
BY_CODE = "code"
BY_FACE = "document and face"
CODE_DIGITS = 6


class CodeProver:
    """A code to a phone; at the counter a document that we know does as well."""

    def fields(self, row: Row, caller: Caller, notes: dict[str, Any]) -> tuple[Text, list[Field]]:
        """This will ask for the phone, then for the code; a known customer may leave the phone blank."""
        if notes.get("phone"):
            return msgspec.convert(notes["text"], Text), [Field("code", _("Code"), "code")]
        known = row.party is not None
        hint = _("Leave this blank for the phone that we have.") if known else ""
        phone = Field("phone", _("Phone"), "phone", required=not (known or caller.who.staff), hint=hint)
        if not caller.who.staff:
            return _("We send a code to your phone."), [phone]
        document = Field("document_number", _("Document number"), required=False, hint=_("As on the document that lies before you."))
        return _("Send the customer a code, or take their document."), [phone, document]

    async def check(self, store: Store, row: Row, caller: Caller, value: dict[str, Any], notes: dict[str, Any]) -> Proved | Sent:
        """This will send a code, or check one, or find the customer by the document that the clerk holds.

        :raises Refusal: `otp.*`, `phone.*`, `proof.*`.
        """
        shown = {name: str(part).strip() for name, part in value.items() if isinstance(part, str | int)}
        if caller.who.staff and shown.get("document_number"):
            return await _at_the_counter(store, row, caller, shown["document_number"])
        phone, code = _phone_and_code(shown, notes)
        if not phone and not (phone := await _known_phone(store, row)):
            raise Refusal("phone.missing", _("Which phone shall we send the code to?"), 422)
        number = phone_of(phone)
        await _check_theirs(store, row, number)
        if not code:
            return await _send(store, row, caller, number)
        await check_code(store, number, code, _purpose(row), _origin(row, caller))
        party, new = await welcome(store, number, caller.who.language, row.party, row.home, _origin(row, caller))
        await _follow(store, row, party)
        return Proved(party, Proof.CODE, BY_CODE, store.clock.now() + parties.PROOF_LIFE, new)

    async def settle(self, store: Store, row: Row, value: dict[str, Any]) -> Proved:
        """This will refuse: a code is never checked by the world."""
        raise Refusal("proof.none", _("Your identity could not be confirmed."), 422)


class RealNameProver:
    """A document and a face, checked by an authority; a clerk who holds the document compares the face."""

    def fields(self, row: Row, caller: Caller, notes: dict[str, Any]) -> tuple[Text, list[Field]]:
        """This will ask for name, document and face; at the counter for the clerk's word that the face is the same."""
        kinds = [Option(kind, text) for kind, text in parties.DOCUMENTS.items()]
        asked = [
            Field("name", _("Name"), hint=_("As it is on the document.")),
            Field("document_type", _("Document"), "select", options=kinds, value=kinds[0].value),
            Field("document_number", _("Document number")),
        ]
        if caller.who.staff:
            compared = [Option("yes", _("The face is that of the document"))]
            return _("Read the customer's document and compare the face."), [
                *asked,
                Field("face_compared", _("Face"), "select", options=compared),
            ]
        return _("Please show who you are."), [*asked, Field("face", _("Picture of your face"), "image")]

    async def check(self, store: Store, row: Row, caller: Caller, value: dict[str, Any], notes: dict[str, Any]) -> Proved | Pending:
        """This will keep what was shown, sealed, and have it checked; one who was checked before is known again by the clerk.

        :raises Refusal: `name.*`, `document.*`, `face.*`, `holder.young`, 422; `document.other`, 409.
        """
        shown = _shown(caller, value, store)
        if shown.staff and (known := await _met_before(store, row, caller, shown)):
            return _seen(store, known)

        async def keep(tx: Tx) -> str:
            return await parties.actions.show_evidence(tx, row.id, row.turn, row.party, shown)

        await store.run(row.home, keep, _origin(row, caller))
        return Pending(_("We are checking your document. This takes a moment."))

    async def settle(self, store: Store, row: Row, value: dict[str, Any]) -> Proved:
        """This will take the authority's word.

        :raises Refusal: `identity.refused`, 422, with the reason.
        """
        if value.get("passed") is True and value.get("party"):
            await _follow(store, row, str(value["party"]))
            return Proved(str(value["party"]), Proof.REAL_NAME, BY_FACE, store.clock.now() + parties.PROOF_LIFE, row.party is None)
        why = msgspec.convert(value["why"], Text) if value.get("why") else _("Your identity could not be confirmed.")
        raise Refusal("identity.refused", why, 422)


async def welcome(
    store: Store, phone: str, language: str, party: str | None = None, home: int | None = None, origin: Origin = NOBODY
) -> tuple[str, bool]:
    """This will give the party that a proven phone logs in, and whether it is new; a stranger becomes a prospect in `home`.

    With `party`, the phone is one of theirs, and becomes their login where it was nobody's. The login is written first:
    of two who come at once with one phone one is made, and a crash between the two rows is healed by coming again.
    """
    number = phone_of(phone)

    async def named(tx: Tx) -> str:
        owner = await party_of(tx, PHONE, number)
        wanted = party or owner or ids.new_id(ids.random_home() if home is None else home, tx.now)
        if owner is None:
            await name_party(tx, PHONE, number, wanted)
        return wanted

    try:
        found = await store.run(ids.home_for(number), named, origin)
    except Refusal as taken:  # somebody came first with the same phone
        if taken.code != "login.taken":
            raise
        found = await store.run(ids.home_for(number), named, origin)
    return found, await _ensure(store, found, number, language, origin)


async def _ensure(store: Store, party: str, phone: str, language: str, origin: Origin) -> bool:
    async def ensure(tx: Tx) -> bool:
        return await parties.actions.greet(tx, party, phone, language)

    return await store.run(ids.home_of(party), ensure, origin)


async def _follow(store: Store, row: Row, party: str) -> None:
    """What the guests scanned through whose hands this journey went is the customer's now."""
    guests = [holder for holder in dict.fromkeys(row.holders) if holder.startswith("visitor:")]
    await outreach.actions.follow(store, guests, party)


async def _send(store: Store, row: Row, caller: Caller, phone: str) -> Sent:
    await ask_code(store, phone, _purpose(row), _origin(row, caller))
    return Sent({"phone": phone}, _("We sent a code to {phone}. What is it?", phone=crypto.mask_phone(phone)))


async def _at_the_counter(store: Store, row: Row, caller: Caller, number: str) -> Proved:
    for kind in parties.kinds_of(number):
        shown = Shown(name="", document_type=kind, document_number=number)
        if known := await _met_before(store, row, caller, shown):
            return _seen(store, known)
    raise Refusal("document.unknown", _("We know no customer by this document. Check their identity first."), 422)


async def _met_before(store: Store, row: Row, caller: Caller, shown: Shown) -> Party | None:
    """The journey's customer if the document is theirs, else the first who showed it, if this counter serves them."""
    hashed = parties.queries.document_hash(shown.document_type, shown.document_number)
    async with store.edge(row.home) as tx:
        named = [row.party] if row.party else await parties.queries.by_document(tx, shown.document_type, shown.document_number)
        known = [await parties.queries.party(tx, id_) for id_ in named]
    theirs = next((party for party in known if party.document_hash == hashed), None)
    if theirs is None or (shown.name and not parties.same_name(shown.name, theirs.name)):
        return None
    if not parties.serves_here(theirs.unit, caller.who.unit):
        raise Refusal("unit.other", _("This customer belongs to another province and is served there."), 403)
    return theirs


def _seen(store: Store, party: Party) -> Proved:
    return Proved(party.id, Proof.REAL_NAME, AT_THE_COUNTER, store.clock.now() + parties.PROOF_LIFE)


async def _known_phone(store: Store, row: Row) -> str:
    if row.party is None:
        return ""
    async with store.edge(row.home) as tx:
        return (await parties.queries.contact(tx, row.party)).phone or ""


async def _check_theirs(store: Store, row: Row, phone: str) -> None:
    """A known customer proves themselves by their contact phone, or by a number that logs them in."""
    if row.party is None:
        return
    async with store.edge(row.home) as tx:
        theirs = (await parties.queries.contact(tx, row.party)).phone == phone or await party_of(tx, PHONE, phone) == row.party
    if not theirs:
        raise Refusal("proof.phone", _("This phone is not one of this customer's."), 422)


def _phone_and_code(shown: dict[str, str], notes: dict[str, Any]) -> tuple[str, str]:
    """A bare answer is a code once one was sent, and a phone before."""
    sent, phone, code = str(notes.get("phone") or ""), shown.get("phone", ""), shown.get("code", "")
    if shown.get("again"):
        return sent, ""
    if not sent and not phone and len(code) > CODE_DIGITS:
        return code, ""
    return phone or sent, code if sent or phone else ""


def _shown(caller: Caller, value: dict[str, Any], store: Store) -> Shown:
    plain = {name: part if isinstance(part, str) else "" for name, part in value.items()}
    face = value.get("face")
    picture = str(face.get("data") or "") if isinstance(face, dict) else plain.get("face", "")
    at_desk = caller.who.staff is not None and not picture  # who took a picture of the face leaves it to the authority
    if at_desk and plain.get("face_compared", "").lower() not in ("yes", "on", "true", "1"):
        raise Refusal("face.uncompared", _("Compare the face with the document first."), 422)
    if picture.startswith("data:"):
        picture = picture.partition(",")[2]
    return parties.read_shown(
        store.clock.now().astimezone(ZONE).date(), plain.get("name", ""), plain.get("document_type", ""), plain.get("document_number", ""),
        picture, caller.who.staff if at_desk else None, caller.who.language,
    )  # fmt: skip


def _purpose(row: Row) -> str:
    return f"journey:{ids.stem(row.id)}"


def _origin(row: Row, caller: Caller) -> Origin:
    return Origin(
        channel=caller.channel, party=row.party, staff=caller.who.staff, journey=row.id, function=row.function, source=row.source,
        unit=caller.who.unit or row.unit,
    )  # fmt: skip


PROVERS[Proof.CODE] = CodeProver()
PROVERS[Proof.REAL_NAME] = RealNameProver()
