"""Batches of top-up cards: made chunk by chunk, gone on with where they were broken off, blocked.

A PIN is written down by whoever asks for it before it is kept here (hashed): what is kept is in the file, and what is in the file and
not kept was never good.
"""

import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from onehall.domains.billing import rules, store
from onehall.domains.billing.actions.cards import hash_of
from onehall.domains.billing.model import Batch
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_of
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store

CHUNK: Final = 2000
T = TypeVar("T")
Pins = list[tuple[str, str]]


async def make_cards(store_: Store, cards: int, amount: Money, expires: datetime) -> tuple[Batch, AsyncIterator[Pins]]:
    """This will begin a batch; the chunks of (serial, PIN) that it gives are kept (hashed) when the next one is asked for.

    No card of it is good before the last one is kept.
    :raises Refusal: `cards.count`, `cards.amount`, `cards.expiry`; of the chunks: `batch.blocked`, `batch.count`, 409.
    """
    now = store_.clock.now()
    rules.cards.check_batch(cards, amount, expires, now)
    async with store_.edge() as tx:
        batch = Batch(tx.home, tx.new_id(), cards, amount.minor, amount.currency, expires, "making", now)
        await store.cards.insert_batch(tx, batch)
    return batch, _chunks(store_, batch, frozenset())


async def resume_cards(store_: Store, batch: str, written: Sequence[tuple[str, str]]) -> tuple[Batch, AsyncIterator[Pins]]:
    """This will go on with a batch that was broken off, after the (serial, PIN) that are `written` down; gives the chunks that are left.

    :raises Refusal: `batch.unknown`, 404; `batch.whole`, `batch.blocked`, `batch.other_file`, 409; of the chunks as `make_cards`.
    """
    found = await _in_making(store_, batch)
    rules.cards.check_serials(found.id, found.cards, [serial for serial, _pin in written])
    hashed = [(hash_of(pin), serial) for serial, pin in written]
    async with store_.edge(found.home) as tx:
        kept = sum([await store.cards.kept(tx, batch, [hash_ for hash_, _serial in some]) for some in _parts(hashed)])
        if kept != await store.cards.count(tx, batch):
            raise Refusal("batch.other_file", _("This file lacks cards of the batch that are kept already."), 409)
    for some in _parts(hashed):
        await _keep(store_, found, some)
    return found, _chunks(store_, found, frozenset(serial for serial, _pin in written))


async def batches_in_making(store_: Store) -> list[Batch]:
    """This will give the batches that are not whole: being made now, or broken off."""
    async with store_.edge(0) as tx:
        return await store.cards.in_making(tx)


async def block_batch(store_: Store, batch: str) -> int:
    """This will block the unused cards of a batch; gives how many.

    :raises Refusal: `batch.unknown`, 404.
    """
    async with store_.edge(_home(batch)) as tx:
        if await store.cards.batch(tx, batch) is None:
            raise _unknown()
        await store.cards.set_batch(tx, batch, "blocked")
        return await store.cards.block(tx, batch)


async def _chunks(store_: Store, batch: Batch, written: frozenset[str]) -> AsyncIterator[Pins]:
    """A PIN is in the file before it is good: what is not in the file was never sold."""
    left = [serial for serial in rules.cards.serials(batch.id, batch.cards) if serial not in written]
    for serials in _parts(left):
        made = [(serial, rules.cards.pin_with_check(secrets.randbelow(10**rules.cards.LUCK_DIGITS))) for serial in serials]
        yield made
        await _keep(store_, batch, [(hash_of(pin), serial) for serial, pin in made])
    await _make_good(store_, batch)


async def _keep(store_: Store, batch: Batch, cards: Sequence[tuple[str, str]]) -> None:
    """Nothing is added to a batch that is whole; what was printed of a blocked one is known as blocked."""
    async with store_.edge(batch.home) as tx:
        status = await store.cards.hold_batch(tx, batch.id)
        if status != "blocked":
            rules.cards.check_making(status)
        await store.cards.insert_cards(tx, batch, cards)


async def _make_good(store_: Store, batch: Batch) -> None:
    """A batch with more or fewer cards than were asked for (two made it at once) is never good."""
    async with store_.edge(batch.home) as tx:
        there = await store.cards.count(tx, batch.id)
        if there != batch.cards:
            raise Refusal(
                "batch.count", _("The batch has {there} cards and not {asked}. Please block it.", there=there, asked=batch.cards), 409
            )
        if not await store.cards.activate(tx, batch.id):
            raise Refusal("batch.blocked", _("This batch was blocked while it was made."), 409)


async def _in_making(store_: Store, batch: str) -> Batch:
    async with store_.edge(_home(batch)) as tx:
        found = await store.cards.batch(tx, batch)
    if found is None:
        raise _unknown()
    rules.cards.check_making(found.status)
    return found


def _unknown() -> Refusal:
    return Refusal("batch.unknown", _("There is no such batch of cards."), 404)


def _home(batch: str) -> int:
    try:
        return home_of(batch)
    except ValueError:
        return 0


def _parts(some: Sequence[T]) -> Iterable[Sequence[T]]:
    return (some[place : place + CHUNK] for place in range(0, len(some), CHUNK))
