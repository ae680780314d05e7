"""Telling those who listen at the API that a product changed."""

from typing import Literal

from onehall.domains.inventory.store.tables import PRODUCT
from onehall.kernel.resources import changed
from onehall.kernel.store import Tx


def product_changed(tx: Tx, id_: str, how: Literal["create", "attributeValueChange", "stateChange"]) -> None:
    """This will leave a notice for whoever asked to hear of products."""
    changed(tx, PRODUCT, id_, how)
