"""Rows of what accounts are charged by; whoever changes them holds the account's row."""

from datetime import datetime

from msgspec.structs import replace

from onehall.domains.billing.model.usage import Subscription
from onehall.domains.billing.store import rating
from onehall.domains.billing.store.state import SUBSCRIPTION
from onehall.kernel.store import Tx


async def standing(tx: Tx, account: str, product: str, kind: str) -> Subscription | None:
    """This will read what of a kind an account is charged by for a product now."""
    row = await tx.read_one(
        """SELECT id, account, line, number, product, kind, offering, price_id, name, fee, currency, since, until, doc FROM subscription
           WHERE home = $1 AND account = $2 AND product = $3 AND kind = $4 AND since <= $5 AND (until IS NULL OR until > $5)
           ORDER BY since DESC LIMIT 1""",
        tx.home, account, product, kind, tx.now,
    )  # fmt: skip
    return Subscription(*row.values()) if row else None


async def forget_planned(tx: Tx, account: str, product: str, at: datetime) -> None:
    """This will forget what was to begin after a time, and have what was to end then stand on."""
    await tx.write(
        "DELETE FROM subscription WHERE home = $1 AND account = $2 AND product = $3 AND kind = 'plan' AND since > $4",
        tx.home, account, product, at,
    )  # fmt: skip
    await tx.write(
        """UPDATE subscription SET until = NULL
           WHERE home = $1 AND account = $2 AND product = $3 AND kind = 'plan' AND since <= $4 AND until > $4""",
        tx.home, account, product, at,
    )  # fmt: skip


async def end(tx: Tx, account: str, product: str, kind: str | None, at: datetime) -> None:
    """This will end what an account is charged by for a product, of a kind or all, at a time."""
    await tx.write(
        """UPDATE subscription SET until = $5 WHERE home = $1 AND account = $2 AND product = $3 AND ($4::text IS NULL OR kind = $4)
           AND since <= $5 AND (until IS NULL OR until > $5)""",
        tx.home, account, product, kind, at,
    )  # fmt: skip


async def end_whole(tx: Tx, account: str, product: str, at: datetime) -> None:
    """This will end what an account is charged by for a product; what was to begin later never does."""
    await tx.write(
        """UPDATE subscription SET until = greatest(since, $4)
           WHERE home = $1 AND account = $2 AND product = $3 AND (until IS NULL OR until > $4)""",
        tx.home, account, product, at,
    )  # fmt: skip


async def end_of_line(tx: Tx, account: str, line: str, at: datetime) -> None:
    """This will end all that an account is charged by for a line; what was to begin later never does."""
    await tx.write(
        """UPDATE subscription SET until = greatest(since, $4)
           WHERE home = $1 AND account = $2 AND line = $3 AND (until IS NULL OR until > $4)""",
        tx.home, account, line, at,
    )  # fmt: skip


async def fee_taken(tx: Tx, account: str, of: list[str], at: datetime) -> bool:
    """This will tell whether a fee was taken for one of some products at the moment in which it began: an order did."""
    row = await tx.read_one(
        "SELECT 1 AS taken FROM entry WHERE home = $1 AND account = $2 AND at = $4 AND kind = 'fee' AND of = ANY($3) LIMIT 1",
        tx.home, account, of, at,
    )  # fmt: skip
    return row is not None


async def of_line(tx: Tx, account: str, line: str, at: datetime) -> list[Subscription]:
    """This will read what an account is charged by for a line at a time, or was to be from later on; members of a share left out."""
    rows = await tx.read(
        f"""SELECT {SUBSCRIPTION} FROM subscription WHERE home = $1 AND account = $2 AND line = $3 AND (until IS NULL OR until > $4)
            AND NOT doc ? 'share' ORDER BY since, id""",
        tx.home, account, line, at,
    )  # fmt: skip
    return [Subscription(*row.values()) for row in rows]


async def discounted(tx: Tx, account: str, line: str, since: datetime) -> int:
    """This will sum the discounts that a line was given since a time, minor units."""
    row = await tx.read_one(
        """SELECT coalesce(-sum(p.minor), 0)::bigint AS minor FROM entry e
           JOIN posting p ON p.home = e.home AND p.entry = e.id AND p.book = 'revenue'
           WHERE e.home = $1 AND e.account = $2 AND e.kind = 'discount' AND e.at >= $4 AND e.of IN (
               SELECT s.product FROM subscription s
               WHERE s.home = e.home AND s.account = e.account AND s.line = $3 AND s.kind = 'discount')""",
        tx.home, account, line, since,
    )  # fmt: skip
    return row["minor"] if row else 0


async def of_share(tx: Tx, account: str, share: str, at: datetime) -> list[Subscription]:
    """This will read by what a member's use is rated at a time, or was to be from later on."""
    rows = await tx.read(
        f"""SELECT {SUBSCRIPTION} FROM subscription WHERE home = $1 AND account = $2 AND product = $3 AND (until IS NULL OR until > $4)
            ORDER BY since, id""",
        tx.home, account, share, at,
    )  # fmt: skip
    return [Subscription(*row.values()) for row in rows]


async def renumber(tx: Tx, one: Subscription, number: str, at: datetime, id_: str) -> None:
    """This will have a subscription go on under another number from a time; of a plan the time before keeps the old number."""
    if one.kind != "plan" or one.since >= at:
        await tx.write("UPDATE subscription SET number = $3 WHERE home = $1 AND id = $2", tx.home, one.id, number)
        return
    await tx.write("UPDATE subscription SET until = $3 WHERE home = $1 AND id = $2", tx.home, one.id, at)
    doc = one.doc | {"began": one.began.isoformat(), "after": one.id}
    await rating.subscribe(tx, replace(one, id=id_, number=number, since=at, doc=doc))


async def give_up(tx: Tx, account: str, line: str, at: datetime) -> None:
    """This will end all that an account is charged by for a line that goes to another owner; its last month is owed by the day."""
    await tx.write(
        """UPDATE subscription SET until = greatest(since, $4), doc = CASE WHEN since < $4 THEN doc || '{"given": true}' ELSE doc END
           WHERE home = $1 AND account = $2 AND line = $3 AND (until IS NULL OR until > $4)""",
        tx.home, account, line, at,
    )  # fmt: skip
