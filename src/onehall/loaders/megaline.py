"""`onehall load megaline`: brings in the users, plans and a year of use of a real operator's sample.

The folder holds megaline_{plans,users,calls,messages,internet}.csv. Each call rounds up to a whole minute; what a month's megabytes
go over the allowance rounds up to whole GB of 1,024 MB; a month with any use of any kind owes the whole fee.
"""

import asyncio
import csv
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from onehall.domains import billing, catalogue, party
from onehall.domains.billing import Subscription, Use
from onehall.kernel.i18n import ZONE, keep
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.settings import read
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH
from onehall.launch import database
from onehall.launch.say import say as say_aloud
from onehall.launch.trouble import Trouble
from onehall.loaders.rows import Bad, Report, Say, number, text_of, word

SOURCE: Final = "megaline"
CURRENCY: Final = "USD"
GIGABYTE: Final = "1024"
CHUNK: Final = 100_000
AT_ONCE: Final = 4
FILES: Final = {
    "calls": ("voice_min", "call_date", "duration"), "messages": ("sms", "message_date", None),
    "internet": ("data_mb", "session_date", "mb_used"),
}  # fmt: skip


class User(msgspec.Struct, frozen=True):
    """A user of the sample: their plan, and from when until when (the day after the last one) they had it."""

    id: str
    name: str
    plan: str
    since: datetime
    until: datetime | None
    doc: dict[str, Any]

    @property
    def number(self) -> str:
        """This will give the number under which their use is known."""
        return f"{SOURCE}-{self.id}"


class Loaded(Report):
    """What was brought in; `waiting`: records of users or times without a plan, `by_reason`."""

    users: int = 0
    new_users: int = 0
    waiting: int = 0
    by_reason: dict[str, int] = {}


async def load_megaline(store: Store, folder: Path, say: Say = say_aloud) -> Loaded:
    """This will bring in every good row once, however often it is loaded.

    :raises Trouble: a file cannot be read at all.
    """
    report, began = Loaded(refused=[], by_reason={}), time.monotonic()
    await _plans(store, folder, report, say)
    last: dict[str, datetime] = {}
    for use in _uses(folder, Loaded(refused=[]), lambda line: None):
        last[use.number] = max(use.at, last.get(use.number, use.at))
    await _bring_users(store, list(_users(folder, last, report, say)), report)
    say(f"{report.users:,} users, {report.new_users:,} of them new")
    some: list[Use] = []
    for use in _uses(folder, report, say):
        some.append(use)
        if len(some) == CHUNK:
            await _take_in(store, some, report, say)
            some = []
    await _take_in(store, some, report, say)
    report.seconds = time.monotonic() - began
    return report


def load(folder: Path, /) -> None:
    """Bring in the users, plans and use of a sample of a real operator; safe to run twice.

    Parameters
    ----------
    folder
        Where megaline_plans.csv, _users.csv, _calls.csv, _messages.csv and _internet.csv lie.
    """
    settings = database.at_home(read(), dict(os.environ))

    async def work() -> Loaded:
        async with database.opened(settings, say_aloud) as store:
            return await load_megaline(store, folder)

    report = asyncio.run(work())
    for why, count in sorted(report.by_reason.items()):
        say_aloud(f"{count:,} records wait: {why}")
    say_aloud(
        f"{report.users:,} users ({report.new_users:,} new); {report.read:,} records: {report.added:,} added, {report.known:,} known, "
        f"{report.waiting:,} waiting, {len(report.refused):,} refused, in {report.seconds:.0f} s"
    )


async def _take_in(store: Store, uses: list[Use], report: Loaded, say: Say) -> None:
    for one in await billing.actions.take_in_all(store, uses, SOURCE):
        if one.state == "waiting":
            report.waiting += 1
            report.by_reason[one.why] = report.by_reason.get(one.why, 0) + 1
        elif one.state == "known":
            report.known += 1
        else:
            report.added += 1
    say(f"{report.read:,} records: {report.added:,} added, {report.known:,} known, {report.waiting:,} waiting")


def _rows(folder: Path, name: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    path = folder / f"megaline_{name}.csv"
    rows = csv.reader(text_of(path).splitlines(keepends=True))
    head = next(rows, [])
    if lacking := [column for column in columns if column not in head]:
        raise Trouble(f"{path} lacks the columns {', '.join(lacking)}")
    for cells in rows:
        yield rows.line_num, dict(zip(head, cells, strict=False))


async def _plans(store: Store, folder: Path, report: Loaded, say: Say) -> None:
    columns = ("plan_name", "usd_monthly_pay", "messages_included", "mb_per_month_included", "minutes_included",
               "usd_per_gb", "usd_per_message", "usd_per_minute")  # fmt: skip
    for line, row in _rows(folder, "plans", columns):
        try:
            id_, doc = f"{SOURCE}-{word(row, 'plan_name')}", _plan(row)
        except Bad as bad:
            report.refuse(say, line, str(bad), "plans")
            continue
        await store.run(0, lambda tx, id_=id_, doc=doc: catalogue.actions.put(tx, id_, doc))  # type: ignore[misc]


def _plan(row: dict[str, Any]) -> dict[str, Any]:
    fee = {
        "name": "Monthly fee", "priceType": "recurring", "recurringChargePeriodType": "month", "recurringChargePeriodLength": 1,
        "price": _dollars(number(row, "usd_monthly_pay", places=2)),
    }  # fmt: skip
    traits = {"kind": "plan", "fee_when": "used", "first_month": "whole"}
    for service, column in (("data_mb", "mb_per_month_included"), ("voice_min", "minutes_included"), ("sms", "messages_included")):
        traits[service] = int(number(row, column, whole=True))  # type: ignore[assignment]
    return {
        "name": f"Megaline {word(row, 'plan_name')}", "lifecycleStatus": "Retired", "isSellable": False,
        "prodSpecCharValueUse": [{"name": name, "productSpecCharacteristicValue": [{"value": value}]} for name, value in traits.items()],
        "productOfferingPrice": [
            fee, _price("data_mb", number(row, "usd_per_gb"), step="0", basis="month", per=GIGABYTE),
            _price("voice_min", number(row, "usd_per_minute"), step="1"), _price("sms", number(row, "usd_per_message"), step="1"),
        ],
    }  # fmt: skip


def _price(service: str, each: Decimal, *, step: str, basis: str = "record", per: str = "1") -> dict[str, Any]:
    tariff = {"step": step, "basis": basis, "tiers": [{"amount": str(each * 100), "per": per}]}
    return {
        "name": f"Beyond the allowance: {service}", "priceType": "usage", "price": _dollars(each), "tariff": tariff,
        "unitOfMeasure": {"amount": int(per), "units": service},
    }  # fmt: skip


def _dollars(amount: Decimal) -> dict[str, Any]:
    return {"unit": CURRENCY, "value": float(amount)}


def _users(folder: Path, last: dict[str, datetime], report: Loaded, say: Say) -> Iterator[User]:
    columns = ("user_id", "first_name", "last_name", "age", "city", "reg_date", "plan", "churn_date")
    for line, row in _rows(folder, "users", columns):
        try:
            yield _user(row, last)
        except Bad as bad:
            report.refuse(say, line, str(bad), "users")


def _user(row: dict[str, Any], last: dict[str, datetime]) -> User:
    """Some used the line after the day on which they are said to have left: they had their plan as long as they used it."""
    id_ = word(row, "user_id")
    until = None
    if str(row.get("churn_date") or "").strip():
        used = last.get(f"{SOURCE}-{id_}")
        until = _midnight_after(max(_day(row["churn_date"]), used) if used else _day(row["churn_date"]))
    traits = [{"name": name, "value": row[name]} for name in ("age", "city", "reg_date", "churn_date") if str(row.get(name) or "").strip()]
    name = f"{word(row, 'first_name')} {word(row, 'last_name')}"
    return User(id_, name, word(row, "plan"), _day(word(row, "reg_date")), until, {"partyCharacteristic": traits})


async def _bring_users(store: Store, users: list[User], report: Loaded) -> None:
    async with store.edge(0) as tx:
        plans = {user.plan: await catalogue.queries.known(tx, f"{SOURCE}-{user.plan}") for user in users}
    waiting = iter(users)

    async def bring() -> None:
        for user in waiting:
            home = party.queries.home_of_reference(SOURCE, user.id)
            account, new = await store.run(home, lambda tx, user=user: _enter(tx, user, plans[user.plan]))  # type: ignore[misc]
            await store.run(home_for(user.number), lambda tx, user=user, account=account: _point(tx, user.number, account))  # type: ignore[misc]
            report.users += 1
            report.new_users += new

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(bring())


async def _enter(tx: Tx, user: User, plan: catalogue.Offering) -> tuple[str, bool]:
    who, new = await party.actions.import_customer(
        tx, party.actions.Imported(kind=SOURCE, reference=user.id, name=user.name, language="en", doc=user.doc)
    )
    if not new:
        [account, *_rest] = await billing.queries.accounts(tx, who, user.number)
        return account.id, False
    account = await billing.actions.open_account(tx, who, number=user.number, once=user.number, currency=CURRENCY, mode="postpaid")
    await billing.actions.subscribe(
        tx,
        Subscription(
            keyed_id(tx.home, EPOCH, "subscription", user.number), account.id, None, user.number, user.number, "plan", plan.id,
            plan.price_id, keep(plan.name), plan.fee.minor, CURRENCY, user.since, user.until, {},
        ),
    )  # fmt: skip
    return account.id, True


async def _point(tx: Tx, number: str, account: str) -> None:
    """At once, since their use follows; a number that pays into another account by now stays as it is."""
    if await billing.queries.account_of_number(tx, number) is None:
        await billing.actions.point(tx, number, account, None)


def _uses(folder: Path, report: Loaded, say: Say) -> Iterator[Use]:
    for name, (kind, day, amount) in FILES.items():
        for line, row in _rows(folder, name, tuple(column for column in ("id", "user_id", day, amount) if column)):
            report.read += 1
            try:
                at = _day(word(row, day))
                exact = number(row, amount) if amount else Decimal(1)
                user, record = word(row, "user_id"), word(row, "id")
            except Bad as bad:
                report.refuse(say, line, str(bad), name)
                continue
            yield Use(source=f"{SOURCE}-{name}", record=record, number=f"{SOURCE}-{user}", kind=kind, amount=exact, at=at)


@lru_cache(maxsize=4000)
def _day(text: str) -> datetime:
    try:
        month, day, year = (int(part) for part in text.split("/"))
        return datetime(year, month, day, tzinfo=ZONE)
    except ValueError:
        raise Bad(f"{text[:40]!r} is not a day like 12/27/2018") from None


def _midnight_after(at: datetime) -> datetime:
    return datetime.combine(at.date() + timedelta(days=1), datetime.min.time(), ZONE)

