"""What is scarce: numbers, SIM cards, a person's five places, and what is set aside."""

from typing import Final

from onehall.chaos.checker.reading import BEGUN, LIVE, Fault, Reader

# A token is the journey's id without its home, the key, and a generation; an id keeps its time and luck wherever it moves.
_JOURNEY_IS_OVER: Final = """
    EXISTS (SELECT 1 FROM journey j WHERE right(j.id, 12) = substr(t.token, 13, 12) AND left(j.id, 9) = left(t.token, 9))
    AND NOT EXISTS (SELECT 1 FROM journey j WHERE right(j.id, 12) = substr(t.token, 13, 12) AND left(j.id, 9) = left(t.token, 9)
                    AND j.state IN ('asking', 'waiting'))
"""
_RELEASE_UNDER_WAY: Final = "EXISTS (SELECT 1 FROM job b WHERE b.state = 'ready' AND position(t.token in b.body::text) > 0)"


async def number_has_one_holder(reader: Reader) -> list[Fault]:
    """A number has one holder: one living line, one open account, and the stock says the same."""
    return [
        *await reader.faults(
            "number_has_one_holder",
            """-- fan-out: the checker
               SELECT l.number AS id, 'lines ' || string_agg(l.id, ' and ' ORDER BY l.id) || ' have it at once' AS why, min(l.id) AS by
               FROM product l WHERE l.kind = 'line' AND l.status = ANY($1) AND l.number IS NOT NULL GROUP BY l.number HAVING count(*) > 1
               UNION ALL
               SELECT l.number, 'line ' || l.id || ' has it, and in the stock it is ' || n.state || coalesce(' to ' || n.line, ''), l.id
               FROM product l JOIN number n ON n.number = l.number WHERE l.kind = 'line' AND l.status = ANY($1)
                 AND (n.state <> 'sold' OR n.line IS DISTINCT FROM l.id)
               UNION ALL
               SELECT l.number, 'line ' || l.id || ' has the SIM ' || s.iccid || ', which is line ' || coalesce(s.line, '(none)') || '''s',
                 l.id FROM product l JOIN sim s ON s.iccid = l.iccid
               WHERE l.kind = 'line' AND l.status = ANY($1) AND s.line IS DISTINCT FROM l.id""",
            LIVE,
        ),
        *await reader.faults(
            "number_has_one_holder",
            """-- fan-out: the checker
               SELECT a.number AS id, 'accounts ' || string_agg(a.id, ' and ' ORDER BY a.id) || ' are charged for it' AS why,
                 min(a.id) AS by
               FROM billing_account a WHERE a.status = 'open' AND a.number IS NOT NULL GROUP BY a.number HAVING count(*) > 1
               UNION ALL
               SELECT m.number, 'it is charged to account ' || m.account || ', but line ' || l.id || ' pays from ' || l.account, l.id
               FROM number_account m JOIN product l ON l.number = m.number AND l.kind = 'line' AND l.status = ANY($1)
               WHERE l.account <> m.account""",
            LIVE,
        ),
    ]  # fmt: skip


async def nothing_held_for_nobody(reader: Reader) -> list[Fault]:
    """Whatever is held is held for somebody: no number, SIM, place or money is kept for a journey or line that is over."""
    return [
        *await reader.faults("nothing_held_for_nobody", _SOLD_TO_NOBODY, BEGUN),
        *await reader.faults("nothing_held_for_nobody", _HELD_BY_THE_ENDED),
        *await reader.faults("nothing_held_for_nobody", _SIMS, BEGUN, LIVE),
        *await reader.faults("nothing_held_for_nobody", _RESERVED, reader.now),
    ]


async def five_lines_a_person(reader: Reader) -> list[Fault]:
    """A person has at most five lines, and each line opened under their document keeps one of the five places."""
    return await reader.faults(
        "five_lines_a_person",
        """-- fan-out: the checker
           SELECT min(p.id) AS id, count(*) || ' lines live under one document' AS why, NULL AS by
           FROM product l JOIN party p ON p.home = l.home AND p.id = l.party
           WHERE l.kind = 'line' AND l.status = ANY($1) AND p.document_hash IS NOT NULL GROUP BY p.document_hash HAVING count(*) > 5
           UNION ALL
           SELECT l.id, 'it keeps none of its holder''s five places', o.id FROM product_order o
           JOIN product l ON l.home = o.home AND l.id = o.line AND l.status = ANY($1)
           JOIN party p ON p.home = l.home AND p.id = l.party AND p.document_hash = o.wanted->>'document'
           WHERE o.kind = 'line.open' AND o.state = 'completed' AND NOT EXISTS (
             SELECT 1 FROM line_slot s WHERE s.document_hash = o.wanted->>'document' AND s.line = l.id)
           UNION ALL
           SELECT s.line, 'it keeps ' || count(*) || ' of its holder''s places', s.line FROM line_slot s
           WHERE s.line IS NOT NULL GROUP BY s.line HAVING count(*) > 1""",
        LIVE,
    )


_SOLD_TO_NOBODY: Final = """-- fan-out: the checker
SELECT n.number AS id, 'number sold to line ' || n.line || ', which ' || coalesce('is ' || l.status, 'does not exist') AS why, n.line AS by
FROM number n LEFT JOIN product l ON l.id = n.line AND l.kind = 'line'
WHERE n.state = 'sold' AND n.line IS NOT NULL AND (l.id IS NULL OR NOT l.status = ANY($1))
UNION ALL
SELECT s.document_hash, 'place ' || s.slot || ' kept for line ' || s.line || ', which ' || coalesce('is ' || l.status, 'does not exist'),
  s.line
FROM line_slot s LEFT JOIN product l ON l.id = s.line AND l.kind = 'line'
WHERE s.line IS NOT NULL AND (l.id IS NULL OR NOT l.status = ANY($1))
"""
_HELD_BY_THE_ENDED: Final = f"""-- fan-out: the checker
WITH held AS MATERIALIZED (
    SELECT 'number ' || number AS id, token, until FROM number WHERE state = 'held'
    UNION ALL SELECT 'SIM ' || iccid, token, until FROM sim WHERE state = 'reserved' AND line IS NULL
    UNION ALL SELECT 'place ' || slot || ' of ' || document_hash, token, until FROM line_slot WHERE line IS NULL
)
SELECT t.id, CASE WHEN t.until IS NULL THEN 'held without an end' ELSE 'held for a journey that is over (' || t.token || ')' END AS why,
  NULL AS by
FROM held t WHERE t.until IS NULL OR t.token IS NULL OR ({_JOURNEY_IS_OVER} AND NOT {_RELEASE_UNDER_WAY})
"""
_SIMS: Final = """-- fan-out: the checker
SELECT s.iccid AS id, 'SIM ' || s.state || ' for line ' || s.line || ', which ' || coalesce('is ' || l.status, 'does not exist') AS why,
  s.line AS by
FROM sim s LEFT JOIN product l ON l.id = s.line AND l.kind = 'line'
WHERE s.line IS NOT NULL AND s.state IN ('reserved', 'written', 'active') AND s.until IS NULL AND (
    l.id IS NULL OR NOT l.status = ANY(CASE WHEN s.state = 'active' THEN $2::text[] ELSE $1::text[] END)
    OR (s.state <> 'active' AND l.status = ANY($2) AND NOT EXISTS (
        SELECT 1 FROM sim_replacement r WHERE r.home = l.home AND r.line = l.id AND r.state = 'asked')))
"""
_RESERVED: Final = """-- fan-out: the checker
SELECT a.id, 'holds ' || a.reserved || ' aside where ' || coalesce(r.minor, 0) + coalesce(b.minor, 0) || ' are asked for' AS why, NULL AS by
FROM billing_account a
LEFT JOIN (SELECT home, account, sum(minor)::bigint AS minor FROM reservation WHERE status = 'reserved' GROUP BY home, account) r
  ON r.home = a.home AND r.account = a.id
LEFT JOIN (SELECT home, account, sum(minor)::bigint AS minor FROM balance_action WHERE kind = 'reserve' AND status = 'created'
  GROUP BY home, account) b ON b.home = a.home AND b.account = a.id
WHERE a.reserved <> coalesce(r.minor, 0) + coalesce(b.minor, 0)
UNION ALL
SELECT id, 'set aside until ' || until || ', and nobody lets it go', id FROM reservation WHERE status = 'reserved' AND until < $1
UNION ALL
SELECT id, 'money set aside until ' || until || ', and nobody lets it go', id FROM balance_action
WHERE kind = 'reserve' AND status = 'created' AND until < $1
"""
