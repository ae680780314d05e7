"""`onehall cards`: makes top-up cards, whose PINs are written to one file and kept nowhere else, or blocks a batch."""

import csv
import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from onehall.domains import billing
from onehall.kernel import settings
from onehall.kernel.money import Money, money
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import Settings
from onehall.kernel.store import Store
from onehall.launch import database
from onehall.launch.trouble import Trouble

Say = Callable[[str], None]


async def make(rules_: Settings, say: Say, count: int, amount: str, out: Path, days: int) -> None:
    """This will make a batch of cards; the file is new and readable by its owner only. Batches that were broken off are named.

    :raises Trouble: the file is there already, or there are no such cards.
    """
    async with database.opened(settings.install(rules_), say) as store:
        await _name_broken_off(store, say)
        if out.exists():
            raise _there(out)
        try:
            expires = store.clock.now() + timedelta(days=days)
            batch, chunks = await billing.actions.make_cards(store, count, _worth(amount), expires)
            with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(("batch", "serial", "pin", "amount", "good_until"))
                async for chunk in chunks:
                    for serial, pin in chunk:
                        writer.writerow((batch.id, serial, billing.rules.cards.grouped(pin), batch.amount.decimal(), f"{expires:%Y-%m-%d}"))
                    file.flush()
                    os.fsync(file.fileno())
        except FileExistsError as error:
            raise _there(out) from error
        except Refusal as refusal:
            raise Trouble(str(refusal)) from refusal
    say(f"{count} cards of {batch.amount} in {out}, batch {batch.id}")


async def block(rules_: Settings, say: Say, batch: str) -> None:
    """This will block the unused cards of a batch.

    :raises Trouble: there is no such batch.
    """
    async with database.opened(settings.install(rules_), say) as store:
        try:
            blocked = await billing.actions.block_batch(store, batch)
        except Refusal as refusal:
            raise Trouble(str(refusal)) from refusal
    say(f"{blocked} unused cards of batch {batch} are blocked")


async def _name_broken_off(store: Store, say: Say) -> None:
    for one in await billing.actions.batches_in_making(store):
        since = f"since {one.made:%Y-%m-%d %H:%M} UTC"
        say(f"batch {one.id} of {one.cards} cards is not whole {since}: no card of it is good; if it was broken off, --block {one.id}")


def _there(out: Path) -> Trouble:
    return Trouble(f"{out} is there already; PINs are written to a new file only")


def _worth(amount: str) -> Money:
    try:
        return money(Decimal(amount))
    except (ValueError, InvalidOperation) as error:
        raise Trouble(f"{amount} is no amount") from error
