"""What holds of money and units at any moment, in plain SQL over the tables: every row that comes back is a fault."""

from typing import Final

_LAWS: Final = {
    "an entry does not sum to nothing":
        "SELECT home, entry, sum(minor) AS off FROM posting GROUP BY home, entry, currency HAVING sum(minor) <> 0",
    "the books of a home do not sum to nothing":
        "SELECT home, currency, sum(minor) AS off FROM posting GROUP BY home, currency HAVING sum(minor) <> 0",
    "a balance is not its postings": """
        SELECT a.id, a.balance, a.unbilled, a.deposit FROM billing_account a LEFT JOIN posting p ON p.home = a.home AND p.owner = a.id
        GROUP BY a.home, a.id HAVING a.balance <> coalesce(sum(p.minor) FILTER (WHERE p.book = 'main'), 0)
            OR a.unbilled <> -coalesce(sum(p.minor) FILTER (WHERE p.book = 'unbilled'), 0)
            OR a.deposit <> coalesce(sum(p.minor) FILTER (WHERE p.book = 'deposit'), 0)""",
    "an account is under its floor":
        """SELECT id, balance, reserved, floor FROM billing_account
           WHERE balance - reserved < floor OR reserved < 0 OR mode = 'prepaid' AND (balance < 0 OR reserved > balance)""",
    "money is set aside for nothing": """
        SELECT a.id, a.reserved FROM billing_account a WHERE a.reserved <>
            (SELECT coalesce(sum(r.minor), 0) FROM reservation r WHERE r.home = a.home AND r.account = a.id AND r.status = 'reserved')
          + (SELECT coalesce(sum(b.minor), 0) FROM balance_action b
             WHERE b.home = a.home AND b.account = a.id AND b.kind = 'reserve' AND b.status = 'created')""",
    "a bucket is under its floor":
        "SELECT id, total, used, reserved FROM bucket WHERE used < 0 OR reserved < 0 OR used + reserved > total",
    "a bucket is not what records drew": """
        SELECT b.id, b.used, d.drawn FROM bucket b LEFT JOIN (
            SELECT u.home, e.key, sum(e.value::numeric) AS drawn FROM usage u, jsonb_each_text(u.drawn) e GROUP BY u.home, e.key
        ) d ON d.home = b.home AND d.key = b.id WHERE b.used <> coalesce(d.drawn, 0)""",
    "a bucket is not what calls hold": """
        SELECT b.id, b.reserved, d.held FROM bucket b LEFT JOIN (
            SELECT r.home, e.key, sum(e.value::numeric) AS held FROM reservation r, jsonb_each_text(r.drawn) e WHERE r.status = 'reserved'
            GROUP BY r.home, e.key
        ) d ON d.home = b.home AND d.key = b.id WHERE b.reserved <> coalesce(d.held, 0)""",
    "a member is over the limit": "SELECT bucket, line, most, used FROM bucket_member WHERE used > most OR used < 0",
    "a member is not what their records drew": """
        SELECT m.bucket, m.line, m.used, d.drawn FROM bucket_member m LEFT JOIN (
            SELECT u.home, u.line, e.key, sum(e.value::numeric) AS drawn FROM usage u, jsonb_each_text(u.drawn) e
            GROUP BY u.home, u.line, e.key
        ) d ON d.home = m.home AND d.key = m.bucket AND d.line = m.line WHERE m.used <> coalesce(d.drawn, 0)""",
    "a record is rated twice":
        "SELECT source, record, count(*) AS times FROM usage WHERE status = 'rated' GROUP BY source, record HAVING count(*) > 1",
    "a record that was taken back costs": "SELECT id, minor, drawn FROM usage WHERE status = 'rejected' AND (minor <> 0 OR drawn <> '{}')",
    "a month is not its records": """
        SELECT coalesce(m.account, u.account) AS account, m.kind, m.minor, u.minor AS records FROM (
            SELECT home, account, line, kind, key, offering, sum(minor) AS minor, sum(amount) AS amount, sum(left_over) AS left_over
            FROM usage_month GROUP BY home, account, line, kind, key, offering
        ) m FULL JOIN (
            SELECT home, account, line, kind, key, offering, sum(minor) AS minor, sum(amount) AS amount, sum(left_over) AS left_over
            FROM usage WHERE status = 'rated' GROUP BY home, account, line, kind, key, offering
        ) u USING (home, account, line, kind, key, offering)
        WHERE coalesce(m.minor, 0) <> coalesce(u.minor, 0) OR coalesce(m.amount, 0) <> coalesce(u.amount, 0)
           OR coalesce(m.left_over, 0) <> coalesce(u.left_over, 0)""",
    "use is not what was posted": """
        SELECT a.id, u.minor, p.minor AS posted FROM billing_account a
        LEFT JOIN (SELECT home, account, sum(minor) AS minor FROM usage GROUP BY home, account) u ON u.home = a.home AND u.account = a.id
        LEFT JOIN (SELECT e.home, e.account, sum(p.minor) AS minor FROM entry e JOIN posting p ON p.home = e.home AND p.entry = e.id
                   WHERE e.kind = 'usage' AND p.book = 'revenue' GROUP BY e.home, e.account) p ON p.home = a.home AND p.account = a.id
        WHERE coalesce(u.minor, 0) <> coalesce(p.minor, 0)""",
    "a bill is not its lines": """
        SELECT b.id, b.total, sum(l.minor) AS lines FROM customer_bill b LEFT JOIN bill_line l ON l.home = b.home AND l.bill = b.id
        GROUP BY b.home, b.id HAVING b.total <> coalesce(sum(l.minor), 0) OR b.tax <> coalesce(sum(l.tax), 0)""",
    "an entry is on two bills":
        "SELECT home, entry, count(*) AS times FROM bill_line WHERE entry IS NOT NULL GROUP BY home, entry HAVING count(*) > 1",
    "a cycle is billed twice":
        "SELECT account, cycle FROM customer_bill WHERE sequence = 0 GROUP BY home, account, cycle HAVING count(*) > 1",
    "bills and what waits for one are not what was posted": """
        SELECT a.id, p.minor AS posted, b.total AS billed, w.minor AS waits, m.minor AS use FROM billing_account a
        LEFT JOIN (SELECT e.home, e.account, sum(p.minor) AS minor FROM entry e JOIN posting p ON p.home = e.home AND p.entry = e.id
                   WHERE p.book = 'revenue' GROUP BY e.home, e.account) p ON p.home = a.home AND p.account = a.id
        LEFT JOIN (SELECT home, account, sum(total) AS total FROM customer_bill GROUP BY home, account) b
               ON b.home = a.home AND b.account = a.id
        LEFT JOIN (SELECT e.home, e.account, sum(p.minor) AS minor FROM entry e JOIN posting p ON p.home = e.home AND p.entry = e.id
                   LEFT JOIN billed i ON i.home = e.home AND i.entry = e.id
                   WHERE p.book = 'revenue' AND e.kind <> 'usage' AND i.entry IS NULL GROUP BY e.home, e.account) w
               ON w.home = a.home AND w.account = a.id
        LEFT JOIN (SELECT home, account, sum(minor - billed) AS minor FROM usage_month GROUP BY home, account) m
               ON m.home = a.home AND m.account = a.id
        WHERE coalesce(p.minor, 0) <> coalesce(b.total, 0) + coalesce(w.minor, 0) + coalesce(m.minor, 0)""",
    "what is unbilled is not what waits for a bill": """
        SELECT a.id, a.unbilled, m.minor AS use, w.minor AS others FROM billing_account a
        LEFT JOIN (SELECT home, account, sum(minor - billed) AS minor FROM usage_month GROUP BY home, account) m
               ON m.home = a.home AND m.account = a.id
        LEFT JOIN (SELECT e.home, e.account, -sum(p.minor) AS minor FROM entry e JOIN posting p ON p.home = e.home AND p.entry = e.id
                   LEFT JOIN billed i ON i.home = e.home AND i.entry = e.id
                   WHERE p.book = 'unbilled' AND e.kind NOT IN ('usage', 'bill') AND i.entry IS NULL GROUP BY e.home, e.account) w
               ON w.home = a.home AND w.account = a.id
        WHERE a.mode = 'postpaid' AND a.unbilled <> coalesce(m.minor, 0) + coalesce(w.minor, 0)""",
    "a payment is not what came and went": """
        SELECT y.id, y.received, y.spent FROM payment y LEFT JOIN posting p ON p.home = y.home AND p.owner = y.id AND p.book = 'advance'
        GROUP BY y.home, y.id HAVING y.received - y.spent <> coalesce(sum(p.minor), 0) OR y.spent > y.received""",
    "a payment came twice and stayed": """
        SELECT y.id, y.status, c.came, r.late FROM payment y
        LEFT JOIN (SELECT home, payment, count(*) AS came FROM entry WHERE kind = 'payment' GROUP BY home, payment) c
               ON c.home = y.home AND c.payment = y.id
        LEFT JOIN (SELECT home, payment, count(*) AS late FROM refund WHERE once LIKE 'late:%' GROUP BY home, payment) r
               ON r.home = y.home AND r.payment = y.id
        WHERE coalesce(c.came, 0) - coalesce(r.late, 0) <> CASE WHEN y.status = 'done' THEN 1 ELSE 0 END""",
    "more went back than came": """
        SELECT y.id, y.minor, r.minor AS back FROM payment y JOIN (
            SELECT home, payment, sum(minor) FILTER (WHERE once NOT LIKE 'late:%') AS minor FROM refund GROUP BY home, payment
        ) r ON r.home = y.home AND r.payment = y.id WHERE r.minor > CASE WHEN y.status = 'done' THEN y.minor ELSE 0 END""",
    "a refund is not what is promised": """
        SELECT r.id, r.status, r.minor, sum(p.minor) AS promised FROM refund r
        LEFT JOIN posting p ON p.home = r.home AND p.owner = r.id AND p.book = 'refunds' GROUP BY r.home, r.id
        HAVING coalesce(sum(p.minor), 0) <> CASE WHEN r.status = 'done' THEN 0 ELSE r.minor END""",
    "money that went back is not what the account gave": """
        SELECT coalesce(m.payment, p.payment) AS payment, m.returned, p.minor FROM (
            SELECT home, payment, sum(returned) AS returned FROM money_in WHERE payment IS NOT NULL GROUP BY home, payment
        ) m FULL JOIN (
            SELECT e.home, e.payment, -sum(p.minor) AS minor FROM entry e JOIN posting p ON p.home = e.home AND p.entry = e.id
            WHERE e.kind = 'refund' AND p.book = 'main' GROUP BY e.home, e.payment
        ) p USING (home, payment) WHERE coalesce(m.returned, 0) <> coalesce(p.minor, 0)""",
    "a bill is paid by more or less than its allocations": """
        SELECT b.id, b.due, b.paid, b.credited, sum(l.minor) AS is FROM customer_bill b
        LEFT JOIN allocation l ON l.home = b.home AND l.bill = b.id GROUP BY b.home, b.id
        HAVING b.paid <> coalesce(sum(l.minor) FILTER (WHERE NOT l.netted), 0) OR b.paid < 0 OR b.paid + b.credited > b.due
            OR b.netted <> coalesce(sum(l.minor) FILTER (WHERE l.netted), 0)""",
    "money pays more than it is": """
        SELECT m.entry, m.minor, m.allocated, m.returned, sum(l.minor) AS is FROM money_in m
        LEFT JOIN allocation l ON l.home = m.home AND l.entry = m.entry GROUP BY m.home, m.entry
        HAVING m.allocated <> coalesce(sum(l.minor), 0) OR m.allocated < 0 OR m.returned < 0 OR m.allocated + m.returned > m.minor""",
    "more of a line was given back than it cost": """
        SELECT l.id, l.minor, sum(n.minor) AS back FROM credit_note n JOIN bill_line l ON l.home = n.home AND l.id = n.line
        GROUP BY l.home, l.id HAVING sum(n.minor) > l.minor""",
    "an accepted objection was not given back":
        """SELECT d.id FROM dispute d LEFT JOIN credit_note n ON n.home = d.home AND n.id = d.credit
           WHERE d.status = 'accepted' AND n.id IS NULL""",
    "bills ask for more than is owed": """
        SELECT a.id, a.balance, sum(b.due - b.paid - b.credited) AS open FROM billing_account a
        JOIN customer_bill b ON b.home = a.home AND b.account = a.id WHERE a.mode = 'postpaid'
        GROUP BY a.home, a.id HAVING sum(b.due - b.paid - b.credited) > greatest(0, -a.balance)""",
    "a bill says another status than its money": """
        SELECT id, status, due, paid, credited FROM customer_bill
        WHERE (status = 'settled') <> (paid + credited >= due) AND status <> 'on_hold'""",
}  # fmt: skip
LAWS: Final = "-- fan-out: a test\n" + "\nUNION ALL\n".join(
    f"SELECT '{law}' AS law, row_to_json(f)::text AS what FROM ({sql}) f" for law, sql in _LAWS.items()
)
MARK: Final = """-- fan-out: a test
SELECT (SELECT (count(*), sum(minor)) FROM posting)::text, (SELECT count(*) FROM entry),
    (SELECT (sum(balance), sum(reserved), sum(deposit), sum(unbilled)) FROM billing_account)::text,
    (SELECT (sum(total), sum(used), sum(reserved), count(*)) FROM bucket)::text,
    (SELECT (count(*), sum(minor), sum(allocated), sum(returned)) FROM money_in)::text, (SELECT count(*) FROM allocation),
    (SELECT (count(*), sum(total), sum(due), sum(paid), sum(credited)) FROM customer_bill)::text,
    (SELECT (count(*), sum(minor), sum(amount)) FROM usage)::text, (SELECT (sum(minor), sum(billed)) FROM usage_month)::text,
    (SELECT (count(*), sum(received), sum(spent)) FROM payment)::text, (SELECT (count(*), sum(minor)) FROM refund)::text,
    (SELECT (count(*), sum(minor)) FROM credit_note)::text, (SELECT (count(*), sum(minor)) FROM reservation)::text,
    (SELECT count(*) FROM card WHERE status = 'used')"""
END: Final = """-- fan-out: a test
SELECT 'money is still in transit' AS law, sum(minor)::text AS what FROM posting WHERE book = 'transit' HAVING sum(minor) <> 0
UNION ALL SELECT 'a call is still open', id FROM reservation WHERE status = 'reserved'
UNION ALL SELECT 'money is still set aside', id FROM billing_account WHERE reserved <> 0
UNION ALL SELECT 'work was given up', kind || ' ' || error FROM job WHERE state = 'dead'
UNION ALL SELECT 'a gift neither came nor went back', id FROM gift WHERE status = 'sent'
UNION ALL SELECT 'a gift is not what was given', g.id FROM gift g LEFT JOIN bucket b ON b.of = 'gift:' || g.id
    WHERE g.status = 'arrived' AND b.id IS NULL
UNION ALL SELECT 'a card is not one top-up', c.hash FROM card c LEFT JOIN entry e ON e.once = 'card:' || c.hash
    WHERE (c.status = 'used') <> (e.id IS NOT NULL)"""
