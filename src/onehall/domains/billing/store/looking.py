"""What was used, day by day and record by record, as its owner looks at it."""

from datetime import datetime
from typing import Final

from onehall.domains.billing.model.comparing import DayOfUse, Used
from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx

RECORDS_MAX: Final = 100


async def days(tx: Tx, party: str, given: str | None, start: datetime, until: datetime) -> list[DayOfUse]:
    """This will sum what a party's accounts (or that of the line or number given) used in a time, by day and service, oldest first."""
    rows = await tx.read(
        """SELECT (u.at AT TIME ZONE $6)::date AS day, u.kind, count(*)::int AS records, sum(u.units) AS units,
                  sum(u.minor)::bigint AS minor, min(u.currency) AS currency
           FROM billing_account a JOIN usage u ON u.home = a.home AND u.account = a.id AND u.at >= $4 AND u.at < $5 AND u.status = 'rated'
           WHERE a.home = $1 AND a.party = $2 AND ($3::text IS NULL OR $3 IN (a.line, a.number)) GROUP BY 1, 2 ORDER BY 1, 2""",
        home_of(party), party, given, start, until, ZONE.key,
    )  # fmt: skip
    return [DayOfUse(*row.values()) for row in rows]


async def records(tx: Tx, party: str, given: str | None, start: datetime, until: datetime) -> list[Used]:
    """This will read the records of the party's own numbers in a time, the latest first; of members of a share none."""
    rows = await tx.read(
        """SELECT u.at, u.number, u.kind, u.units, u.left_over, u.peer, u.zone, u.minor, u.currency
           FROM billing_account a JOIN usage u ON u.home = a.home AND u.account = a.id AND u.at >= $4 AND u.at < $5 AND u.status = 'rated'
                AND u.number = a.number
           WHERE a.home = $1 AND a.party = $2 AND ($3::text IS NULL OR $3 IN (a.line, a.number)) ORDER BY u.at DESC, u.id DESC LIMIT $6""",
        home_of(party), party, given, start, until, RECORDS_MAX,
    )  # fmt: skip
    return [Used(*row.values()) for row in rows]
