"""Money: what the bank says, what the books say, and that the two say the same once."""

from typing import Final

from onehall.chaos.checker.reading import Fault, Reader

_BANK_KNOWN: Final = "EXISTS (SELECT 1 FROM sim_payment)"  # where a real bank answers, its side is compared by its daily file


async def payment_posted_once(reader: Reader) -> list[Fault]:
    """Every payment is posted once: what was paid stands in the books, what stands in the books was paid, to the fen."""
    return [
        *await reader.faults("payment_posted_once", _PAYMENTS),
        *await reader.faults("payment_posted_once", _BANK_TO_BOOKS),
        *await reader.faults("payment_posted_once", _BOOKS_TO_BANK),
        *await reader.faults("payment_posted_once", _REFUNDS),
    ]


async def books_sum_to_zero(reader: Reader) -> list[Fault]:
    """The books sum to zero: each entry, each home, all of them together; and no money is on its way with nobody carrying it."""
    return await reader.faults(
        "books_sum_to_zero",
        """-- fan-out: the checker
           SELECT entry AS id, 'its legs are off by ' || sum(minor) || ' ' || currency AS why, NULL AS by
           FROM posting GROUP BY home, entry, currency HAVING sum(minor) <> 0
           UNION ALL
           SELECT 'home ' || home, 'its books are off by ' || sum(minor) || ' ' || currency, NULL
           FROM posting GROUP BY home, currency HAVING sum(minor) <> 0
           UNION ALL
           SELECT 'all homes', 'the books are off by ' || sum(minor) || ' ' || currency, NULL
           FROM posting GROUP BY currency HAVING sum(minor) <> 0
           UNION ALL
           SELECT 'transit', sum(minor) || ' ' || currency || ' is on its way and nobody carries it', NULL
           FROM posting WHERE book = 'transit' AND NOT EXISTS (
             SELECT 1 FROM job WHERE state = 'ready' AND kind IN ('billing.land', 'billing.spend', 'billing.card', 'billing.card_back'))
           GROUP BY currency HAVING sum(minor) <> 0
           UNION ALL
           SELECT e.id, 'an entry without legs', NULL FROM entry e
           WHERE NOT EXISTS (SELECT 1 FROM posting p WHERE p.home = e.home AND p.entry = e.id)""",
    )


async def balances_are_their_postings(reader: Reader) -> list[Fault]:
    """A balance is the sum of its postings: of every account, payment and refund."""
    return await reader.faults(
        "balances_are_their_postings",
        """-- fan-out: the checker
           WITH sums AS MATERIALIZED (SELECT home, owner, book, sum(minor)::bigint AS minor FROM posting GROUP BY home, owner, book),
           kept AS (
             SELECT home, id, 'main' AS book, balance AS minor FROM billing_account
             UNION ALL SELECT home, id, 'deposit', deposit FROM billing_account
             UNION ALL SELECT home, id, 'unbilled', -unbilled FROM billing_account
             UNION ALL SELECT home, id, 'advance', received - spent FROM payment
             UNION ALL SELECT home, id, 'refunds', CASE WHEN status = 'done' THEN 0 ELSE minor END FROM refund)
           SELECT k.id, 'its ' || k.book || ' is kept as ' || k.minor || ' and posted as ' || coalesce(s.minor, 0) AS why, NULL AS by
           FROM kept k LEFT JOIN sums s ON s.home = k.home AND s.owner = k.id AND s.book = k.book
           WHERE k.minor <> coalesce(s.minor, 0)
           UNION ALL
           SELECT s.owner, s.book || ' is posted for somebody who is not there', NULL FROM sums s
           LEFT JOIN kept k ON k.home = s.home AND k.id = s.owner AND k.book = s.book
           WHERE s.book IN ('main', 'deposit', 'unbilled', 'advance', 'refunds') AND s.minor <> 0 AND k.id IS NULL""",
    )


# the bank keeps its rows in homes of its own
_PAYMENTS: Final = """-- fan-out: the checker
WITH receipts AS MATERIALIZED (
    SELECT e.home, e.payment, count(*) AS count FROM entry e WHERE e.kind = 'payment' AND e.payment IS NOT NULL GROUP BY e.home, e.payment)
SELECT p.id, 'it is ' || p.status || ' and was posted ' || coalesce(r.count, 0) || ' times' AS why, p.id AS by
FROM payment p LEFT JOIN receipts r ON r.home = p.home AND r.payment = p.id
WHERE (coalesce(r.count, 0) = 0) <> (p.status IN ('pending', 'failed', 'expired', 'voided'))
UNION ALL
SELECT p.id, 'paid ' || r.count || ' times, and only ' || coalesce(b.minor, 0) || ' of ' || (r.count - 1) * p.minor || ' went back', p.id
FROM payment p JOIN receipts r ON r.home = p.home AND r.payment = p.id AND r.count > 1
LEFT JOIN (SELECT home, payment, sum(minor) AS minor FROM refund GROUP BY home, payment) b ON b.home = p.home AND b.payment = p.id
WHERE coalesce(b.minor, 0) < (r.count - 1) * p.minor
UNION ALL
SELECT r.payment, 'money was posted for a payment that is not there', NULL FROM receipts r
WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.home = r.home AND p.id = r.payment)
"""
_BANK_TO_BOOKS: Final = """-- fan-out: the checker
SELECT s.payment AS id, 'the bank took ' || s.minor || ' (' || s.reference || '), and the books have '
  || coalesce((-sum(g.minor))::text, 'nothing') AS why, s.payment AS by
FROM sim_payment s
LEFT JOIN entry e ON e.payment = s.payment AND e.once = 'receipt:' || s.payment || ':' || s.reference
LEFT JOIN posting g ON g.home = e.home AND g.entry = e.id AND g.book = 'clearing'
WHERE s.status = 'paid' GROUP BY s.payment, s.minor, s.reference HAVING coalesce(-sum(g.minor), 0) <> s.minor
"""
_BOOKS_TO_BANK: Final = f"""-- fan-out: the checker
SELECT e.payment AS id, 'the books have ' || -g.minor || ' from the bank, which ' || CASE WHEN s.payment IS NULL THEN 'does not know of it'
  WHEN s.status <> 'paid' THEN 'says ' || s.status ELSE 'has ' || s.minor || ' as ' || s.reference END AS why, NULL AS by
FROM entry e JOIN posting g ON g.home = e.home AND g.entry = e.id AND g.book = 'clearing' AND g.owner = 'provider'
LEFT JOIN sim_payment s ON s.payment = e.payment
WHERE e.kind = 'payment' AND {_BANK_KNOWN}
  AND (s.payment IS NULL OR s.status <> 'paid' OR s.minor <> -g.minor OR e.once <> 'receipt:' || s.payment || ':' || s.reference)
"""
_REFUNDS: Final = f"""-- fan-out: the checker
SELECT r.id, 'refund ' || r.status || ' over ' || r.minor || ', and the bank sent ' || coalesce(s.minor, 0) AS why, r.id AS by
FROM refund r LEFT JOIN sim_refund s ON s.refund = r.id
WHERE r.method = 'online' AND {_BANK_KNOWN} AND (r.status = 'done') <> (coalesce(s.minor, 0) = r.minor)
UNION ALL
SELECT r.id, 'refund ' || r.status || ', and the books say it went ' || count(e.id) || ' times', r.id
FROM refund r LEFT JOIN entry e ON e.home = r.home AND e.once = 'refunded:' || r.id
GROUP BY r.home, r.id, r.status HAVING (r.status = 'done') <> (count(e.id) = 1)
UNION ALL
SELECT s.refund, 'the bank sent ' || s.minor || ' back, and nobody here asked for it', NULL
FROM sim_refund s WHERE NOT EXISTS (SELECT 1 FROM refund r WHERE r.id = s.refund)
"""
