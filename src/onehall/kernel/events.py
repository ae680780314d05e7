"""Facts, told in the transaction that made them true: together they are the one log.

A fact is a frozen Struct with a tag, past tense, holding ids and plain values:

    class OrderPlaced(Fact, frozen=True, tag="order.placed"):
        order: str
        party: str

`tx.tell(OrderPlaced(...))` writes it. `@on(OrderPlaced)` names a reaction that will hear it at least once, in order per
key, each in a transaction of its own.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec


class Fact(msgspec.Struct, frozen=True, tag_field="type"):
    """Something that happened. Its first field is its key: facts of one key are heard in the order they were told."""

    @property
    def key(self) -> str:
        """This will give the value by which facts are kept in order."""
        return str(getattr(self, self.__struct_fields__[0]))


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who and what stands behind a transaction; every fact told in it carries these."""

    channel: str = ""
    party: str | None = None
    staff: str | None = None
    journey: str | None = None
    function: str | None = None
    source: str | None = None
    unit: str | None = None


NOBODY = Origin()


class Reaction(msgspec.Struct, frozen=True):
    """One listener: it works in the home that `home` picks from the fact, else in the teller's; `when` tells which facts are for it."""

    name: str
    fact: type[Fact]
    react: Callable[..., Awaitable[None]]
    home: Callable[[Any], int] | None = None
    when: Callable[[Any], bool] | None = None


REACTIONS: dict[str, list[Reaction]] = {}
FACTS: dict[str, type[Fact]] = {}


def tag_of(fact: Fact | type[Fact]) -> str:
    """This will give the name under which a fact is kept: "order.placed"."""
    return str(fact.__struct_config__.tag)


def on(
    fact: type[Fact], *, home: Callable[[Any], int] | None = None, when: Callable[[Any], bool] | None = None
) -> Callable[..., Any]:
    """This will make the decorated `async def react(tx, fact)` hear a kind of fact, or those of it for which `when` says so.

    It must be safe twice.
    :raises ValueError: another reaction has that name.
    """

    def register(react: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        heard = Reaction(f"{react.__module__.split('.')[-2]}.{react.__name__}", fact, react, home, when)
        _check_name(heard)
        FACTS[tag_of(fact)] = fact
        REACTIONS.setdefault(tag_of(fact), []).append(heard)
        return react

    return register


def _check_name(fresh: Reaction) -> None:
    """Work is found by the name of its reaction, so that no two in different files may share one."""
    for heard in (one for listeners in REACTIONS.values() for one in listeners):
        if heard.name == fresh.name and heard.react.__module__ != fresh.react.__module__:
            raise ValueError(f"two reactions are called {fresh.name}")
