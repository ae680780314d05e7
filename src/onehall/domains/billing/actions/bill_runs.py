"""Bill runs: begun for cycles that are over, done home by home, each safe twice; killed anywhere, a run is simply begun again."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from onehall.domains.billing import queries, rules, store
from onehall.domains.billing.actions.bills import bill_accounts
from onehall.kernel.store import Tx

REPORT_AWAITED: Final = timedelta(days=2)
LOOKED_FIRST, LOOKED_LAST = timedelta(seconds=1), timedelta(minutes=1)
AT_ONCE: Final = 200  # accounts of one home in one transaction
Part = dict[str, Any]


async def begin_runs(tx: Tx, month: date | None = None) -> list[Part]:
    """This will begin a run for each cycle that is over (or those that begin in a month), and give the parts that are to be done.

    A cycle of which every account is billed is gone through again: accounts that came since are billed, the others stay.
    """
    parts: list[Part] = []
    for day, since in sorted((await store.bill_runs.first_charged(tx)).items()):
        cycles = rules.bills.closed_cycles(since, day, tx.now)
        parts += await _begin(tx, day, [one for one in cycles if month is None or (one.year, one.month) == (month.year, month.month)])
    return parts


async def begin_run(tx: Tx, cycle: date) -> list[Part]:
    """This will begin the run of one cycle, and give its parts."""
    return await _begin(tx, cycle.day, [cycle])


async def bill_home(tx: Tx, part: Part) -> str | None:
    """This will bill some accounts of this home for the cycles of a part; gives the account to go on after, None when all are done."""
    cycles, after = [date.fromisoformat(one) for one in part["cycles"]], part.get("after", "")
    accounts = await store.bill_runs.accounts(tx, cycles[0].day, after, AT_ONCE)
    work = await bill_accounts(tx, accounts, cycles, {cycle: store.bill_runs.run_id(cycle) for cycle in cycles})
    bills, faults = Counter(one.cycle for one in work.bills), Counter(cycle for _, cycle, _ in work.faults)
    done = len(accounts) < AT_ONCE
    await store.bill_runs.write_parts(tx, cycles, len(accounts), bills, faults, after, max(accounts, default=after), done=done)
    if work.faults:
        await store.bill_runs.write_faults(tx, work.faults)
    return None if done else max(accounts)


def leave_parts(tx: Tx, parts: list[Part]) -> None:
    """This will leave the parts of runs to the workers."""
    for part in parts:
        once = f"{part['home']}:{part['cycles'][0]}:{part['cycles'][-1]}:{part.get('after', '')}"
        tx.later("billing.bill_home", part, works_in=part["home"], once=once)


async def keep_report(tx: Tx, run: str) -> None:
    """This will compute what a run came to, and keep it."""
    found = await queries.bills.compute_report(tx, run)
    body = msgspec.to_builtins(found)
    await store.bill_runs.keep_report(tx, run, {name: value for name, value in body.items() if name != "at"})


async def report_when_done(tx: Tx, run: str) -> None:
    """This will keep what a run came to once it is done, once; until then it looks again, for two days."""
    found, kept = await queries.bills.progress(tx, run), await store.bill_runs.report(tx, run)
    if found.status != "done":
        waited = tx.now - (found.resumed_at or found.began)
        if waited < REPORT_AWAITED:
            _look_later(tx, run, min(max(waited, LOOKED_FIRST), LOOKED_LAST))
    elif kept is None or found.ended is None or kept["at"] < found.ended:
        await keep_report(tx, run)


def _look_later(tx: Tx, run: str, wait: timedelta) -> None:
    due = tx.now + wait
    tx.later("billing.bill_report", {"run": run}, due=due, works_in=store.bill_runs.RUNS, once=f"{run}:{due.isoformat()}")


async def _begin(tx: Tx, day: int, cycles: list[date]) -> list[Part]:
    if not cycles:
        return []
    homes = await store.bill_runs.homes(tx, day)
    for cycle in cycles:
        await store.bill_runs.begin(tx, cycle, rules.bills.midnight(cycle), _end(cycle), len(homes))
        _look_later(tx, store.bill_runs.run_id(cycle), LOOKED_FIRST)
    return [{"home": home, "cycles": [one.isoformat() for one in cycles]} for home in homes]


def _end(cycle: date) -> datetime:
    return rules.bills.midnight(rules.bills.next_cycle(cycle))
