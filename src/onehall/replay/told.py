"""What is told when a day is over: services by hour and channel, how far buyers came, refusals, money, and the faults with their ends."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from onehall.kernel.i18n import ZONE
from onehall.kernel.money import Money
from onehall.kernel.store import Store
from onehall.replay.habits import FAULTS
from onehall.replay.scene import Served

WAYS: Final = ("app", "web", "sms", "counter")
NO_SERVICE: Final = ("world", "network", "clerk logs in")
AFTER: Final = timedelta(minutes=12)  # a fault goes on being felt
FUNNEL: Final = ("journey.opened", "journey.proven", "journey.paid", "inventory.line_activated")
REASONS: Final = """-- fan-out: the end of a day
    SELECT function, said -> 'text' ->> 'id' AS why, count(*) AS count FROM journey
    WHERE state = 'refused' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"""
MONEY: Final = """-- fan-out: the end of a day
    SELECT method, channel, count(*) AS count, sum(received)::bigint AS minor FROM payment
    WHERE status = 'done' GROUP BY 1, 2 ORDER BY 1, 2"""
BACK: Final = """-- fan-out: the end of a day
    SELECT count(*) AS count, coalesce(sum(minor), 0)::bigint AS minor FROM refund WHERE status = 'done'"""
BUYERS: Final = """-- fan-out: the end of a day
    SELECT count(DISTINCT journey) FILTER (WHERE type = 'journey.opened') AS started,
           count(DISTINCT journey) FILTER (WHERE type = 'journey.proven') AS proved,
           count(DISTINCT journey) FILTER (WHERE type = 'journey.paid') AS paid,
           count(DISTINCT journey) FILTER (WHERE type = 'journey.ended' AND body ->> 'why' = 'done') AS active
    FROM event WHERE function = 'line.open'"""
FELT: Final = """-- fan-out: the end of a day
    SELECT type, count(*) AS count FROM event WHERE at >= $1 AND at < $2
      AND type IN ('order.failed', 'order.completed', 'payment.late', 'payment.lapsed', 'payment.received', 'refund.done') GROUP BY 1"""
GIVEN_UP: Final = "SELECT kind, count(*) AS count FROM job WHERE state = 'dead' GROUP BY 1 ORDER BY 1 -- fan-out: the end of a day"


async def summary(store: Store, diary: Sequence[Served]) -> list[str]:
    """This will write the table of a day, line by line."""
    found = [*hours(diary), ""]
    async with store.edge(0) as tx:
        row = dict((await tx.read(BUYERS))[0])
        found += ["Purchases of a line: " + " -> ".join(f"{name} {count}" for name, count in row.items()), ""]
        found += ["Refusals"] + [f"  {one['count']:>6}  {one['function']:<16} {one['why']}" for one in await tx.read(REASONS)] + [""]
        found += ["Money"] + [_sum(f"{one['method']:<8} {one['channel']}", one) for one in await tx.read(MONEY)]
        found += [_sum("given back", (await tx.read(BACK))[0]), "", "Faults"]
        for fault in sorted((one for one in diary if one.does in FAULTS), key=lambda one: one.at):
            rows = await tx.read(FELT, fault.at, fault.at + timedelta(seconds=fault.seconds) + AFTER)
            found.append(_fault(fault, {one["type"]: one["count"] for one in rows}))
        found += [f"  {one['count']:>6}  given up, waits for a person: {one['kind']}" for one in await tx.read(GIVEN_UP)]
    return found


def hours(diary: Sequence[Served]) -> Iterator[str]:
    """This will write the services of each hour by channel; what began in one and ended at the counter counts where it began."""
    count = Counter((_hour(one.at), one.by.split(">")[0]) for one in diary if one.by not in NO_SERVICE and one.does not in NO_SERVICE)
    top = max((sum(count[hour, way] for way in WAYS) for hour in range(24)), default=0) or 1
    yield f"{'Hour':<6}" + "".join(f"{way:>9}" for way in WAYS) + f"{'all':>9}"
    for hour in range(24):
        whole = sum(count[hour, way] for way in WAYS)
        yield f"{hour:02}:00 " + "".join(f"{count[hour, way]:>9}" for way in WAYS) + f"{whole:>9}  {'#' * (40 * whole // top)}"
    yield f"{'Day':<6}" + "".join(f"{sum(count[hour, way] for hour in range(24)):>9}" for way in WAYS) + f"{sum(count.values()):>9}"
    ends = Counter(one.outcome for one in diary if one.by not in NO_SERVICE and one.does not in NO_SERVICE)
    yield "Ends: " + ", ".join(f"{name} {ends[name]}" for name in sorted(ends))


def broken(diary: Sequence[Served]) -> list[str]:
    """This will name what went wrong with the day itself, not with the operator: there is nothing."""
    return [f"{one.at.astimezone(ZONE):%H:%M:%S} {one.who} {one.by} {one.does}: {one.why}" for one in diary if one.outcome == "broken"]


def _fault(one: Served, felt: dict[str, int]) -> str:
    lasted = f"{one.seconds // 60:>3} min" if one.seconds else "   once"
    said = ", ".join(f"{name.replace('.', ' ')} {felt[name]}" for name in sorted(felt)) or "nobody felt it"
    return f"  {one.at.astimezone(ZONE):%H:%M}  {one.does:<16} {lasted}  {said}"


def _sum(name: str, row: Any) -> str:
    return f"  {row['count']:>6}  {name:<16} {Money(int(row['minor'] or 0))}"


def _hour(at: datetime) -> int:
    return at.astimezone(ZONE).hour
