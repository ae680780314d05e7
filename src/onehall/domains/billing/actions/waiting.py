"""Records of use that cannot be charged yet: tried again when their number gets an account or a plan, told of when they wait too long."""

from datetime import timedelta
from typing import Any, Final

import msgspec

from onehall.domains.billing import events, store
from onehall.domains.billing.actions.intake import NO_NUMBER, account_for, charged_for
from onehall.domains.billing.actions.rating import take_in
from onehall.domains.billing.model import Outcome, Subscription, Use
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.settings import current
from onehall.kernel.store import Tx

PAGE: Final = 500
NUMBERS_MAX: Final = 10_000
NAMED_MAX: Final = 20
LAST_TRY: Final = timedelta(hours=1)


async def subscribe(tx: Tx, one: Subscription) -> bool:
    """This will have an account charged by what it subscribes to, and try records again that waited for a plan; safe twice."""
    new = await store.rating.subscribe(tx, one)
    if new and one.kind == "plan" and one.number:
        look_again(tx, one.number)
    return new


def look_again(tx: Tx, number: str) -> None:
    """This will have the records tried again that wait for a number."""
    tx.later("billing.retry_waiting", {"number": number}, works_in=home_for(number))


async def retry(tx: Tx, number: str, after: str = "") -> None:
    """This will send a number's waiting records to the accounts that are charged for them now; `tx` stands in the number's home."""
    some = await store.intake.waiting(tx, number, after, PAGE)
    if not some:
        return
    held = await charged_for(tx, [use for _, use, _ in some])
    now = (await store.rating.routes(tx, [number])).get(number)
    for _, use, doc in some:
        send(tx, use, held.get((use.source, use.record)) or now, waited=True, doc=doc)
    if len(some) == PAGE:
        tx.later("billing.retry_waiting", {"number": number, "after": some[-1][0]}, works_in=tx.home)


async def hear(tx: Tx, use: Use) -> None:
    """This will have one record rated that a network element told of; `tx` stands in the home of its number."""
    account = await account_for(tx, use)
    if account is None:
        await store.rating.keep_waiting(tx, [Outcome(use, "waiting", NO_NUMBER)])
    send(tx, use, account)


def send(tx: Tx, use: Use, account: str | None, *, waited: bool = False, doc: Any = None) -> None:
    """This will have a record taken in where its account lives."""
    if account is not None:
        body = {"use": msgspec.structs.replace(use, account=account), "waited": waited, "doc": doc}
        tx.later("billing.use_here", body, works_in=home_of(account), lane=f"use|{account}")


async def take_in_here(tx: Tx, body: dict[str, Any]) -> None:
    """This will take in a record that was sent to its account, and tell its number's home what became of it."""
    use = msgspec.convert(body["use"], Use, strict=False)
    [*_, outcome] = await take_in(tx, [use])
    waits, id_ = outcome.state == "waiting", store.rating.usage_id(tx.home, use.source, use.record)
    if body.get("doc") and not waits:
        await store.intake.say(tx, id_, body["doc"])
    if waits != body["waited"]:
        said = {"use": use, "why": outcome.why, "became": id_}
        tx.later("billing.use_waits" if waits else "billing.use_taken", said, works_in=home_for(use.number))


async def keep(tx: Tx, body: dict[str, Any]) -> None:
    """This will keep a record for later, in the home of its number."""
    await store.rating.keep_waiting(tx, [Outcome(msgspec.convert(body["use"], Use, strict=False), "waiting", body["why"])])


async def forget(tx: Tx, body: dict[str, Any]) -> None:
    """This will let a record go that waits no more."""
    use = msgspec.convert(body["use"], Use, strict=False)
    await store.intake.forget_waiting(tx, store.intake.waiting_id(use), body.get("became"))


async def sweep(tx: Tx, day: str) -> None:
    """This will try every waiting record once more, and end the wait of those that waited too long."""
    for number in await store.intake.waiting_numbers(tx, NUMBERS_MAX):
        home, body = home_for(number), {"number": number}
        tx.later("billing.retry_waiting", body, works_in=home, once=f"{number}:{day}")
        tx.later("billing.give_up_waiting", body, works_in=home, once=f"{number}:{day}", due=tx.now + LAST_TRY)


async def give_up(tx: Tx, number: str) -> int:
    """This will end the wait of a number's records that waited as many days as they may; they are kept, and told of by reason."""
    rows = await store.intake.give_up(tx, number, tx.now - timedelta(days=current().usage_wait_days))
    for why in sorted({row["why"] for row in rows}):
        names = sorted(f"{row['source']}:{row['record']}" for row in rows if row["why"] == why)
        tx.tell(events.UseGivenUp(number, len(names), why, names[:NAMED_MAX]))
    return len(rows)

