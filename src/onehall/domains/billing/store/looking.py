"""What was used, day by day and record by record, as its owner looks at it; each statement in one home."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from onehall.domains.billing.model.comparing import DayOfUse, Used
from onehall.domains.billing.store.state import ROLLED
from onehall.kernel.i18n import ZONE
from onehall.kernel.ids import home_of
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

RECORDS_MAX: Final = 100
# What a member used under a share: only theirs, only while they shared; what it cost is the payer's business.
_AS_MEMBER: Final = """FROM share s JOIN usage u ON u.home = s.home AND u.account = s.account AND u.line = s.line AND u.at >= s.since
    AND (s.until IS NULL OR u.at < s.until) AND u.at >= $3 AND u.at < $4 AND u.status = 'rated'
WHERE s.home = $1 AND s.id = $2 AND NOT s.own"""


async def days(tx: Tx, home: int, accounts: Sequence[str], start: datetime, until: datetime) -> list[DayOfUse]:
    """This will sum what accounts of a home were used for in a time, by day and service, oldest first."""
    rows = await tx.read(
        """SELECT (at AT TIME ZONE $5)::date AS day, kind, count(*)::int AS records, sum(units) AS units, sum(minor)::bigint AS minor,
                  min(currency) AS currency
           FROM usage WHERE home = $1 AND account = ANY($2) AND at >= $3 AND at < $4 AND status = 'rated'
           GROUP BY 1, 2 ORDER BY 1, 2""",
        home, accounts, start, until, ZONE.key,
    )  # fmt: skip
    return [DayOfUse(*row.values()) for row in rows]


async def of_members(tx: Tx, home: int, accounts: Sequence[str], start: datetime, until: datetime) -> list[Row]:
    """This will sum what members of a share used at the cost of accounts of a home in a time, by member and service."""
    return await tx.read(
        """SELECT u.number, u.kind, sum(u.units) AS units FROM usage u
           WHERE u.home = $1 AND u.account = ANY($2) AND u.at >= $3 AND u.at < $4 AND u.status = 'rated' AND EXISTS (
               SELECT 1 FROM share s WHERE s.home = u.home AND s.account = u.account AND s.line = u.line AND NOT s.own)
           GROUP BY 1, 2 ORDER BY 1, 2""",
        home, accounts, start, until,
    )  # fmt: skip


async def days_shared(tx: Tx, share: str, start: datetime, until: datetime) -> list[DayOfUse]:
    """This will sum what a member used under a share in a time, in the payer's home; what it cost is not told."""
    rows = await tx.read(
        f"""SELECT (u.at AT TIME ZONE $5)::date AS day, u.kind, count(*)::int AS records, sum(u.units) AS units, 0::bigint AS minor,
                   min(u.currency) AS currency {_AS_MEMBER} GROUP BY 1, 2 ORDER BY 1, 2""",
        home_of(share), share, start, until, ZONE.key,
    )  # fmt: skip
    return [DayOfUse(*row.values()) for row in rows]


async def records(tx: Tx, home: int, accounts: Sequence[str], start: datetime, until: datetime) -> list[Used]:
    """This will read the records of accounts of a home in a time, the latest first; of members of a share none."""
    rows = await tx.read(
        """SELECT u.at, u.number, u.kind, u.units, u.left_over, u.peer, u.zone, u.minor, u.currency FROM usage u
           WHERE u.home = $1 AND u.account = ANY($2) AND u.at >= $3 AND u.at < $4 AND u.status = 'rated' AND NOT EXISTS (
               SELECT 1 FROM share s WHERE s.home = u.home AND s.account = u.account AND s.line = u.line AND NOT s.own)
           ORDER BY u.at DESC, u.id DESC LIMIT $5""",
        home, accounts, start, until, RECORDS_MAX,
    )  # fmt: skip
    return [Used(*row.values()) for row in rows]


async def records_shared(tx: Tx, share: str, start: datetime, until: datetime) -> list[Used]:
    """This will read what a member used under a share in a time, the latest first, in the payer's home; what it cost is not told."""
    rows = await tx.read(
        f"""SELECT u.at, u.number, u.kind, u.units, u.left_over, u.peer, u.zone, 0::bigint AS minor, u.currency {_AS_MEMBER}
            ORDER BY u.at DESC, u.id DESC LIMIT $5""",
        home_of(share), share, start, until, RECORDS_MAX,
    )  # fmt: skip
    return [Used(*row.values()) for row in rows]


async def joined(tx: Tx, party: str) -> list[Row]:
    """This will read what a party was offered to share and took, in their own home; what is over too."""
    sql = "SELECT share, line, number, payer, status FROM share_offer WHERE home = $1 AND party = $2 AND status IN ('accepted', 'ended')"
    return await tx.read(sql + " ORDER BY at, id", home_of(party), party)


async def left_of_share(tx: Tx, share: str) -> list[Row]:
    """This will read what a member may draw from now and what they have drawn, in the payer's home; of others nothing."""
    return await tx.read(
        """SELECT b.kind, b.name, b.until, b.total - b.used - b.reserved AS rest, coalesce(m.most, s.most) AS most,
                  coalesce(m.used, 0) AS used
           FROM share s JOIN bucket b ON b.home = s.home AND b.account = s.account AND b.of = ANY(ARRAY[s.of, $4 || s.of])
                AND b.status = 'active' AND b.start <= $3 AND (b.until IS NULL OR b.until > $3)
           LEFT JOIN bucket_member m ON m.home = b.home AND m.bucket = b.id AND m.line = s.line
           WHERE s.home = $1 AND s.id = $2 AND s.status = 'active' AND NOT s.own ORDER BY b.kind, b.until NULLS LAST, b.id""",
        home_of(share), share, tx.now, ROLLED,
    )  # fmt: skip
