"""The TMF resources of billing."""

from typing import Final

from onehall.domains.billing.api import accounts, balances, bills, methods, payments, usage

RESOURCES: Final = (*accounts.RESOURCES, *bills.RESOURCES, *balances.RESOURCES, *methods.RESOURCES, *payments.RESOURCES, *usage.RESOURCES)
