"""Records of use from anywhere find their accounts, and are taken in home by home, a transaction each."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from onehall.domains.billing import store as rows
from onehall.domains.billing.actions.rating import take_in
from onehall.domains.billing.actions.rating_work import NO_PLAN
from onehall.domains.billing.model import Outcome, Use
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.transaction import Row

AT_ONCE: Final = 4
BATCH_MAX: Final = 2000
NO_NUMBER: Final = "nobody has this number"


async def take_in_all(store: Store, uses: Sequence[Use], batch: str | None = None) -> list[Outcome]:
    """This will take in records of any numbers, in any order, each once; what cannot be rated yet is kept with its number.

    A record that the account which has the number now cannot be charged for goes to the one whose plan it had at the time.
    Each home is a transaction of its own: killed in the middle, it is simply told the same records again.
    """
    async with store.edge(0) as tx:
        routes, moved = await rows.rating.routed(tx, sorted({use.number for use in uses if use.account is None}))
        found_before = await charged_for(tx, [use for use in uses if use.account is None and use.number in moved])
    known, lost = _routed(uses, routes, found_before)
    found = await _take_in(store, known, batch)
    again = [one for one in found if one.state == "waiting" and one.why == NO_PLAN]
    if lost or again:
        done = [one for one in found if one.state != "waiting" or one.why != NO_PLAN]
        found = [*done, *await _second_look(store, [*lost, *again], batch)]
    await keep_waiting(store, [one for one in found if one.state == "waiting"])
    return found


class Taken(msgspec.Struct):
    """What became of records; `reasons`: why some wait."""

    added: int = 0
    corrected: int = 0
    known: int = 0
    waiting: int = 0
    reasons: dict[str, int] = {}

    def add(self, other: "Taken") -> None:
        """This will count another's in."""
        self.added += other.added
        self.corrected += other.corrected
        self.known += other.known
        self.waiting += other.waiting
        for why, count in other.reasons.items():
            self.reasons[why] = self.reasons.get(why, 0) + count


class OpenFile(msgspec.Struct, frozen=True):
    """A file of use that is being read: its id, what became of the lines that were read before, and where the next one begins."""

    id: str
    counts: Taken
    lines: int
    refused: int
    place: int


async def count_in(store: Store, uses: Sequence[Use], batch: str | None = None) -> Taken:
    """This will take in records of any numbers, and count what became of them."""
    found = await take_in_all(store, uses, batch)
    states = Counter(one.state for one in found)
    reasons = Counter(one.why for one in found if one.state == "waiting")
    return Taken(states["added"], states["corrected"], states["known"], states["waiting"], dict(reasons))


async def open_file(store: Store, name: str, source: str, mark: str, size: int) -> OpenFile:
    """This will note that a file is read, and find out how far it was; one that was read to its end is read again from its beginning."""
    id_ = rows.intake.file_id(source, name, mark)

    async def work(tx: Tx) -> OpenFile:
        if await rows.intake.file_status(tx, id_) == "done":
            await rows.intake.restart_file(tx, id_)
        row = await rows.intake.open_file(tx, id_, name, source, size)
        counts = Taken(row["added"], row["corrected"], row["known"], row["waiting"], {})
        return OpenFile(id_, counts, row["lines"], row["refused"], row["place"])

    return await store.run(rows.intake.file_home(source, name), work)


async def note_file(
    store: Store, id_: str, counts: Taken, lines: int, refused: int, fresh: Sequence[tuple[int, str]], place: int
) -> None:
    """This will note how far a file was read, and which lines were refused on the way."""
    kept = {
        "lines": lines, "added": counts.added, "corrected": counts.corrected, "known": counts.known, "waiting": counts.waiting,
        "refused": refused, "place": place,
    }  # fmt: skip

    async def work(tx: Tx) -> None:
        if fresh:
            await rows.intake.refuse(tx, id_, fresh)
        await rows.intake.write_file(tx, id_, kept)

    await store.run(id_, work)


async def end_file(store: Store, id_: str) -> None:
    """This will note that a file was read to its end."""
    await store.run(id_, lambda tx: rows.intake.end_file(tx, id_))


async def keep_waiting(store: Store, some: Sequence[Outcome]) -> None:
    """This will keep records for later, in the homes of their numbers."""
    by_home: dict[int, list[Outcome]] = {}
    for one in some:
        by_home.setdefault(home_for(one.use.number), []).append(one)
    for home, mine in sorted(by_home.items()):
        await store.run(home, lambda tx, mine=mine: rows.rating.keep_waiting(tx, mine))  # type: ignore[misc]


async def account_for(tx: Tx, use: Use) -> str | None:
    """This will name the account that is charged for a record: whose plan the number had then, else who has the number now."""
    held = await charged_for(tx, [use])
    return held.get((use.source, use.record)) or (await rows.rating.routes(tx, [use.number])).get(use.number)


async def charged_for(tx: Tx, uses: Sequence[Use]) -> dict[tuple[str, str], str]:
    """This will name the account that each record is charged to: where it is already, else whose plan its number had then."""
    if not uses:
        return {}
    held: dict[str, list[Row]] = {}
    for row in await rows.intake.had_plan(tx, sorted({use.number for use in uses})):
        held.setdefault(row["number"], []).append(row)
    homes = {number: {home_of(row["account"]) for row in some} for number, some in held.items()}
    here = await rows.rating.charged(tx, [(home, use) for use in uses for home in homes.get(use.number, ())])
    found = {(use.source, use.record): account for use in uses if (account := holder(held.get(use.number, ()), use))}
    return found | here


def holder(held: Iterable[Row], use: Use) -> str | None:
    """This will name the account whose plan a number had when a record was made."""
    return next((row["account"] for row in held if row["since"] <= use.at and (row["until"] is None or use.at < row["until"])), None)


def _routed(
    uses: Sequence[Use], routes: dict[str, str], before: dict[tuple[str, str], str]
) -> tuple[list[Use], list[Outcome]]:
    known: list[Use] = []
    lost: list[Outcome] = []
    for use in uses:
        account = use.account or before.get((use.source, use.record)) or routes.get(use.number)
        if account is None:
            lost.append(Outcome(use, "waiting", NO_NUMBER))
        else:
            known.append(use if use.account else replace(use, account=account))
    return known, lost


async def _take_in(store: Store, uses: Sequence[Use], batch: str | None) -> list[Outcome]:
    batches = iter(list(_batches(uses)))
    found: list[Outcome] = []

    async def work() -> None:
        for home, some in batches:
            found.extend(await store.run(home, lambda tx, some=some: take_in(tx, some, batch)))  # type: ignore[misc]

    ends = await asyncio.gather(*(work() for _ in range(AT_ONCE)), return_exceptions=True)
    for error in ends:  # all have ended, so nothing is written behind the back of whoever hears of the first error
        if isinstance(error, BaseException):
            raise error
    return found


async def _second_look(store: Store, some: Sequence[Outcome], batch: str | None) -> list[Outcome]:
    """The number had its plan in another account at the time, or in none."""
    async with store.edge(0) as tx:
        held = await rows.intake.had_plan(tx, sorted({one.use.number for one in some}))
    by_number: dict[str, list[Row]] = {}
    for row in held:
        by_number.setdefault(row["number"], []).append(row)
    found: list[Outcome] = []
    moved: list[Use] = []
    for one in some:
        account = holder(by_number.get(one.use.number, ()), one.use)
        if account is None or account == one.use.account:
            found.append(one)
        else:
            moved.append(replace(one.use, account=account))
    return [*found, *await _take_in(store, moved, batch)]


def _batches(uses: Iterable[Use]) -> Iterable[tuple[int, list[Use]]]:
    by_account: dict[str, list[Use]] = {}
    for use in uses:
        by_account.setdefault(use.account or "", []).append(use)
    by_home: dict[int, list[Use]] = {}
    for account, some in by_account.items():
        by_home.setdefault(home_of(account), []).extend(some)
    for home, some in sorted(by_home.items()):
        for start in range(0, len(some), BATCH_MAX):
            yield home, some[start : start + BATCH_MAX]
