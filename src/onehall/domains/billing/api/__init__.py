"""The TMF resources of billing."""

from typing import Final

from onehall.domains.billing.api import balances, payments, usage

RESOURCES: Final = (*balances.RESOURCES, *payments.RESOURCES, *usage.RESOURCES)
