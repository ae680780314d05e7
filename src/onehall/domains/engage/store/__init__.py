"""The SQL of this domain, a file for each kind of row."""

from onehall.domains.engage.store import campaigns, contacts

__all__ = ["campaigns", "contacts"]
