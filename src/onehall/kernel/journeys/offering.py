"""What may be begun where: a channel fits a function or not, and the house may have more to say of it."""

from collections.abc import Awaitable, Callable

from onehall.kernel.functions import FUNCTIONS, Function
from onehall.kernel.journeys.channel import CHANNELS, Caller
from onehall.kernel.refusals import missing

Offers = Callable[[Caller, Function], Awaitable[bool]]


async def in_channel(caller: Caller, function: Function) -> bool:
    """This will tell whether a caller's channel offers a function, where nobody has more to say of it."""
    return CHANNELS[caller.channel].fits(function)


async def offered(offers: Offers, name: str, caller: Caller) -> Function:
    """This will give a function that may be begun where the caller is.

    :raises Refusal: `not.found`, 404.
    """
    function = FUNCTIONS.get(name)
    if function is None or not await offers(caller, function):
        raise missing("function")
    return function
