"""The TMF resources of billing."""

from typing import Final

from onehall.domains.billing.api import money

RESOURCES: Final = (*money.RESOURCES,)
