"""The end of what was granted for a time: its owner is told before, and what a plan lets stay is carried over."""

from datetime import datetime, timedelta

from onehall.domains import catalogue
from onehall.domains.billing import events, rules, store
from onehall.domains.billing.rules import charging, rating
from onehall.kernel import settings
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH


def plan_end(tx: Tx, account: str, of: str, until: datetime) -> None:
    """This will leave the end of what an offering granted for its time, and a word to its owner some days before; left twice, once."""
    body, once = {"account": account, "of": of, "until": until}, f"{account}:{of}:{until.isoformat()}"
    if until > tx.now:
        tx.later("billing.expire_allowances", body, due=until, works_in=home_of(account), once=once)
    before = until - timedelta(days=settings.current().allowance_reminder_days)
    if before > tx.now:
        tx.later("billing.remind_of_end", body, due=before, works_in=home_of(account), once=once)


async def roll_over(tx: Tx, account: str, of: str, until: datetime) -> list[str]:
    """This will carry over what is left of what a product granted until a time, if its plan says so; gives the buckets it is in now.

    It is called when the time is over, and again when use of that time is taken back later.
    """
    await store.rating.lock(tx, [account])
    rows = await store.sharing.ended(tx, account, of, until)
    months = await _months(tx, account, of, until) if rows else 0
    made = []
    for row in rows:
        left = row["total"] - row["used"] - row["reserved"]
        if not charging.rolls_over(of, months, left):
            continue
        id_, end = keyed_id(tx.home, EPOCH, "rolled", row["id"]), rules.month_later(until, months)
        if await store.sharing.insert_rolled(tx, id_, row, account, left, end):
            await store.sharing.put_back(tx, row["id"], -left)
            plan_end(tx, account, charging.ROLLED + of, end)
            tx.tell(events.RolledOver(account, row["id"], id_, left))
            made.append(id_)
    return made


async def _months(tx: Tx, account: str, of: str, until: datetime) -> int:
    """By the terms of the plan or pack that granted it, as its subscriber holds them."""
    last = until - timedelta(microseconds=1)
    payers = await store.rating.lock(tx, [account])
    await store.state.fill(tx, payers, last, rating.cycle_start(last))
    held = [one for payer in payers.values() for one in payer.subscriptions if of in (one.product, one.offering) and one.stands(last)]
    if held and held[-1].price_id:
        return (await catalogue.queries.at_price(tx, held[-1].price_id)).rollover_months
    known = await catalogue.queries.offering(tx, held[-1].offering if held else of)
    return known.rollover_months if known else 0
