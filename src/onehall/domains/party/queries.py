"""Questions about parties; they change nothing."""

from collections.abc import Awaitable, Callable, Collection

import msgspec

from onehall.domains.party import rules, store
from onehall.domains.party.model import PERSONALISATION, AgentGrant, Consent, Contact, Customer, Party, Reachable, Shown, Slot, Standing
from onehall.kernel import crypto, settings
from onehall.kernel.i18n import _
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.identity.names import PHONE, party_of
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Tx

RECEIPTS_MAX = 50
NUMBERS_OF: list[Callable[[Tx, str], Awaitable[Collection[str]]]] = []
"""Who knows the numbers of a party's lines adds `async def numbers_of(tx, party)` here: a line's number stays a login."""


def document_hash(document_type: str, number: str) -> str:
    """This will give the keyed hash under which a document is looked up; its number cannot be guessed from it.

    :raises Refusal: the number has not the form of its kind.
    """
    plain = rules.check_document(document_type, number)
    return crypto.keyed_hash(settings.current().secret, f"{document_type}|{plain}", "document")


def is_holder(holder: Party, name: str, document: str) -> bool:
    """This will tell whether a name and a document's number are those that a party was real-named with."""
    hashes = [document_hash(kind, document) for kind in rules.kinds_of(document)]
    return holder.document_hash in hashes and rules.same_name(holder.name, name)


def home_of_reference(kind: str, value: str) -> int:
    """This will give the home in which a party that is brought in under another system's name lives."""
    return home_for(f"reference|{kind}|{value}")


async def party(tx: Tx, id_: str) -> Party:
    """This will give a party. One statement.

    :raises Refusal: `not.found`, 404.
    """
    found = await store.parties.find(tx, id_)
    if found is None:
        raise missing(_("customer"))
    return found


async def contact(tx: Tx, id_: str) -> Contact:
    """This will say how to reach a party. One statement.

    :raises Refusal: `not.found`, 404.
    """
    found = await store.parties.contact(tx, id_)
    if found is None:
        raise missing(_("customer"))
    return found


async def customers(tx: Tx, party: str) -> list[Customer]:
    """This will give the customers that a party is."""
    return await store.customers.of_party(tx, party)


async def by_document(tx: Tx, document_type: str, number: str) -> list[str]:
    """This will name the parties that proved themselves by a document, the first first.

    :raises Refusal: the number has not the form of its kind.
    """
    return await store.documents.parties_of(tx, document_hash(document_type, number))


async def parties_of(tx: Tx, document_hash: str) -> list[str]:
    """This will name the parties that proved themselves by the document of a hash, the first first. One statement."""
    return await store.documents.parties_of(tx, document_hash)


async def by_reference(tx: Tx, kind: str, value: str) -> str | None:
    """This will name the party that another system calls so."""
    return await store.documents.referred(tx, home_of_reference(kind, value), kind, value)


async def find(tx: Tx, words: str, unit: str | None) -> list[Party]:
    """This will look for customers by phone, document number or name, of those whom staff of a unit may serve."""
    named: list[str] = []
    for kind in rules.kinds_of(words.strip().upper()):
        named += await by_document(tx, kind, words)
    by_phone: list[Party] = []
    try:
        phone = phone_of(words)
        named.append(await party_of(tx, PHONE, phone) or "")
        by_phone = await store.parties.with_phone(tx, phone)
    except Refusal:
        pass
    loaded = [await store.parties.find(tx, id_) for id_ in dict.fromkeys(named)]
    name, province = words.strip(), ".".join((unit or "").split(".")[:2])
    by_name = await store.parties.with_name(tx, name, province) if len(name) > 1 and not name.isdecimal() else []
    found = {one.id: one for one in [*loaded, *by_phone, *by_name] if one is not None}
    return [one for one in found.values() if rules.serves_here(one.unit, unit)]


async def may_market(tx: Tx, party: str, way: str | None = None) -> bool:
    """This will tell whether marketing may be sent to a party, by one way or by any. One statement."""
    standing = await marketing(tx, party)
    answer = None if standing.since is None else bool(standing.ways) if way is None else way in standing.ways
    return rules.consents.may_market(answer)


async def marketing(tx: Tx, party: str) -> Standing:
    """This will give what holds of marketing to a party. One statement."""
    return (await store.consents.standings(tx, home_of(party), [party])).get(party) or Standing(party)


async def standings(tx: Tx, home: int, parties: Collection[str]) -> dict[str, Standing]:
    """This will give what holds of marketing to those of some parties of one home who ever said a word. One statement."""
    return await store.consents.standings(tx, home, parties)


async def allowing(tx: Tx, parties: Collection[str], way: str) -> set[str]:
    """This will name those of some parties who allow marketing by a way, wherever they live. One statement, for the back office."""
    return await store.consents.allowing(tx, parties, way)


async def people(tx: Tx, after: str, limit: int) -> list[Reachable]:
    """This will give persons of this home with their addresses, in the order of their ids, after one. Three statements."""
    return await store.reach.people(tx, after, limit)


async def next_home(tx: Tx, start: int, until: int) -> int | None:
    """This will name the first home in [start, until) in which somebody lives, or None."""
    return await store.reach.next_home(tx, start, until)


async def may_personalise(tx: Tx, party: str) -> bool:
    """This will tell whether offers may be chosen for a party. One statement."""
    return rules.consents.may_personalise(await store.consents.latest(tx, party, PERSONALISATION))


async def receipts(tx: Tx, party: str) -> list[Consent]:
    """This will give what a party allowed and withdrew, newest first."""
    return await store.consents.of_party(tx, party, RECEIPTS_MAX)


async def agent(tx: Tx, grant: str) -> AgentGrant | None:
    """This will give what a customer lets a program do, or None when it has ended. One statement."""
    found = await store.agents.find(tx, grant)
    return found if found and rules.agent_may_act(found, tx.now) else None


async def agents(tx: Tx, party: str) -> list[AgentGrant]:
    """This will give what a customer lets programs do now, newest first."""
    return await store.agents.of_party(tx, party, tx.now, rules.AGENTS_MAX)


async def slots(tx: Tx, document_hash: str) -> list[Slot]:
    """This will give the places for lines of a document that are leased or kept. One statement."""
    return await store.slots.of_document(tx, document_hash)


async def shown(tx: Tx, evidence: str) -> Shown:
    """This will open a piece of evidence, for the identity check alone.

    :raises Refusal: `not.found`, 404.
    """
    sealed = await store.evidence.sealed(tx, evidence)
    if sealed is None:
        raise missing(_("evidence"))
    return msgspec.json.decode(crypto.unseal_bytes(settings.current().secret, sealed, "evidence"), type=Shown)


async def reach(tx: Tx, party: str) -> tuple[str | None, bool]:
    """This will give a customer's language, and whether they are told things in a browser. One statement."""
    return await store.pushing.reach(tx, party)
