"""The decisions of billing: on money and payments here by name, on what use costs in `rating`,
on how its records are read in `intake`."""

from onehall.domains.billing.rules import (
    bills,
    cards,
    charging,
    intake,
    invoicing,
    rating,
    reconciling,
    settling,
)
from onehall.domains.billing.rules.money import (
    ALLOWANCE_MAX,
    API_AMOUNT_MAX,
    COUNTER_METHODS,
    KINDS,
    MB_PER_GB,
    NUMBER_LENGTH,
    RESERVATION_HOURS_MAX,
    TOP_UP_MAX,
    TOP_UP_MIN,
    arrears,
    check_amount,
    check_counter,
    check_refund,
    deposit_part,
    is_open_for_money,
    kind_name,
    legs,
    month_later,
    month_start,
    payment_id,
    phone_number,
    quantity,
    reserved_until,
    share,
    top_up_amount,
)

__all__ = [
    "ALLOWANCE_MAX", "API_AMOUNT_MAX", "COUNTER_METHODS", "KINDS", "MB_PER_GB", "NUMBER_LENGTH", "RESERVATION_HOURS_MAX", "TOP_UP_MAX",
    "TOP_UP_MIN", "arrears", "bills", "cards", "charging", "check_amount", "check_counter", "check_refund", "deposit_part", "intake",
    "invoicing", "is_open_for_money", "kind_name", "legs", "month_later", "month_start", "payment_id", "phone_number", "quantity", "rating",
    "reconciling", "reserved_until", "settling", "share", "top_up_amount",
]  # fmt: skip
