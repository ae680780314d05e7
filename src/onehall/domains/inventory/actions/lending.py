"""Numbers that somebody takes along: held for hours for whoever carries them, given up for the journey of the customer who chooses one."""

from datetime import datetime

from onehall.domains.inventory import rules
from onehall.domains.inventory.store import numbers
from onehall.kernel.ids import home_for
from onehall.kernel.store import Store, Tx


async def lend_number(store: Store, number: str, token: str, until: datetime) -> bool:
    """This will hold a number for a token until a time, for whoever takes it along; False when it cannot be had. Safe twice."""
    known = rules.check_number(number)
    return await store.run(home_for(known), lambda tx: numbers.take(tx, known, token, until))


async def give_back_number(store: Store, number: str, token: str) -> None:
    """This will let a number go that the token has; when it has it no more, nothing happens."""
    await store.run(home_for(number), lambda tx: end_lease(tx, number, token))


async def end_lease(tx: Tx, number: str, token: str) -> None:
    """This will let a number go that the token has. `tx` stands in the number's home."""
    await numbers.release(tx, number, token)
