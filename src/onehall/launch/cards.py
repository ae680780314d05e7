"""`onehall cards`: makes top-up cards, whose PINs are written to one file and kept nowhere else, goes on with or blocks a batch."""

import csv
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TextIO

from onehall.domains import billing
from onehall.domains.billing import Batch
from onehall.kernel import settings
from onehall.kernel.money import Money, money
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import Settings
from onehall.kernel.store import Store
from onehall.launch import database
from onehall.launch.trouble import Trouble

Say = Callable[[str], None]
HEAD = ("batch", "serial", "pin", "amount", "good_until")
END = b"\r\n"


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
                _alone(file, out)
                csv.writer(file).writerow(HEAD)
                await _write(file, batch, chunks)
        except FileExistsError as error:
            raise _there(out) from error
        except Refusal as refusal:
            raise Trouble(str(refusal)) from refusal
    say(f"{count} cards of {batch.amount} in {out}, batch {batch.id}")


async def resume(rules_: Settings, say: Say, out: Path) -> None:
    """This will go on with a batch that was broken off, in the file that it was written to; what is there stays.

    :raises Trouble: there is no such file, it is another batch's, or the batch is whole or blocked.
    """
    async with database.opened(settings.install(rules_), say) as store:
        try:
            with out.open("r+", newline="") as file:
                _alone(file, out)
                name, written, good = _read(out)
                batch, chunks = await billing.actions.resume_cards(store, name, written)
                file.truncate(good)
                file.seek(good)
                await _write(file, batch, chunks)
        except OSError as error:
            raise Trouble(f"{out} cannot be gone on with: {error.strerror}") from error
        except Refusal as refusal:
            raise Trouble(str(refusal)) from refusal
    say(f"{len(written)} cards were there, {batch.cards - len(written)} were added: {batch.cards} cards of {batch.amount} in {out}")


async def _write(file: TextIO, batch: Batch, chunks: AsyncIterator[list[tuple[str, str]]]) -> None:
    writer = csv.writer(file)
    async for chunk in chunks:
        for serial, pin in chunk:
            writer.writerow((batch.id, serial, billing.rules.cards.grouped(pin), batch.amount.decimal(), f"{batch.expires:%Y-%m-%d}"))
        file.flush()
        os.fsync(file.fileno())


def _alone(file: TextIO, out: Path) -> None:
    """One process writes to a file; one that is killed lets go."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Trouble(f"{out} is being written to by another process") from error


def _read(out: Path) -> tuple[str, list[tuple[str, str]], int]:
    """What is whole in a file: its batch, (serial, PIN), and how many bytes; the line that a kill cut off is not.

    :raises Trouble: it has no card, or a line that is none.
    """
    whole = out.read_bytes()
    good = whole.rfind(END) + len(END) if END in whole else 0
    rows = list(csv.reader(whole[:good].decode("utf-8", "replace").splitlines()))
    if len(rows) < 2 or tuple(rows[0]) != HEAD:
        raise Trouble(f"{out} has no card yet: block its batch, and make another to a new file")
    try:
        written = [(serial, billing.rules.cards.card_pin(pin)) for _batch, serial, pin, _amount, _until in rows[1:]]
    except (ValueError, Refusal) as error:
        raise Trouble(f"{out} has a line that is no card") from error
    if len({row[0] for row in rows[1:]}) != 1:
        raise Trouble(f"{out} has cards of several batches")
    return rows[1][0], written, good


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
        then = f"if it was broken off, --resume with its file, or --block {one.id}"
        say(f"batch {one.id} of {one.cards} cards is not whole {since}: no card of it is good; {then}")


def _there(out: Path) -> Trouble:
    return Trouble(f"{out} is there already; PINs are written to a new file only")


def _worth(amount: str) -> Money:
    try:
        return money(Decimal(amount))
    except (ValueError, InvalidOperation) as error:
        raise Trouble(f"{amount} is no amount") from error
