"""The rows of private shops."""

from onehall.domains.estore.store import batches, people, requests, shops

__all__ = ["batches", "people", "requests", "shops"]
