"""The SQL of what a customer spends: their bills of some months, and since when they have an account."""

from datetime import date
from typing import Final

from onehall.kernel.ids import home_of
from onehall.kernel.money import CURRENCY
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

_OF_PARTY: Final = """
SELECT (SELECT min(opened) FROM billing_account WHERE home = $1 AND party = $2) AS since,
       (SELECT coalesce(sum(total), 0)::bigint FROM customer_bill
        WHERE home = $1 AND party = $2 AND cycle >= $3 AND currency = $4 AND status NOT IN ('new', 'on_hold')) AS billed,
       (SELECT count(DISTINCT cycle)::int FROM customer_bill
        WHERE home = $1 AND party = $2 AND cycle >= $3 AND currency = $4 AND status NOT IN ('new', 'on_hold')) AS cycles"""


async def of_party(tx: Tx, party: str, since: date) -> Row | None:
    """This will sum a customer's bills since a day: since (their first account, or None), billed, cycles. One statement."""
    return await tx.read_one(_OF_PARTY, home_of(party), party, since, CURRENCY)
