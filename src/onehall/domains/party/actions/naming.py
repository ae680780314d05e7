"""Real names: what is shown as proof, what the authority says of it, and the name that is taken."""

import msgspec

from onehall.domains.party import events, lifecycle, queries, rules, store
from onehall.domains.party.actions.finding import locked
from onehall.domains.party.actions.registering import register_prospect
from onehall.domains.party.model import INDIVIDUAL, Party, Shown
from onehall.kernel import crypto, ids, settings
from onehall.kernel.i18n import ZONE, Text, _
from onehall.kernel.journeys import arrive
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import changed
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.ports.identity_check import Verdict


async def take_real_name(tx: Tx, party: str, name: str, document_type: str, document_number: str) -> Party:
    """This will give a party the name of a checked document, its number sealed; done twice it is done once.

    :raises Refusal: `document.*`, `name.invalid`, 422; `document.other`, 409, the party has another document.
    """
    plain, name = rules.check_document(document_type, document_number), rules.check_name(name)
    hashed, known = queries.document_hash(document_type, plain), await locked(tx, party)
    if known.kind != INDIVIDUAL or known.document_hash not in (None, hashed):
        raise Refusal("document.other", _("This customer is registered with another document."), 409)
    tx.later("party.note_document", {"document": hashed, "party": party}, works_in=ids.home_for(hashed))
    if known.real_named:
        return known
    unit, masked = known.unit or tx.origin.unit, crypto.mask_document(plain)
    saved = await store.parties.save(
        tx, known, status=lifecycle.PERSON.check(known.status, "validated"), name=name, unit=unit, real_name_at=tx.now,
        document_type=document_type, document_hash=hashed, document_masked=masked,
        document_sealed=crypto.seal(settings.current().secret, plain), doc=_named(known.doc, name, document_type, masked),
    )  # fmt: skip
    tx.tell(events.RealNameTaken(party, document_type))
    changed(tx, events.INDIVIDUAL, party, "stateChange")
    for customer in await store.customers.move(tx, party, "active", ["prospective"], unit, name):
        tx.tell(events.CustomerChanged(customer, party, "active"))
        changed(tx, events.CUSTOMER, customer, "stateChange")
    return saved


async def show_evidence(tx: Tx, journey: str, turn: int, party: str | None, shown: Shown) -> str:
    """This will keep what somebody showed, sealed, and have it checked; once for each turn of a journey."""
    id_ = ids.keyed_id(tx.home, EPOCH, "evidence", ids.stem(journey), str(turn))
    sealed = crypto.seal(settings.current().secret, msgspec.json.encode(shown), "evidence")
    if await store.evidence.insert(tx, id_, journey, party, sealed):
        body = {"evidence": id_, "journey": journey, "party": party, "origin": tx.origin}
        tx.later("party.check_identity", body)
    return id_


async def hear_verdict(tx: Tx, evidence: str, journey: str, party: str | None, shown: Shown, verdict: Verdict) -> None:
    """This will take the name that the authority confirmed, or note why not, and tell the journey. Once for each evidence."""
    why, code, named = None, verdict.no, party
    try:
        if not verdict.passed:
            raise Refusal(f"identity.{verdict.no or 'refused'}", rules.why_not(verdict.no), 422)
        born = verdict.born or rules.born_of(shown.document_number)
        rules.check_holder(born, verdict.expires, tx.now.astimezone(ZONE).date())
        newcomer = ids.keyed_id(tx.home, EPOCH, "party", ids.stem(journey))
        named = party or await register_prospect(tx, None, shown.language or "en", party=newcomer)
        await take_real_name(tx, named, shown.name, shown.document_type, shown.document_number)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        why, code = refusal.reason, refusal.code
    if not await store.evidence.answer(tx, evidence, why is None, code if why is not None else "", verdict.reference, named):
        return
    if why is not None:
        tx.tell(events.RealNameRefused(journey, code, party))
    _answer(tx, journey, named, why if isinstance(why, Text) else None, why is None)


def no_verdict(tx: Tx, journey: str, party: str | None) -> None:
    """This will tell the journey that the authority did not answer."""
    tx.tell(events.RealNameRefused(journey, "identity.away", party))
    _answer(tx, journey, party, rules.why_not("away"), False)


async def note_document(tx: Tx, document_hash: str, party: str) -> None:
    """This will note who showed a document, and tell of two who showed the same. `tx` stands in the document's home."""
    known = await store.documents.parties_of(tx, document_hash)
    if party not in known:
        store.documents.note(tx, document_hash, party)
        if known:
            tx.tell(events.SameDocument(party, known[0]))


def _answer(tx: Tx, journey: str, party: str | None, why: Text | None, passed: bool) -> None:
    said = msgspec.to_builtins(why) if why else None
    arrive(tx, f"{journey}/prove", {"passed": passed, "party": party, "why": said})


def _named(doc: Doc, name: str, document_type: str, masked: str) -> Doc:
    family, given = rules.split_name(name)
    shown = {"identificationType": document_type, "identificationId": masked}
    others = [one for one in doc.get("individualIdentification") or () if one.get("identificationType") != document_type]
    named = {"familyName": family, "givenName": given, "fullName": name, "legalName": name}
    return doc | named | {"individualIdentification": [shown, *others]}
