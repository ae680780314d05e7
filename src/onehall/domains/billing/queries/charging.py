"""Questions about who pays for a number, who draws from an allowance, and what is set aside."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from onehall.domains.billing import rules, store
from onehall.domains.billing.model import Reservation, Share
from onehall.kernel.ids import home_of
from onehall.kernel.i18n import _
from onehall.kernel.refusals import missing
from onehall.kernel.store import Tx


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
