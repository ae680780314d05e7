"""The log: nothing is lost, nothing comes out of order, and what must be done on hearing a fact is done once."""

from itertools import groupby, pairwise
from typing import Any, Final

from onehall.chaos.checker.reading import LIVE, Fault, Reader

NAME: Final = "log_whole_and_in_order"
_ORDER_FACTS: Final = """-- fan-out: the checker
SELECT o.id AS key, o.state, e.type, e.body->>'source' AS source, e.body->>'target' AS target
FROM product_order o LEFT JOIN event e ON e.home = o.home AND e.key = o.id
  AND e.type IN ('order.placed', 'order.moved', 'order.completed', 'order.failed')
ORDER BY o.id, e.id
"""
_PAYMENT_FACTS: Final = """-- fan-out: the checker
SELECT p.id AS key, p.status AS state, p.method, e.type FROM payment p
LEFT JOIN event e ON e.home = p.home AND e.key = p.id AND e.type IN ('payment.asked', 'payment.received', 'payment.lapsed', 'payment.late')
ORDER BY p.id, e.id
"""
_JOURNEY_FACTS: Final = """-- fan-out: the checker
SELECT j.id, CASE WHEN f.first <> 'journey.opened' AND j.moved_from IS NULL THEN 'its log begins with ' || coalesce(f.first, 'nothing')
    WHEN f.opened > 1 THEN 'it was opened ' || f.opened || ' times'
    WHEN j.over AND f.ended <> 1 THEN 'it is ' || j.state || ', and its end was told ' || f.ended || ' times'
    ELSE 'it is ' || j.state || ', and its end was told' END AS why, j.id AS by
FROM (SELECT home, id, state, state IN ('done', 'refused', 'expired', 'cancelled') AS over,
        (SELECT min(o.id) FROM journey o WHERE o.moved_to = journey.id) AS moved_from FROM journey) j
JOIN (SELECT home, key, (array_agg(type ORDER BY id))[1] AS first, count(*) FILTER (WHERE type = 'journey.opened') AS opened,
        count(*) FILTER (WHERE type = 'journey.ended') AS ended
      FROM event WHERE type LIKE 'journey.%' GROUP BY home, key) f ON f.home = j.home AND f.key = j.id
WHERE (f.first <> 'journey.opened' AND j.moved_from IS NULL) OR f.opened > 1 OR f.ended <> j.over::int
UNION ALL
SELECT j.id, 'nothing of it is in the log', j.id FROM journey j
WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.home = j.home AND e.key = j.id AND e.type LIKE 'journey.%')
"""
_STEP_FACTS: Final = """-- fan-out: the checker
SELECT s.order_id AS id, 'step ' || s.name || ' is ' || s.state || ', and was told done ' || count(e.id) || ' times' AS why, NULL AS by
FROM fulfilment_step s LEFT JOIN event e ON e.home = s.home AND e.key = s.order_id AND e.type = 'fulfilment.step_done'
  AND e.body->>'step' = s.name
GROUP BY s.home, s.order_id, s.name, s.state, s.place HAVING count(e.id) <> (s.state IN ('done', 'undoing', 'undone'))::int
  AND count(e.id) <> (s.state IN ('done', 'undoing', 'undone'))::int + (
    SELECT count(*) FROM event b JOIN fulfilment_step f ON f.home = b.home AND f.order_id = b.key AND f.name = b.body->>'step'
      JOIN fulfilment_step t ON t.home = b.home AND t.order_id = b.key AND t.name = b.body->>'to'
    WHERE b.home = s.home AND b.key = s.order_id AND b.type = 'fulfilment.step_sent_back' AND s.place >= t.place AND s.place < f.place)
"""
_TWICE: Final = """-- fan-out: the checker
SELECT body->>'event' AS id, 'work ' || kind || ' on it stands ' || count(*) || ' times' AS why, NULL AS by
FROM job WHERE kind LIKE 'on:%' GROUP BY kind, body->>'event' HAVING count(*) > 1
UNION ALL
SELECT j.body->>'event', 'work ' || j.kind || ' on it is there, and the fact is not', NULL FROM job j
WHERE j.kind LIKE 'on:%' AND NOT EXISTS (SELECT 1 FROM event e WHERE e.home = j.home AND e.id = j.body->>'event')
"""
_UNHEARD: Final = """-- fan-out: the checker
SELECT e.id, 'order ' || e.key || ' was placed, and nobody planned it' AS why, e.key AS by
FROM event e WHERE e.type = 'order.placed'
  AND NOT EXISTS (SELECT 1 FROM fulfilment_plan p WHERE p.home = e.home AND p.order_id = e.key)
  AND EXISTS (SELECT 1 FROM product_order o WHERE o.home = e.home AND o.id = e.key AND o.state NOT IN ('rejected', 'cancelled'))
UNION ALL
SELECT e.id, 'line ' || e.key || ' became active, and nobody can log in by ' || l.number, e.key
FROM event e JOIN product l ON l.home = e.home AND l.id = e.key AND l.status = ANY($1)
WHERE e.type = 'inventory.line_activated' AND l.number IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM login_name n WHERE n.kind = 'phone' AND n.value = l.number AND n.party = l.party)
UNION ALL
SELECT e.id, 'line ' || e.key || ' ended, and its number ' || n.number || ' was not returned', e.key
FROM event e JOIN number n ON n.line = e.key AND n.state = 'sold' WHERE e.type = 'inventory.line_terminated'
UNION ALL
SELECT e.id, 'payment ' || e.key || ' was received, and journey ' || j.id || ' does not know it', e.key
FROM event e JOIN payment p ON p.home = e.home AND p.id = e.key JOIN journey j ON j.id = split_part(p.to_journey, '/', 1)
WHERE e.type = 'payment.received' AND j.state IN ('asking', 'waiting')
  AND NOT jsonb_path_exists(j.entries, '$[*] ? (@.kind == "payment" && @.value.payment == $id && @.value.paid == true)',
    jsonb_build_object('id', p.id))
"""
_PAYMENT_LIVES: Final = {"pending": ["payment.asked"], "done": ["payment.asked", "payment.received"]}
_LAPSED: Final = ["payment.asked", "payment.lapsed"]


async def log_whole_and_in_order(reader: Reader) -> list[Fault]:
    """No fact is lost, told twice or out of order: each order, payment, journey and step can be read from the log as it happened."""
    orders = [fault for key, facts in _by_key(await reader.rows(_ORDER_FACTS)) for fault in _order(key, facts)]
    payments = [fault for key, facts in _by_key(await reader.rows(_PAYMENT_FACTS)) for fault in _payment(key, facts)]
    return [*orders, *payments, *await reader.faults(NAME, _JOURNEY_FACTS), *await reader.faults(NAME, _STEP_FACTS)]


async def facts_heard_once(reader: Reader) -> list[Fault]:
    """What must follow a fact has followed, or its work is there, once: orders planned, lines named, numbers returned, money known."""
    name = "facts_heard_once"
    return [*await reader.faults(name, _TWICE), *await reader.faults(name, _UNHEARD, LIVE)]


def _by_key(rows: list[Any]) -> list[tuple[str, list[Any]]]:
    return [(key, list(facts)) for key, facts in groupby(rows, key=lambda row: row["key"])]


def _order(key: str, facts: list[Any]) -> list[Fault]:
    """Placed, then moved from where it was to where it is, then its end; every step begins where the one before it ended."""
    state, types = facts[0]["state"], [fact["type"] for fact in facts]
    moves = [fact for fact in facts if fact["type"] == "order.moved"]
    ends = [kind for kind in types if kind in ("order.completed", "order.failed")]
    whys = []
    if types[0] != "order.placed" or types.count("order.placed") != 1:
        whys.append(f"its log is {', '.join(map(str, types))}")
    whys += [f"it went to {a['target']}, then on from {b['source']}" for a, b in pairwise(moves) if a["target"] != b["source"]]
    if (moves[-1]["target"] if moves else "acknowledged") != state:
        whys.append(f"it is {state}, and the log says {moves[-1]['target'] if moves else 'acknowledged'}")
    wanted = {"completed": ["order.completed"], "failed": ["order.failed"], "cancelled": ["order.failed"]}.get(state, [])
    if ends != wanted and not (state == "cancelled" and not ends):
        whys.append(f"it is {state}, and its end was told as {ends}")
    return [Fault(NAME, key, why) for why in whys]


def _payment(key: str, facts: list[Any]) -> list[Fault]:
    """Asked, then received or lapsed; what a partner took was never asked for. Money may come again at any time; it goes back."""
    types, state = [fact["type"] for fact in facts], facts[0]["state"]
    wanted = ["payment.received"] if facts[0]["method"] == "partner" else _PAYMENT_LIVES.get(state, _LAPSED)
    if [kind for kind in types if kind != "payment.late"] == wanted and (state != "late" or "payment.late" in types):
        return []
    return [Fault(NAME, key, f"it is {state}, and its log is {', '.join(map(str, types))}")]
