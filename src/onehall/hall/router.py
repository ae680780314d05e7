"""The router: where what a customer begins is better done, cheaper or by a person, and how they are told of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from onehall.hall import bands, fit, rules
from onehall.hall.events import HeldOut, Routed, Suggested
from onehall.hall.functions import HOTLINE
from onehall.kernel.events import tag_of
from onehall.kernel.functions import FUNCTIONS, Function
from onehall.kernel.i18n import ZONE, Text, _
from onehall.kernel.ids import home_of
from onehall.kernel.journeys import CHANNELS, Caller, Row
from onehall.kernel.store import Store

FIRST_TURN: Final = 1
REMEMBERED: Final = timedelta(days=30)
SENT_SQL: Final = """SELECT at, channel FROM event WHERE home = $1 AND party = $2 AND type = $3 AND function = $4 AND at >= $5
    AND body ->> 'way' = 'human' ORDER BY id DESC LIMIT 1"""


class Suggestion(msgspec.Struct, frozen=True):
    """A better way for what was begun; `held_out`: the customer is not told."""

    way: str
    to: str
    band: str
    here_minor: int
    there_minor: int
    held_out: bool

    def fact(self, journey: str) -> Routed:
        """This will say for the log what was suggested, or held back."""
        kind = HeldOut if self.held_out else Suggested
        return kind(journey, self.way, self.to, self.band, self.here_minor, self.there_minor)


def is_fresh(row: Row, caller: Caller) -> bool:
    """This will tell whether a journey stands at its first question, in the channel in which it was begun."""
    return row.open and row.turn <= FIRST_TURN and row.channel == caller.channel and len(row.channels) == 1


async def suggestion(store: Store, row: Row, caller: Caller) -> Suggestion | None:
    """This will look for a better channel than that in which a known customer is; None where theirs is good."""
    function, party = FUNCTIONS.get(row.function), row.party
    now = await fit.sheet(store)
    if function is None or party is None or not now.routing or caller.channel not in now.costs or CHANNELS[caller.channel].programs:
        return None
    simple = _is_simple(function)
    here = _way(now, caller.channel)
    if simple != here.human:  # the simple in a cheap channel, and all else in the hands of a person, are where they should be
        return None
    band = await bands.of(store, party)
    better = rules.better_way(simple, band, here, _others(now, function, caller.channel, band), now.least_minor)
    if better is None:
        return None
    held = rules.is_held_out(party, now.held_out)
    return Suggestion("human" if better.human else "cheaper", better.channel, band, here.minor, better.minor, held)


def shown(found: Suggestion, row: Row, caller: Caller) -> dict[str, Any]:
    """This will say a suggestion to the customer, or to the staff who serve them so that they pass it on, with the reason."""
    function, title = FUNCTIONS[row.function], CHANNELS[found.to].title
    if caller.who.staff:
        return _note(found.way, found.to, _("For the customer's next time: {channel}", channel=title), _pass_on(found.to, function), caller)
    text = _HUMAN.get(found.to, _person)() if found.way == "human" else _cheaper(found.to, function)
    return _note(found.way, found.to, _("Better this way: {channel}", channel=title), text, caller)


async def sent_here(store: Store, row: Row, caller: Caller) -> dict[str, Any] | None:
    """This will say to staff that their customer was told of a person for what they have in hand, and why; None where nobody told them.

    It is way "here": nothing is to be done elsewhere. Only a valued customer's log is looked into.
    """
    function, party = FUNCTIONS.get(row.function), row.party
    if function is None or party is None or not (caller.who.staff and row.open) or _is_simple(function):
        return None
    if not CHANNELS[caller.channel].assisted or not rules.is_valued(await bands.of(store, party)):
        return None
    async with store.edge(party) as tx:
        told = await tx.read_one(SENT_SQL, home_of(party), party, tag_of(Suggested), row.function, tx.now - REMEMBERED)
    return None if told is None else _why_here(told["channel"], told["at"], caller)


def _why_here(channel: str, at: datetime, caller: Caller) -> dict[str, Any]:
    title: Any = CHANNELS[channel].title if channel in CHANNELS else channel
    day = at.astimezone(ZONE).date()
    text = _("We told them so on {at} ({channel}): this is not simple, and a person gladly does it with them.", at=day, channel=title)
    return _note("here", caller.channel, _("Sent to a person: high value"), text, caller)


def _note(way: str, to: str, head: Text, text: Text, caller: Caller) -> dict[str, Any]:
    language = caller.who.language
    title = CHANNELS[to].title.render(language)
    return {"way": way, "channel": to, "title": title, "head": head.render(language), "text": text.render(language)}


def _is_simple(function: Function) -> bool:
    return rules.is_simple(function.family, function.asks, function.proof)


def _others(now: fit.Sheet, function: Function, here: str, band: str) -> list[rules.Way]:
    """The channels that finish the function by themselves, are open to the band, and may be told of; a person's may hand over."""
    found = []
    for name, cost in now.costs.items():
        channel = CHANNELS.get(name)
        if channel is None or name == here or not cost.told or rules.is_closed(now.closed, function.name, name, band):
            continue
        if channel.finishes(function) or (cost.human and channel.fits(function)):
            found.append(_way(now, name))
    return found


def _way(now: fit.Sheet, channel: str) -> rules.Way:
    cost = now.costs[channel]
    return rules.Way(channel, cost.amount.minor, cost.human)


def _cheaper(to: str, function: Function) -> Text:
    if to == "sms" and function.words:
        return _("Next time without a wait, at any hour: send {word} to {number}.", word=function.words[0], number=HOTLINE)
    title: Any = CHANNELS[to].title
    return _("Next time without a wait, at any hour: you can do this yourself here: {channel}.", channel=title)


def _pass_on(to: str, function: Function) -> Text:
    title: Any = CHANNELS[to].title
    if to == "sms" and function.words:
        return _("Do it now, and tell them: at any hour they send {word} to {number}.", word=function.words[0], number=HOTLINE)
    return _("Do it now, and tell them: at any hour, without a wait, they can do it themselves here: {channel}.", channel=title)


def _hotline() -> Text:
    return _("You are one of our most valued customers: a person gladly does this with you. Call {number}, you come first.", number=HOTLINE)


def _desk() -> Text:
    return _("You are one of our most valued customers: in any store a person gladly does this with you, and finds what you entered.")


def _person() -> Text:
    return _("You are one of our most valued customers: a person gladly does this with you.")


_HUMAN: Final[dict[str, Callable[[], Text]]] = {"hotline": _hotline, "desk": _desk}
