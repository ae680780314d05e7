"""What it costs to leave a contract before it is over: the rest of its minimum spend, instalments, and discounts to pay back."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from onehall.domains.billing.rules.bills import EXIT_PERCENT, early_exit
from onehall.kernel.money import Money


def least_left(number_months: int, of_number: Money, contract_months: int, of_contract: Money, percent: int) -> Money:
    """Who leaves early owes a percentage of the minimum spend of each month that remains; where number and contract bind, of the higher.

    The number's percentage is the trade's (90), the contract's stands in its terms.
    """
    number, contract = early_exit(1, of_number, EXIT_PERCENT), early_exit(1, of_contract, Decimal(percent))
    both = min(number_months, contract_months)
    if number.minor >= contract.minor:
        return early_exit(number_months, of_number, EXIT_PERCENT) + early_exit(contract_months - both, of_contract, Decimal(percent))
    return early_exit(contract_months, of_contract, Decimal(percent)) + early_exit(number_months - both, of_number, EXIT_PERCENT)


def paid_back(terms: str, given: Money, left: int, whole: int) -> Money:
    """Discounts of a contract that is left early are paid back as its terms say: none, all, or in part as its months that remain."""
    if terms == "none" or left <= 0 or given.minor <= 0:
        return Money(0, given.currency)
    part = Fraction(1) if terms == "all" else Fraction(min(left, whole), whole) if whole else Fraction(0)
    return Money(floor(given.minor * part + Fraction(1, 2)), given.currency)


def instalments_paid(paid: int, cycles: int, charged: bool) -> int:
    """Of a handset those instalments are paid that came with its order, one for each month since, and this month's once it is charged."""
    return paid + cycles + charged
