"""Numbers across homes: a line sells and returns its number by a job that works where the number lives."""

from collections.abc import Callable, Sequence
from typing import Any

from onehall.domains.inventory import rules
from onehall.domains.inventory.events import NumberReleased, NumberSold
from onehall.domains.inventory.model import StockNumber
from onehall.domains.inventory.store import numbers
from onehall.kernel.ids import home_for, home_of
from onehall.kernel.store import Tx

Answer = dict[str, Any]


async def stock_numbers(tx: Tx, rows: Sequence[StockNumber], tier: Callable[[str], int] | None = None) -> list[str]:
    """This will put numbers of any homes into stock, each in its tier; gives those that were new.

    `tier` sorts numbers into tiers (rules.tier_of_many); made here when not given.
    :raises Refusal: `number.form`, 422; nothing is added then.
    """
    read = tier or rules.tier_of_many(await numbers.patterns(tx))
    for row in rows:
        rules.check_number(row.number)
    return await numbers.add(tx, [(row, read(row.number), rules.tail_mask(row.number)) for row in rows])


async def count_stock(tx: Tx) -> None:
    """This will have the database count the pool anew; to be done after many numbers were added."""
    await numbers.take_stock(tx)


async def put_in_pool(tx: Tx, number: str, pool: str) -> bool:
    """This will set a number aside for a private pool; False when it cannot be had. `tx` stands in the number's home."""
    return await numbers.put_in_pool(tx, number, pool)


async def take_out_of_pool(tx: Tx, number: str, pool: str) -> bool:
    """This will give a free number of a private pool back to the open stock. `tx` stands in the number's home."""
    return await numbers.take_out_of_pool(tx, number, pool)


def sell_number(tx: Tx, number: str, token: str, line: str, to: Answer | None = None) -> None:
    """This will have a held number go to a line, once. The work is done where the number lives.

    `to` = {"kind": name of a job, "body": {...}}: it is left in the line's home with "sold" and "number" in its body.
    """
    body = {"number": number, "token": token, "line": line, "to": to, "origin": tx.origin}
    tx.later("inventory.sell_number", body, works_in=home_for(number), once=f"{number}|{line}")


def release_number(tx: Tx, number: str, line: str, *, unused: bool = True) -> None:
    """This will have a line's number come back: free at once if it was never used, else after its rest. Safe twice."""
    body = {"number": number, "line": line, "unused": unused, "origin": tx.origin}
    tx.later("inventory.release_number", body, works_in=home_for(number))


async def sell_here(tx: Tx, number: str, token: str, line: str, to: Answer | None) -> bool:
    """This will sell a number in its own home, and answer whoever asked. Done twice, it is done once."""
    found = await numbers.find(tx, number)
    sold = found is not None and rules.may_be_sold(found, token, line, tx.now)
    if sold and found is not None and found.state != "sold":
        numbers.sell(tx, found, line)
        tx.tell(NumberSold(number, line))
    if to:
        tx.later(to["kind"], {**to.get("body", {}), "sold": sold, "number": number}, works_in=home_of(line))
    return sold


async def take_back_here(tx: Tx, number: str, line: str, unused: bool) -> None:
    """This will take a number back in its own home; when the line does not have it, nothing happens."""
    until = rules.rest_until(tx.now, unused)
    if await numbers.take_back(tx, number, line, until):
        tx.tell(NumberReleased(number, line, until))
