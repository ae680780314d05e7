"""All that rating an account needs, read in one statement while its row is held."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from onehall.domains.billing.model import Month, Payer, Pool, Share, Subscription
from onehall.kernel.store import Tx

ROLLED: Final = "rolled:"
SUBSCRIPTION: Final = "id, account, line, number, product, kind, offering, price_id, name, fee, currency, since, until, doc"
SHARE: Final = "id, account, of, name, line, number, member_account, own, most, status, since, until"
_BUCKET: Final = "account, id, of, kind, total, used, reserved, start, until, priority, alerted"
_MONTH: Final = "account, line, month, kind, key, offering, currency, records, amount, units, left_over, minor, latest"
_STATE: Final = f"""SELECT
    (SELECT json_agg(s)::text FROM (SELECT {SUBSCRIPTION} FROM subscription WHERE home = $1 AND account = ANY($2)
         AND (until IS NULL OR until > $3) ORDER BY since, id) s) AS subscriptions,
    (SELECT json_agg(s)::text FROM (SELECT {SHARE} FROM share WHERE home = $1 AND account = ANY($2) AND status = 'active') s) AS shares,
    (SELECT json_agg(b)::text FROM (SELECT {_BUCKET} FROM bucket WHERE home = $1 AND account = ANY($2) AND status <> 'suspended'
         AND (until IS NULL OR until > $3)) b) AS pools,
    (SELECT json_agg(m)::text FROM (SELECT m.bucket, m.line, m.most, m.used FROM bucket b
         JOIN bucket_member m ON m.home = b.home AND m.bucket = b.id WHERE b.home = $1 AND b.account = ANY($2)) m) AS members,
    (SELECT json_agg(m)::text FROM (SELECT {_MONTH} FROM usage_month WHERE home = $1 AND account = ANY($2) AND month >= $4) m) AS months"""


class _Member(msgspec.Struct):
    bucket: str
    line: str
    most: Decimal | None
    used: Decimal


class _Pool(Pool, kw_only=True):
    account: str


class _Month(Month, kw_only=True):
    account: str


_READ: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    "subscriptions": msgspec.json.Decoder(list[Subscription]), "shares": msgspec.json.Decoder(list[Share]),
    "pools": msgspec.json.Decoder(list[_Pool]), "members": msgspec.json.Decoder(list[_Member]),
    "months": msgspec.json.Decoder(list[_Month]),
}  # fmt: skip


async def fill(tx: Tx, payers: dict[str, Payer], at: datetime, month: date) -> None:
    """This will read what rating records from a time on needs: subscriptions, allowances, the totals of the months. One statement."""
    row = await tx.read_one(_STATE, tx.home, list(payers), at, month)
    assert row is not None
    read: dict[str, Any] = {name: decoder.decode(row[name]) if row[name] else [] for name, decoder in _READ.items()}
    for one in read["subscriptions"]:
        payers[one.account].subscriptions.append(one)
    for one in read["shares"]:
        payers[one.account].shares.append(one)
    for one in read["months"]:
        payers[one.account].months[one.place] = one
    pools = {one.id: one for one in read["pools"]}
    for one in pools.values():
        payers[one.account].pools.append(one)
    for one in read["members"]:
        if one.bucket in pools:
            pools[one.bucket].members[one.line] = (one.most, one.used)
    _share(payers.values())


def join_members(payer: Payer, pool: Pool) -> None:
    """This will let those draw from an allowance who share what it was granted by."""
    for share in payer.shares:
        if share.of == pool.of.removeprefix(ROLLED):
            pool.members.setdefault(share.line, (share.most, Decimal(0)))


def _share(payers: Iterable[Payer]) -> None:
    for payer in payers:
        for pool in payer.pools if payer.shares else ():
            join_members(payer, pool)
