"""Functions: what a person can have done, each written once and served by every channel that fits it."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from onehall.kernel.i18n import Text
from onehall.kernel.identity.proof import Proof
from onehall.kernel.money import ZERO, Money

if TYPE_CHECKING:
    from onehall.kernel.journeys import Journey, Said


class Ask(StrEnum):
    """The kinds of question a function may put; a channel says which it can put to its people."""

    CHOOSE = "choose"
    ENTER = "enter"
    CONFIRM = "confirm"
    PAY = "pay"
    PROVE = "prove"
    PICK_TIME = "pick_time"
    ATTACH = "attach"
    SIGN = "sign"
    WAIT = "wait"


class Function(msgspec.Struct, frozen=True):
    """A function and what the decorator says of it.

    `words` are the SMS keywords that reach it; `takes` are the question keys that an SMS may answer in one breath
    ("CZ 50"); `asks` are the kinds of question it puts; `cost_by_hand` is what a clerk's minutes for it cost;
    `but` names channels in which it is not offered; `for_staff` functions are offered to staff only; `secret` are the keys
    of what is entered that nobody may read: it is kept sealed, and every view shows a mask. `why` says why it is not offered
    everywhere.
    """

    name: str
    title: Text
    run: Callable[["Journey"], Awaitable["Said"]]
    proof: Proof = Proof.NONE
    words: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    family: str = "serve"
    asks: frozenset[Ask] = frozenset()
    cost_by_hand: Money = Money(0)
    but: frozenset[str] = frozenset()
    for_staff: bool = False
    version: int = 1
    secret: frozenset[str] = frozenset()
    why: Text | None = None

    @property
    def looks(self) -> bool:
        """This will tell whether it only looks: it asks nothing and does nothing, so that begun twice it is the same twice."""
        return self.family == "query" and not self.asks

    @property
    def room(self) -> str:
        """This will name the domain or story that owns the function."""
        parts = self.run.__module__.split(".")
        return parts[-2] if parts[-1] == "functions" else parts[-1]


FAMILIES = ("sell", "handle", "recharge", "query", "serve")
FUNCTIONS: dict[str, Function] = {}


def function(
    name: str, *, title: Text, family: str, proof: Proof = Proof.NONE, words: tuple[str, ...] = (),
    takes: tuple[str, ...] = (), asks: str = "", cost_by_hand: Money = ZERO, but: tuple[str, ...] = (),
    for_staff: bool = False, version: int = 1, secret: tuple[str, ...] = (), why: Text | None = None,
) -> Callable[[Any], Any]:  # fmt: skip
    """This will register `async def f(journey) -> Said` as something a person can have done.

    `asks` names the kinds of question in words: "choose confirm pay".
    :raises ValueError: the name is taken, or the family unknown.
    """

    def register(run: Callable[["Journey"], Awaitable["Said"]]) -> Callable[["Journey"], Awaitable["Said"]]:
        if name in FUNCTIONS and FUNCTIONS[name].run.__qualname__ != run.__qualname__:
            raise ValueError(f"two functions are called {name}")
        if family not in FAMILIES:
            raise ValueError(f"{name}: no family {family}")
        FUNCTIONS[name] = Function(
            name, title, run, proof, words, takes, family, frozenset(Ask(kind) for kind in asks.split()), cost_by_hand,
            frozenset(but), for_staff, version, frozenset(secret), why,
        )  # fmt: skip
        return run

    return register
