"""Marketing: nothing is sent to one who does not allow it, and nothing after the stamp of a stop; the log has each send once."""

from typing import Final

from onehall.chaos.checker.reading import Fault, Reader

_UNASKED: Final = """-- fan-out: the checker
SELECT c.id, 'it was sent to ' || c.party || ' by ' || c.way || ' at ' || c.at || ', and '
    || coalesce('they had stopped it at ' || l.at, 'they never allowed it') AS why, NULL AS by
FROM campaign_contact c LEFT JOIN LATERAL (
    SELECT n.allowed, n.at FROM consent n WHERE n.home = c.home AND n.party = c.party AND n.purpose = 'marketing'
    AND (n.way IS NULL OR n.way = c.way) AND n.at <= c.at ORDER BY n.at DESC, n.id DESC LIMIT 1) l ON true
WHERE c.state <> 'suppressed' AND l.allowed IS NOT TRUE
"""
_UNTOLD: Final = """-- fan-out: the checker
SELECT coalesce(c.id, e.key) AS id, CASE WHEN c.id IS NULL THEN 'the log tells of it, and it is not there'
    ELSE 'it is ' || c.state || ', and was told ' || coalesce(e.count, 0) || ' times' END AS why, NULL AS by
FROM campaign_contact c FULL JOIN (
    SELECT home, key, type = 'engage.marketing_sent' AS sent, count(*) AS count FROM event
    WHERE type IN ('engage.marketing_sent', 'engage.marketing_suppressed') GROUP BY home, key, type) e
ON e.home = c.home AND e.key = c.id AND e.sent = (c.state <> 'suppressed')
WHERE c.id IS NULL OR e.count IS DISTINCT FROM 1
"""
_STANDING: Final = """-- fan-out: the checker
SELECT s.party AS id, 'the ledger says ' || l.allowed || ' of ' || w.way || ', and it stands otherwise' AS why, NULL AS by
FROM marketing_standing s CROSS JOIN unnest(ARRAY['sms', 'push', 'wechat', 'call', 'mail']) AS w (way) JOIN LATERAL (
    SELECT n.allowed FROM consent n WHERE n.home = s.home AND n.party = s.party AND n.purpose = 'marketing'
    AND (n.way IS NULL OR n.way = w.way) ORDER BY n.at DESC, n.id DESC LIMIT 1) l ON true
WHERE l.allowed <> (w.way = ANY(s.ways))
"""


async def no_marketing_after_the_stop(reader: Reader) -> list[Fault]:
    """Nobody is sent marketing who did not allow it, or after the stamp of their stop; each send is in the log once."""
    name = "no_marketing_after_the_stop"
    return [fault for sql in (_UNASKED, _UNTOLD, _STANDING) for fault in await reader.faults(name, sql)]
