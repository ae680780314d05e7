"""Changing the fit: cells of the matrix, costs of a contact, and how suggestions are made. Each change is in the log with who made it.

The process that changes it sees it at once; where a house has several, the answer waits until all the others have seen it too.
"""

import asyncio
from collections.abc import Awaitable, Callable

from onehall.hall import fit, rules
from onehall.hall.events import CostChanged, FitChanged, RoutingChanged
from onehall.kernel.events import Fact, Origin
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.i18n import _
from onehall.kernel.journeys import CHANNELS
from onehall.kernel.money import CURRENCY
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx

COST_MINOR_MAX = 1_000_000
Change = Callable[[Tx], Awaitable[Fact | None]]


async def set_cell(store: Store, cell: fit.Cell, *, offered: bool, origin: Origin) -> None:
    """This will open or close a function in a channel, for a band of customers or ("") for all.

    :raises Refusal: `not.found`, 404: there is no such cell.
    """
    function, channel, band = cell
    known = FUNCTIONS.get(function)
    if known is None or channel not in CHANNELS or not CHANNELS[channel].fits(known) or band not in ("", *rules.BANDS):
        raise missing(_("cell"))

    async def change(tx: Tx) -> Fact | None:
        if offered:
            sql = "DELETE FROM fit_closed WHERE function = $1 AND channel = $2 AND band = $3 RETURNING function"
            changed = await tx.write_one(sql, *cell)
        else:
            changed = await tx.write_one(
                "INSERT INTO fit_closed (function, channel, band, staff, at) VALUES ($1, $2, $3, $4, $5) "
                "ON CONFLICT DO NOTHING RETURNING function",
                *cell, origin.staff, tx.now,
            )  # fmt: skip
        return FitChanged(function, channel, band, offered) if changed else None

    await _change(store, change, origin)


async def set_cost(store: Store, channel: str, minor: int, *, human: bool, told: bool, origin: Origin) -> None:
    """This will say what one contact in a channel costs, in minor units; whether a person serves it; whether customers are told of it.

    Whoever saves an example as it stands says that it is right: from then on it is theirs.

    :raises Refusal: `not.found`, 404; `cost.invalid`, 422.
    """
    if channel not in CHANNELS:
        raise missing(_("channel"))
    if not 0 <= minor <= COST_MINOR_MAX:
        raise Refusal("cost.invalid", _("A contact costs between 0 and 10,000."), 422)

    async def change(tx: Tx) -> Fact | None:
        before = await tx.read_one("SELECT minor, human, told, example FROM contact_cost WHERE channel = $1", channel)
        if before and tuple(before) == (minor, human, told, False):
            return None
        await tx.write(
            "INSERT INTO contact_cost (channel, minor, currency, human, told, staff, at, example) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, false) ON CONFLICT (channel) DO UPDATE SET minor = excluded.minor, "
            "currency = excluded.currency, human = excluded.human, told = excluded.told, example = false, staff = excluded.staff, "
            "at = excluded.at",
            channel, minor, CURRENCY, human, told, origin.staff, tx.now,
        )  # fmt: skip
        return CostChanged(channel, minor, CURRENCY, before["minor"] if before else None, human, told)

    await _change(store, change, origin)


async def set_routing(store: Store, *, active: bool, held_out: int, least_minor: int, origin: Origin) -> None:
    """This will turn suggestions on or off, and say from which share (per cent) of customers they are withheld and what they must save.

    :raises Refusal: `routing.invalid`, 422.
    """
    if not 0 <= held_out <= rules.SHARES or not 0 <= least_minor <= COST_MINOR_MAX:
        raise Refusal("routing.invalid", _("The share is between 0 and 100 per cent, the saving between 0 and 10,000."), 422)

    async def change(tx: Tx) -> Fact | None:
        changed = await tx.write_one(
            "UPDATE fit_edition SET routing = $1, held_out = $2, least_minor = $3 "
            "WHERE id = 1 AND (routing, held_out, least_minor) IS DISTINCT FROM ($1, $2, $3) RETURNING id",
            active, held_out, least_minor,
        )  # fmt: skip
        return RoutingChanged(active, held_out, least_minor) if changed else None

    await _change(store, change, origin)


async def _change(store: Store, change: Change, origin: Origin) -> None:
    async def work(tx: Tx) -> bool:
        told = await change(tx)
        if told is not None:
            await tx.write("UPDATE fit_edition SET version = version + 1 WHERE id = 1")
            tx.tell(told)
        return told is not None

    if await store.run(0, work, origin):
        await fit.learn(store)
        if fit.has_company(store):
            await asyncio.sleep(fit.CHECK_SECONDS)
