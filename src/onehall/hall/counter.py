"""The counter: what every channel calls, and all that it may call."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from onehall.domains import party
from onehall.hall import fit, rating, router
from onehall.hall.view import View, view
from onehall.hall.window import Window
from onehall.kernel.functions import FUNCTIONS, Function
from onehall.kernel.i18n import Words, _, keep, render
from onehall.kernel.identity.codes import phone_of
from onehall.kernel.identity.limits import Limits
from onehall.kernel.identity.names import PHONE, party_of
from onehall.kernel.ids import home_for
from onehall.kernel.journeys import BadAnswer, Caller, Engine, Option, Row, hand_over
from onehall.kernel.journeys.facts import origin
from onehall.kernel.journeys.hand_over import HandOver
from onehall.kernel.journeys.holders import may_answer, may_see
from onehall.kernel.journeys.listing import open_journeys
from onehall.kernel.journeys.signals import Finder
from onehall.kernel.refusals import missing
from onehall.kernel.settings import current
from onehall.kernel.store import Store
from onehall.kernel.visits import Visits

PAGE = 30


class Known(msgspec.Struct, frozen=True):
    """A customer known by their phone, or by an account elsewhere."""

    party: str
    language: str


GLANCE_MAX = 200


class Hall:
    """One hall over one store. Channels give it a Caller and get a View; they know nothing else of the house."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.visits = Visits(store)
        self.engine = Engine(store, self.visits, self.offers)
        self.window = Window(store)
        self.limits = Limits(current())

    async def functions(self, caller: Caller, words: str = "") -> list[Function]:
        """This will give the functions that this channel offers the caller, by family; `words` filters by title or SMS word."""
        found = await fit.offered(self.store, caller)
        return [function for function in found if _matches(function, words, caller)] if words.strip() else list(found)

    async def offers(self, caller: Caller, function: Function) -> bool:
        """This will tell whether the caller may begin a function here, as the matrix of fit says now."""
        return await fit.offers(self.store, caller, function)

    async def start(self, caller: Caller, function: str, given: dict[str, Any] | None = None, key: str | None = None) -> View:
        """This will begin a journey, or serve at once a function that has nothing to ask.

        :raises Refusal: 404 no such function in this channel.
        """
        began = self.store.clock.now()
        row = await self.engine.start(function, caller, given, key)
        shown = await self._view(row, caller)
        shown.suggestion = await self._suggested(row, caller, told=row.created >= began)
        return shown

    async def see(self, caller: Caller, journey: str) -> View:
        """This will show a journey.

        :raises Refusal: 404, there is none, or it is not the caller's to see.
        """
        row = await self._visible(caller, journey)
        shown = await self._view(row, caller, elsewhere=row.open and not may_answer(row, caller))
        fresh = router.is_fresh(row, caller)
        shown.suggestion = await (self._suggested(row, caller) if fresh else router.sent_here(self.store, row, caller))
        return shown

    async def answer(self, caller: Caller, journey: str, key: str, turn: int, value: Any) -> View:
        """This will hear an answer and show what follows.

        :raises BadAnswer: 422, with `facts["view"]`: the answer does not fit.
        """
        row = await self._visible(caller, journey)
        if not may_answer(row, caller):
            return await self._view(row, caller, elsewhere=row.open)
        try:
            return await self._view(await self.engine.reply(row, caller, key, turn, value), caller)
        except BadAnswer as bad:
            bad.facts["view"] = await self.see(caller, journey)
            raise

    async def options(self, caller: Caller, journey: str, words: str = "", offset: int = 0) -> list[dict[str, Any]]:
        """This will search the options of the open question; a page of thirty."""
        row = await self._visible(caller, journey)
        found = await self.engine.look(row, caller, _searching(words))
        return _page(found, caller, offset, PAGE)

    async def glance(
        self, caller: Caller, function: str, given: dict[str, Any] | None = None, words: str = "", offset: int = 0, limit: int = PAGE
    ) -> View:
        """This will show what a function would ask first, with its options, or say at once, without beginning a journey.

        So a shop window shows what a function would offer. At most `GLANCE_MAX` options; `more` says that others follow.
        :raises Refusal: 404 no such function in this channel, or what the function itself refuses.
        """
        row, found = await self.engine.glance(function, caller, given or {}, _searching(words))
        limit = min(limit, GLANCE_MAX)
        shown = await self._view(row, caller)
        if shown.question is not None:
            shown.question |= {"options": _page(found, caller, offset, limit), "more": len(found) > offset + limit}
        return shown

    async def hand_over(self, caller: Caller, journey: str) -> HandOver:
        """This will make a code by which the journey goes on in another channel.

        :raises Refusal: 404 not the caller's; 409 it is over, or in other hands.
        """
        row = await self._visible(caller, journey)
        if not may_answer(row, caller):
            raise missing("journey")
        return await hand_over.offer(self.engine, row, caller)

    async def take(self, caller: Caller, code: str) -> View:
        """This will take a journey over by its six digits, its link, or the token of that link.

        :raises Refusal: 404, 409, 410, 403; 429 after too many tries.
        """
        self._count_try(caller)
        return await self._view(await hand_over.take(self.engine, code, caller), caller)

    async def offered(self, caller: Caller, link: str) -> HandOver:
        """This will show what a link brings before it is taken.

        :raises Refusal: as `take` does.
        """
        self._count_try(caller)
        return await hand_over.look(self.engine, link, caller)

    async def send_hand_over(self, caller: Caller, made: HandOver, phone: str = "") -> str:
        """This will send a link by SMS to the customer's own phone, or, while nobody knows the customer, to `phone`; gives where it went.

        :raises Refusal: 422 there is no phone, or it is none; 429.
        """
        row = await self._visible(caller, made.journey)
        language = caller.who.language
        if row.party:
            async with self.store.edge(row.party) as tx:
                contact = await party.queries.contact(tx, row.party)
            phone, language = contact.phone or phone, contact.language or language
        to, now = phone_of(phone), self.store.clock.now()
        self.limits.sms.take(f"hand-over:{to}", now)
        text = _("{title} goes on here: {link} or with the code {code}, until {until}.",
                 title=row.works.title, link=made.link, code=made.code, until=made.by_clock(now))  # fmt: skip
        async with self.store.edge(row.home) as tx:
            tx.later("sms.send", {"to": to, "text": keep(text), "language": language}, once=f"hand-over:{made.token}")
        return to

    def _count_try(self, caller: Caller) -> None:
        """Codes can be guessed at: whoever tries is counted by name, and a stranger by address too, as names cost nothing."""
        now = self.store.clock.now()
        self.limits.hand_over.take(caller.holder or caller.who.address, now)
        if caller.who.address and not (caller.who.staff or caller.who.party):
            self.limits.hand_over_address.take(caller.who.address, now)

    async def whose_phone(self, phone: str) -> Known | None:
        """This will give the customer whose phone it is, and their language; None when it is nobody's."""
        return await self.whose(PHONE, phone)

    async def whose(self, kind: str, name: str) -> Known | None:
        """This will give the customer whom a login name of a kind names, and their language; None when it is nobody's."""
        async with self.store.edge(home_for(name)) as tx:
            named = await party_of(tx, kind, name)
        if named is None:
            return None
        async with self.store.edge(named) as tx:
            contact = await party.queries.contact(tx, named)
        return Known(named, contact.language or current().language)

    async def mine(self, caller: Caller) -> list[View]:
        """This will show the journeys that the caller can continue, newest first."""
        if not caller.customer:
            return []
        async with self.store.edge(caller.customer) as tx:
            rows = await open_journeys(tx, caller.customer)
        return [await self._view(row, caller, elsewhere=not may_answer(row, caller)) for row in rows if may_see(row, caller)]

    async def _view(self, row: Row, caller: Caller, *, elsewhere: bool = False) -> View:
        """What follows an end is shown where it is offered."""
        follow = frozenset(one.name for one in await fit.offered(self.store, caller)) if row.said else frozenset()
        shown = view(row, caller, elsewhere=elsewhere, follow=follow)
        if shown.said and rating.NAME in follow and rating.asked(row, caller):
            shown.rate = rating.WORD
            shown.said["next"].append({"function": rating.NAME, "title": FUNCTIONS[rating.NAME].title.render(caller.who.language)})
        return shown

    async def _suggested(self, row: Row, caller: Caller, *, told: bool = False) -> dict[str, Any] | None:
        """A better channel for what was begun, in words, or why staff have it; whoever is held out is counted and not told."""
        found = await router.suggestion(self.store, row, caller)
        if found is None:
            return await router.sent_here(self.store, row, caller)
        if told:
            self.visits.count(self.store.clock.now(), found.fact(row.id), origin(row, caller))
        return None if found.held_out else router.shown(found, row, caller)

    async def _visible(self, caller: Caller, journey: str) -> Row:
        row = await self.engine.see(journey)
        if not may_see(row, caller):
            raise missing("journey")
        return row


def _matches(function: Function, words: str, caller: Caller) -> bool:
    wanted = words.strip().lower()
    title: Words = function.title
    shown = render(msgspec.to_builtins(title), caller.who.language).lower()
    return wanted in shown or wanted in function.name or any(wanted.upper() == word for word in function.words)


def _searching(words: str) -> Callable[[Finder | None], Awaitable[Sequence[Option]]]:
    async def search(finder: Finder | None) -> Sequence[Option]:
        return [] if finder is None else await finder(words[:100])

    return search


def _page(found: Sequence[Option], caller: Caller, offset: int, limit: int) -> list[dict[str, Any]]:
    options = render(msgspec.to_builtins(list(found[offset : offset + limit])), caller.who.language)
    return [{name: value for name, value in option.items() if name != "holds"} for option in options]
