"""Party: who our customers are. Individuals and organisations, and the customers that they are; how to reach them and in which
language; their real name by a document that is sealed and shown only masked; what they allow us; the five lines of a person.

Words: *prospect* (known by a phone at most), *real name* (a checked document), *evidence* (what was shown for it, sealed),
*place* or *slot* (one of the five lines a person may have), *consent* (a line in the ledger of what was allowed).
"""

from onehall.domains.party import actions, functions, queries, reactions
from onehall.domains.party.actions.consenting import WAY_NAMES
from onehall.domains.party.actions.registering import Imported
from onehall.domains.party.api import RESOURCES
from onehall.domains.party.events import ConsentWithdrawn
from onehall.domains.party.model import (
    MARKETING,
    PERSONALISATION,
    WAYS,
    AgentGrant,
    Consent,
    Contact,
    Customer,
    Party,
    PushDevice,
    Reachable,
    Shown,
    Standing,
)
from onehall.domains.party.rules import (
    DOCUMENTS,
    LINES_PER_PERSON_MAX,
    PROOF_LIFE,
    age,
    born_of,
    kinds_of,
    read_shown,
    same_name,
    serves_here,
)

__all__ = [
    "DOCUMENTS", "LINES_PER_PERSON_MAX", "MARKETING", "PERSONALISATION", "PROOF_LIFE", "RESOURCES", "WAYS", "WAY_NAMES",
    "AgentGrant", "Consent", "ConsentWithdrawn", "Contact", "Customer", "Imported", "Party", "PushDevice", "Reachable", "Shown", "Standing",
    "actions", "age", "born_of", "functions", "kinds_of", "queries", "reactions", "read_shown", "same_name", "serves_here",
]  # fmt: skip
