"""The rows of the catalogue, and the shelf on which each process keeps them by version."""

from onehall.domains.catalogue.store.shelves import Shelf, shelf

__all__ = ["Shelf", "shelf"]
