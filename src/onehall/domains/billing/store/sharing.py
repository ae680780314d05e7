"""Rows of allowances shared with members, and of data given away."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from onehall.domains.billing.model import Share
from onehall.domains.billing.store.state import ROLLED, SHARE
from onehall.kernel.i18n import keep
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row

_OFFER = "id, share, account, party, line, number, payer, name, most, status, at, until"


async def insert(tx: Tx, one: Share) -> bool:
    """This will write who shares; one that ended is begun anew. False when it stands already."""
    row = await tx.write_one(
        f"""INSERT INTO share (home, {SHARE}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (home, id) DO UPDATE SET status = excluded.status, most = excluded.most, since = excluded.since, until = NULL,
               member_account = excluded.member_account, line = excluded.line
            WHERE share.status NOT IN ('invited', 'active') RETURNING id""",
        tx.home, one.id, one.account, one.of, keep(one.name), one.line, one.number, one.member_account, one.own, one.most, one.status,
        one.since, one.until,
    )  # fmt: skip
    return row is not None


async def one(tx: Tx, id_: str) -> Share | None:
    """This will read who shares."""
    row = await tx.read_one(f"SELECT {SHARE} FROM share WHERE home = $1 AND id = $2", home_of(id_), id_)
    return Share(*row.values()) if row else None


async def of_accounts(tx: Tx, home: int, accounts: list[str], *, ended: bool = False) -> list[Share]:
    """This will read who shares what of some accounts of a home, their own lines first; those who are no more only if asked."""
    rows = await tx.read(
        f"""SELECT {SHARE} FROM share WHERE home = $1 AND account = ANY($2) AND ($3 OR status IN ('invited', 'active'))
            ORDER BY own DESC, since, id""",
        home, accounts, ended,
    )  # fmt: skip
    return [Share(*row.values()) for row in rows]


async def move(tx: Tx, id_: str, status: str, among: list[str], member_account: str | None = None) -> Share | None:
    """This will change how somebody shares, from one of some states; None when it is in none of them."""
    row = await tx.write_one(
        f"""UPDATE share SET status = $3, until = $5, member_account = coalesce($6, member_account)
            WHERE home = $1 AND id = $2 AND status = ANY($4) RETURNING {SHARE}""",
        tx.home, id_, status, among, None if status == "active" else tx.now, member_account,
    )  # fmt: skip
    return Share(*row.values()) if row else None


async def set_most(tx: Tx, id_: str, most: Decimal | None) -> None:
    """This will change how much a member may draw, of what they draw from now too; never less than they have drawn."""
    row = await tx.write_one("UPDATE share SET most = $3 WHERE home = $1 AND id = $2 RETURNING account, of, line", tx.home, id_, most)
    if row is None:
        return
    buckets = await standing(tx, row["account"], row["of"])
    await tx.write(
        """UPDATE bucket_member SET most = greatest($4::numeric, used) WHERE home = $1 AND bucket = ANY($2) AND line = $3
           AND $4::numeric IS NOT NULL""",
        tx.home, [bucket["id"] for bucket in buckets], row["line"], most,
    )  # fmt: skip
    if most is None:
        await tx.write(
            "UPDATE bucket_member SET most = NULL WHERE home = $1 AND bucket = ANY($2) AND line = $3",
            tx.home, [bucket["id"] for bucket in buckets], row["line"],
        )  # fmt: skip


async def standing(tx: Tx, account: str, of: str) -> list[Row]:
    """This will read what is granted to an account by a product now, and what of it was carried over."""
    return await tx.read(
        """SELECT id, kind, of, name, total, used, reserved, start, until FROM bucket WHERE home = $1 AND account = $2 AND of = ANY($3)
           AND status = 'active' AND start <= $4 AND (until IS NULL OR until > $4) ORDER BY kind, id""",
        home_of(account), account, [of, ROLLED + of], tx.now,
    )  # fmt: skip


async def let_draw(tx: Tx, bucket: str, line: str, most: Decimal | None, used: Decimal) -> None:
    """This will let a line draw from a bucket; one that does already stays as it is, but for its limit."""
    await tx.write(
        """INSERT INTO bucket_member (home, bucket, line, most, used) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (home, bucket, line) DO UPDATE
               SET most = CASE WHEN excluded.most IS NOT NULL THEN greatest(excluded.most, bucket_member.used) END""",
        tx.home, bucket, line, most, used,
    )  # fmt: skip


async def split(tx: Tx, home: int, buckets: list[str]) -> list[Row]:
    """This will give what each line has drawn from buckets."""
    return await tx.read(
        "SELECT bucket, line, most, used FROM bucket_member WHERE home = $1 AND bucket = ANY($2) ORDER BY bucket, line", home, buckets
    )


async def pay_for(tx: Tx, number: str, payer: str | None, instead_of: str | None = None) -> bool:
    """This will say which account pays for what a number uses; with None its own does again, if it was `instead_of`. In its home."""
    row = await tx.write_one(
        """UPDATE number_account SET payer = $3, moved = true WHERE home = $1 AND number = $2
           AND ($3::text IS NOT NULL OR payer = $4) AND (payer IS NULL OR payer IN ($3, $4)) RETURNING number""",
        home_for(number), number, payer, instead_of,
    )  # fmt: skip
    return row is not None


async def insert_offer(tx: Tx, values: dict[str, Any]) -> bool:
    """This will write an invitation where its member lives; a new one takes the place of one that is over."""
    row = await tx.write_one(
        f"""INSERT INTO share_offer (home, {_OFFER}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11, $12)
            ON CONFLICT (home, id) DO UPDATE SET status = 'open', most = excluded.most, at = excluded.at, until = excluded.until
            WHERE share_offer.status IN ('declined', 'ended') RETURNING id""",
        tx.home, values["id"], values["share"], values["account"], values["party"], values["line"], values["number"], values["payer"],
        values["name"], values["most"], tx.now, values["until"],
    )  # fmt: skip
    return row is not None


async def offers(tx: Tx, party: str, status: str) -> list[Row]:
    """This will read a party's invitations in a state; open ones only while they stand."""
    return await tx.read(
        f"""SELECT {_OFFER} FROM share_offer WHERE home = $1 AND party = $2 AND status = $3 AND ($3 <> 'open' OR until > $4) ORDER BY at""",
        home_of(party), party, status, tx.now,
    )  # fmt: skip


async def move_offer(tx: Tx, id_: str, status: str, among: list[str]) -> Row | None:
    """This will change an invitation from one of some states; None when it is in none of them."""
    return await tx.write_one(
        f"UPDATE share_offer SET status = $3 WHERE home = $1 AND id = $2 AND status = ANY($4) RETURNING {_OFFER}",
        tx.home, id_, status, among,
    )  # fmt: skip


async def end_offer_of(tx: Tx, share: str, account: str) -> None:
    """This will end the invitation of a share, in the home of its member's account."""
    await tx.write(
        "UPDATE share_offer SET status = 'ended' WHERE home = $1 AND share = $2 AND status IN ('open', 'accepted')", home_of(account), share
    )


async def take_out(tx: Tx, bucket: str, amount: Decimal | int) -> Row | None:
    """This will take units out of an allowance for somebody else; None when so much is not left."""
    return await tx.write_one(
        """UPDATE bucket SET total = total - $3, revision = revision + 1
           WHERE home = $1 AND id = $2 AND status = 'active' AND total - $3 >= used + reserved RETURNING id, of, kind, name, until""",
        tx.home, bucket, Decimal(amount),
    )  # fmt: skip


async def put_back(tx: Tx, bucket: str, amount: Decimal) -> None:
    """This will give units back to an allowance."""
    await tx.write("UPDATE bucket SET total = total + $3, revision = revision + 1 WHERE home = $1 AND id = $2", tx.home, bucket, amount)


async def insert_gift(tx: Tx, id_: str, account: str, bucket: str, number: str, amount: int) -> bool:
    """This will write a gift, once for its id."""
    row = await tx.write_one(
        """INSERT INTO gift (home, id, account, bucket, number, amount, status, at) VALUES ($1, $2, $3, $4, $5, $6, 'sent', $7)
           ON CONFLICT DO NOTHING RETURNING id""",
        tx.home, id_, account, bucket, number, Decimal(amount), tx.now,
    )  # fmt: skip
    return row is not None


async def move_gift(tx: Tx, id_: str, status: str) -> Row | None:
    """This will say what became of a gift; None when that is known."""
    return await tx.write_one(
        "UPDATE gift SET status = $3 WHERE home = $1 AND id = $2 AND status = 'sent' RETURNING account, bucket, number, amount",
        tx.home, id_, status,
    )  # fmt: skip


async def given(tx: Tx, account: str, since: datetime, kind: str = "data_mb") -> tuple[Decimal, int]:
    """This will give how much of a kind an account gave since a time, and how often it gave anything."""
    row = await tx.read_one(
        """SELECT coalesce(sum(g.amount) FILTER (WHERE b.kind = $4), 0) AS amount, count(*) AS times
           FROM gift g JOIN bucket b ON b.home = g.home AND b.id = g.bucket COLLATE "C"
           WHERE g.home = $1 AND g.account = $2 AND g.at >= $3 AND g.status <> 'returned'""",
        home_of(account), account, since, kind,
    )  # fmt: skip
    return (row["amount"], row["times"]) if row else (Decimal(0), 0)


async def ended(tx: Tx, account: str, of: str, until: datetime) -> list[Row]:
    """This will read what a product granted until a time and that is not used up."""
    return await tx.read(
        """SELECT id, kind, of, name, total, used, reserved, start, until FROM bucket WHERE home = $1 AND account = $2 AND of = $3
           AND until = $4 AND status <> 'suspended' AND used + reserved < total""",
        home_of(account), account, of, until,
    )  # fmt: skip


async def insert_rolled(tx: Tx, id_: str, old: Row, account: str, left: Decimal, until: datetime) -> bool:
    """This will keep what is left of an allowance in a bucket of its own that is drawn first; what is left later is added to it.

    It counts from when the old one did, so that a late record of that time draws on what was left then.
    """
    row = await tx.write_one(
        """INSERT INTO bucket (home, id, account, kind, of, name, total, used, start, until, status, priority, revision)
           VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, 'active', -1, 1)
           ON CONFLICT (home, id) DO UPDATE SET total = bucket.total + excluded.total, revision = bucket.revision + 1
               WHERE bucket.status <> 'suspended' RETURNING id""",
        tx.home, id_, account, old["kind"], ROLLED + old["of"], old["name"], left, old["start"], until,
    )  # fmt: skip
    return row is not None


async def set_line(tx: Tx, id_: str, line: str) -> None:
    """This will say by which line a member draws."""
    await tx.write("UPDATE share SET line = $3 WHERE home = $1 AND id = $2", tx.home, id_, line)


async def set_number(tx: Tx, id_: str, number: str) -> None:
    """This will say under which number a member draws."""
    await tx.write("UPDATE share SET number = $3 WHERE home = $1 AND id = $2", tx.home, id_, number)


async def renumber_own(tx: Tx, account: str, before: str, number: str) -> None:
    """This will say under which number an account's own line draws from what it shares."""
    sql = "UPDATE share SET number = $4 WHERE home = $1 AND account = $2 AND own AND number = $3"
    await tx.write(sql, tx.home, account, before, number)


async def renumber_offers(tx: Tx, before: str, number: str) -> list[str]:
    """This will write a member's new number to what they were offered, in their home; gives the shares that they accepted."""
    rows = await tx.write(
        """UPDATE share_offer SET number = $3 WHERE home = $1 AND number = $2 AND status IN ('open', 'accepted')
           RETURNING share, status""",
        tx.home, before, number,
    )  # fmt: skip
    return [row["share"] for row in rows if row["status"] == "accepted"]


async def accepted_by(tx: Tx, number: str) -> list[str]:
    """This will name the offers of this home that a number's holder accepted."""
    rows = await tx.read("SELECT id FROM share_offer WHERE home = $1 AND number = $2 AND status = 'accepted'", tx.home, number)
    return [row["id"] for row in rows]
