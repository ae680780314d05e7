"""Questions about who pays for a number, who draws from an allowance, and what is set aside."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from onehall.domains.billing import rules, store
from onehall.domains.billing.model import Reservation, Share
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_of
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx
from onehall.kernel.store.transaction import Row


class Part(msgspec.Struct, frozen=True):
    """What one number has drawn from an allowance that is shared; `most` is its limit."""

    share: Share
    used: Decimal


class Split(msgspec.Struct, frozen=True):
    """An allowance that is shared, and what each has drawn: the parts sum to what is used."""

    bucket: str
    kind: str
    total: Decimal
    used: Decimal
    parts: tuple[Part, ...]


async def payers(tx: Tx, numbers: Sequence[str]) -> dict[str, str]:
    """This will name the account that pays for what each number uses. One statement."""
    return await store.rating.routes(tx, numbers)


async def splits(tx: Tx, account: str) -> list[Split]:
    """This will give the allowances that an account shares now, and how they were used by each number."""
    shares = await store.sharing.of_accounts(tx, home_of(account), [account], ended=True)
    found: list[Split] = []
    for of in dict.fromkeys(one.of for one in shares):
        mine = {one.line: one for one in shares if one.of == of}
        buckets = {row["id"]: row for row in await store.sharing.standing(tx, account, of)}
        drawn: dict[str, list[Part]] = {id_: [] for id_ in buckets}
        for row in await store.sharing.split(tx, home_of(account), list(buckets)):
            if row["line"] in mine:
                drawn[row["bucket"]].append(Part(mine[row["line"]], row["used"]))
        found += [Split(id_, row["kind"], row["total"], row["used"], tuple(drawn[id_])) for id_, row in buckets.items() if drawn[id_]]
    return found


async def reservation(tx: Tx, id_: str) -> Reservation:
    """This will give what is set aside for a call.

    :raises Refusal: 404.
    """
    found = await store.reservations.one(tx, id_)
    if found is None:
        raise missing(_("reservation"))
    return found


async def given_this_month(tx: Tx, account: str) -> tuple[Decimal, int]:
    """This will give how much data an account gave away this month, MB, and how often."""
    return await store.sharing.given(tx, account, rules.month_start(tx.now))


async def bucket(tx: Tx, id_: str) -> Row:
    """This will give an allowance's row.

    :raises Refusal: 404.
    """
    found = await store.buckets.whole(tx, id_)
    if found is None:
        raise missing(_("allowance"))
    return found


async def ending(tx: Tx, account: str, of: str, until: datetime) -> list[Row]:
    """This will give what a product granted until a time and that is not used up."""
    return await store.sharing.ended(tx, account, of, until)


async def left(tx: Tx, account: str, kind: str) -> Decimal:
    """This will give what is left of all of an account's allowances of a kind now."""
    return await store.buckets.left(tx, account, kind)


async def clocks(tx: Tx, since: datetime) -> list[int]:
    """This will give how long after their money lines worked again since a time, seconds each. For reports."""
    return [row["seconds"] for row in await store.watching.clocks(tx, since)]


async def shares(tx: Tx, account: str) -> list[Share]:
    """This will give with whom an account shares, its own line first."""
    return await store.sharing.of_accounts(tx, home_of(account), [account])


async def offers(tx: Tx, party: str, status: str) -> list[Row]:
    """This will give the invitations of a party to share, that are open or were accepted."""
    return await store.sharing.offers(tx, party, status)


async def limits(tx: Tx, account: str) -> tuple[int | None, Decimal | None]:
    """This will give what a customer allows themselves in a month: minor units, MB; None is no limit."""
    return await store.watching.limits(tx, account)


async def used(tx: Tx, account: str, month: date) -> list[tuple[str, Decimal]]:
    """This will sum what an account has used in a month, by kind."""
    return await store.buckets.used(tx, account, month)


async def standing(tx: Tx, account: str) -> list[Row]:
    """This will give all allowances of an account that stand now, and whether each is shared."""
    return await store.buckets.standing(tx, account)
