"""Orders: what was paid for is done, or the money is back."""

from typing import Final

from onehall.chaos.checker.reading import BEGUN, Fault, Reader

# A card that is sent waits for a packer or a courier: that is no standing still.
BY_HAND: Final = ["audit", "pick", "write_card", "check_card", "pack", "ship", "carry", "hand_over"]


async def paid_order_done_or_refunded(reader: Reader) -> list[Fault]:
    """Every order is done or given back: none stands still, a done one is done whole and charged once, a failed one's money is back."""
    name = "paid_order_done_or_refunded"
    return [
        *await reader.faults(name, _STANDS_STILL, BY_HAND),
        *await reader.faults(name, _DONE, BEGUN),
        *await reader.faults(name, _NOT_DONE),
        *await reader.faults(name, _PAID_FOR_NOTHING),
    ]


_STANDS_STILL: Final = """-- fan-out: the checker
SELECT o.id, o.kind || ' is ' || o.state || ', at ' || coalesce(
    (SELECT string_agg(s.name || ' ' || s.state, ', ' ORDER BY s.place) FROM fulfilment_step s
     WHERE s.home = o.home AND s.order_id = o.id AND s.state IN ('running', 'undoing')), 'no step') || ', and nothing moves it' AS why,
  o.id AS by
FROM product_order o WHERE o.state IN ('acknowledged', 'inProgress', 'held', 'pendingCancellation')
  AND NOT (o.state = 'inProgress' AND EXISTS (SELECT 1 FROM fulfilment_step s
    WHERE s.home = o.home AND s.order_id = o.id AND s.state = 'running' AND s.name = ANY($1) AND s.result->>'under_way' IS NULL))
"""
_DONE: Final = """-- fan-out: the checker
SELECT o.id, o.kind || ' is completed, and ' || count(*) || ' of its steps are not done: '
  || string_agg(s.name, ', ' ORDER BY s.place) AS why, NULL AS by
FROM product_order o JOIN fulfilment_step s ON s.home = o.home AND s.order_id = o.id
WHERE o.state = 'completed' AND s.state <> 'done' GROUP BY o.home, o.id, o.kind
UNION ALL
SELECT o.id, 'it is completed, and its plan is ' || p.state, NULL
FROM product_order o JOIN fulfilment_plan p ON p.home = o.home AND p.order_id = o.id WHERE o.state = 'completed' AND p.state <> 'done'
UNION ALL
SELECT o.id, 'it is completed, and there is no line', NULL FROM product_order o
WHERE o.state = 'completed' AND o.kind = 'line.open' AND NOT EXISTS (
    SELECT 1 FROM product l WHERE l.home = o.home AND l.id = o.line AND (l.status = ANY($1) OR l.activated IS NOT NULL))
UNION ALL
SELECT o.id, 'its charge ' || c.place - 1 || ' was posted ' || (SELECT count(*) FROM entry e WHERE e.home = o.home
    AND e.once = o.id || ':' || c.place - 1) || ' times', NULL
FROM product_order o, jsonb_array_elements(coalesce(o.wanted->'charges', '[]')) WITH ORDINALITY AS c (charge, place)
WHERE o.state = 'completed' AND (c.charge->'amount'->>'minor')::bigint > 0
  AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.home = o.home AND e.once = o.id || ':' || c.place - 1)
UNION ALL
SELECT o.id, 'it is completed, and its payment ' || p.id || ' was used for ' || p.spent || ' of ' || p.received, p.id
FROM product_order o JOIN payment p ON p.id = o.wanted->>'payment'
WHERE o.state = 'completed' AND (p.spent <> p.received OR p.received = 0)
"""
_NOT_DONE: Final = """-- fan-out: the checker
SELECT o.id, 'it is ' || o.state || ', and of its payment ' || p.id || ' (' || p.status || ') ' || p.received || ' came and '
    || coalesce(r.minor, 0) || ' went back' AS why, p.id AS by
FROM product_order o JOIN payment p ON p.id = o.wanted->>'payment'
LEFT JOIN (SELECT home, payment, sum(minor) AS minor FROM refund GROUP BY home, payment) r ON r.home = p.home AND r.payment = p.id
WHERE o.state IN ('failed', 'cancelled', 'rejected') AND coalesce(r.minor, 0) <> p.received
UNION ALL
SELECT o.id, 'it is ' || o.state || ', and step ' || s.name || ' is ' || s.state, o.id
FROM product_order o JOIN fulfilment_step s ON s.home = o.home AND s.order_id = o.id
WHERE o.state IN ('failed', 'cancelled') AND s.state NOT IN ('dropped', 'failed', 'undone')
UNION ALL
SELECT o.id, 'it is ' || o.state || ', and its line ' || l.id || ' is ' || l.status, o.id
FROM product_order o JOIN fulfilment_step s ON s.home = o.home AND s.order_id = o.id AND s.name = 'create_line'
JOIN product l ON l.home = o.home AND l.id = s.result->>'line'
WHERE o.state IN ('failed', 'cancelled') AND o.kind = 'line.open' AND l.status NOT IN ('aborted', 'terminated', 'cancelled')
"""
_PAID_FOR_NOTHING: Final = """-- fan-out: the checker
SELECT p.id, 'it was paid, ' || p.received - p.spent || ' of it is for nothing, and its journey is ' || j.state AS why, p.id AS by
FROM payment p JOIN journey j ON j.id = split_part(p.to_journey, '/', 1)
WHERE p.received > p.spent AND j.state IN ('done', 'refused', 'expired', 'cancelled')
  AND NOT EXISTS (SELECT 1 FROM product_order o WHERE o.wanted->>'payment' = p.id AND o.state IN ('acknowledged', 'inProgress', 'held',
    'pendingCancellation'))
"""
