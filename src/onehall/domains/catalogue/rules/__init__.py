"""Every decision of the catalogue: pure functions over nouns and times."""

from onehall.domains.catalogue.rules.change import (
    FIRST_MONTH,
    allowance_until,
    change_day,
    check_change_allowed,
    contract_until,
    earliest_change,
    first_month_allowances,
    first_month_fee,
    terms_differ,
)  # fmt: skip
from onehall.domains.catalogue.rules.sale import (
    bundle_gaps,
    check_fits,
    check_on_sale,
    fits_plan,
    is_on_sale,
    sale_gaps,
    sells_alone,
    service_name,
    unbundled,
)  # fmt: skip

__all__ = [
    "FIRST_MONTH", "allowance_until", "bundle_gaps", "check_change_allowed", "check_fits", "check_on_sale", "contract_until",
    "earliest_change",
    "change_day", "first_month_allowances", "first_month_fee", "fits_plan", "is_on_sale", "sale_gaps", "sells_alone",
    "service_name", "terms_differ", "unbundled",
]  # fmt: skip
