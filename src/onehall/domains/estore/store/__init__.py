"""The rows of private shops."""

from onehall.domains.estore.store import people, requests, shops

__all__ = ["people", "requests", "shops"]
