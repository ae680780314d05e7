"""What a person can have done with a private shop, in any channel."""

from onehall.domains.estore.functions import buying, deciding, joining

__all__ = ["buying", "deciding", "joining"]
