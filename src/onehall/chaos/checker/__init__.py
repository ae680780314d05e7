"""What must be true of the tables whatever happened to the house.

Written apart from the rooms that fill the tables, in SQL of its own, so that a mistake there is not made here again. Each invariant
is a function; its first line says it in business words.
"""

from typing import Final

from onehall.chaos.checker.kits import kit_leases_end
from onehall.chaos.checker.log import facts_heard_once, log_whole_and_in_order
from onehall.chaos.checker.marketing import no_marketing_after_the_stop
from onehall.chaos.checker.money import balances_are_their_postings, books_sum_to_zero, payment_posted_once
from onehall.chaos.checker.orders import paid_order_done_or_refunded
from onehall.chaos.checker.reading import Fault, Invariant, Reader, reader_on, reading
from onehall.chaos.checker.things import five_lines_a_person, nothing_held_for_nobody, number_has_one_holder
from onehall.chaos.checker.waiting import journey_moves_on, nothing_given_up, work_is_done

__all__ = ["INVARIANTS", "Fault", "check", "look", "reader_on", "reading", "words"]
INVARIANTS: Final[dict[str, Invariant]] = {
    invariant.__name__: invariant
    for invariant in (
        number_has_one_holder, nothing_held_for_nobody, five_lines_a_person, payment_posted_once, paid_order_done_or_refunded,
        books_sum_to_zero, balances_are_their_postings, log_whole_and_in_order, facts_heard_once, journey_moves_on, work_is_done,
        nothing_given_up, no_marketing_after_the_stop, kit_leases_end,
    )
}  # fmt: skip


async def check(dsn: str, explained: frozenset[str] = frozenset()) -> list[Fault]:
    """This will look for everything that is not as it must be, in one snapshot, reading only.

    `explained`: kinds of work that may have been given up, because the world was told to be away.
    """
    async with reading(dsn, explained) as reader:
        return await look(reader)


async def look(reader: Reader) -> list[Fault]:
    """This will look at one snapshot."""
    return [fault for invariant in INVARIANTS.values() for fault in await invariant(reader)]


def words(invariant: str) -> str:
    """This will say an invariant in business words."""
    return str(INVARIANTS[invariant].__doc__).partition("\n")[0]
