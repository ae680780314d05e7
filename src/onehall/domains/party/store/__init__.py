"""The SQL of this domain, a file for each kind of row."""

from onehall.domains.party.store import agents, consents, customers, documents, evidence, parties, pushing, reach, slots

__all__ = ["agents", "consents", "customers", "documents", "evidence", "parties", "pushing", "reach", "slots"]
