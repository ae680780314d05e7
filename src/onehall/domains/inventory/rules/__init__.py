"""Every business decision of inventory."""

from onehall.domains.inventory.rules.lines import (
    REASONS,
    bound_until,
    check_may_change,
    check_may_hand_over,
    check_may_renumber,
    check_reason,
    check_restorable,
    effective,
    left_after,
)
from onehall.domains.inventory.rules.porting import CODE_LIFE, STAY_DAYS, check_port_code, in_contract, port_out_reasons, stayed_long_enough
from onehall.domains.inventory.rules.sims import (
    REPLACEMENT_FEE,
    REPLACEMENTS_A_MONTH_MAX,
    check_iccid,
    check_replacement,
    check_usable,
    luhn,
    month_start,
    replacement_fee,
)
from onehall.domains.inventory.rules.tiers import (
    REST,
    SEARCH_MAX,
    check_number,
    fits,
    is_known_in,
    may_be_sold,
    may_have,
    rest_until,
    tail_mask,
    tier,
    tier_of_many,
)
from onehall.domains.inventory.rules.words import check_wanted, wanted

__all__ = [
    "CODE_LIFE", "REASONS", "REPLACEMENTS_A_MONTH_MAX", "REPLACEMENT_FEE", "REST", "SEARCH_MAX", "STAY_DAYS",
    "bound_until", "check_iccid", "check_may_change", "check_may_hand_over", "check_may_renumber", "check_number", "check_port_code",
    "check_reason", "check_replacement", "check_restorable", "check_usable", "check_wanted", "effective", "fits", "in_contract",
    "is_known_in", "left_after", "luhn", "may_be_sold", "may_have", "month_start", "port_out_reasons", "replacement_fee", "rest_until",
    "stayed_long_enough", "tail_mask", "tier", "tier_of_many", "wanted",
]  # fmt: skip
