"""The TMF resources of billing."""

from typing import Final

from onehall.domains.billing.api import accounts, balances, bills, consumption, methods, payments, usage

RESOURCES: Final = (
    *accounts.RESOURCES, *bills.RESOURCES, *balances.RESOURCES, *consumption.RESOURCES, *methods.RESOURCES, *payments.RESOURCES,
    *usage.RESOURCES,
)  # fmt: skip
