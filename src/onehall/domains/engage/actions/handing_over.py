"""What is stamped as sent is handed to the world outside, some at a time; before each some their customers' standing is looked at again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from onehall.domains import party
from onehall.domains.engage import events, rules, store
from onehall.domains.engage.actions.sending import go_on, tell_failed, tell_withdrawn
from onehall.domains.engage.model import Campaign, Contact
from onehall.kernel.i18n import LANGUAGES, _
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import current
from onehall.kernel.store import Store, Tx
from onehall.ports import World
from onehall.ports.push import Device

GROUP = 20
"""So many leave together after one look: a stop is obeyed within the time that these take."""
NOTICE = "offer:content"
"""The template of WeChat and its field, where no other is set."""
Outcome = tuple[str, str]


async def deliver(world: World, body: dict[str, Any]) -> Callable[[Tx], Awaitable[None]]:
    """This will hand over contacts of one home that are still allowed; gives what is to be written then.

    :raises Later: the world is not there; what was taken is not taken twice when this is done again.
    """
    store_: Store = world.engine.store
    async with store_.edge(body["home"]) as tx:
        one = await store.campaigns.find(tx, body["campaign"])
        waiting = await store.contacts.waiting(tx, body["contacts"])
    outcomes: dict[str, Outcome] = {}
    if one is not None:
        for place in range(0, len(waiting), GROUP):
            outcomes |= await _group(world, store_, body["home"], one, waiting[place : place + GROUP])
    return _answer(body, one, outcomes)


def _answer(body: dict[str, Any], one: Campaign | None, outcomes: dict[str, Outcome]) -> Callable[[Tx], Awaitable[None]]:
    async def answer(tx: Tx) -> None:
        ended = {state: [id_ for id_, outcome in outcomes.items() if outcome[0] == state] for state in ("delivered", "withdrawn", "failed")}
        if delivered := await store.contacts.end(tx, ended["delivered"], "delivered"):
            tx.tell(events.MarketingDelivered(body["campaign"], len(delivered)))
        if ended["withdrawn"]:
            tell_withdrawn(tx, await store.contacts.end(tx, ended["withdrawn"], "withdrawn"))
        if ended["failed"]:
            tell_failed(tx, await store.contacts.end(tx, ended["failed"], "failed", "refused"))
        if one is not None:
            await go_on(tx, one, body["lane"], body["rest"])

    return answer


async def _group(world: World, store_: Store, home: int, one: Campaign, some: Sequence[Contact]) -> dict[str, Outcome]:
    async with store_.edge(home) as tx:
        standings = await party.queries.standings(tx, home, [each.party for each in some])
    allowed = [each for each in some if rules.still_allowed(each.way, standings.get(each.party))]
    outcomes: dict[str, Outcome] = {each.id: ("withdrawn", "") for each in some if each not in allowed}
    taken = await asyncio.gather(*(_hand_over(world, one, each) for each in allowed), return_exceptions=True)
    for each, outcome in zip(allowed, taken, strict=True):
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome is not None:
            outcomes[each.id] = outcome
    return outcomes


async def _hand_over(world: World, one: Campaign, contact: Contact) -> Outcome | None:
    """How it went; None for what stays with us: whoever is to be called is on the call list."""
    text = one.texts.get(contact.language) or one.texts[LANGUAGES[0]]
    words = rules.with_opt_out(text, contact.way, contact.language)
    way = _WAYS.get(contact.way)
    if way is None:
        return None
    try:
        await way(world, one, contact, words)
    except Refusal:
        return "failed", "refused"
    return "delivered", ""


async def _by_sms(world: World, one: Campaign, contact: Contact, words: str) -> None:
    await world.sms.send(contact.address, words, contact.id)


async def _by_wechat(world: World, one: Campaign, contact: Contact, words: str) -> None:
    template, _colon, field = (current().wechat_template or NOTICE).partition(":")
    await world.wechat.send_template(contact.address, template, {field: one.name}, current().url, contact.id)


async def _by_mail(world: World, one: Campaign, contact: Contact, words: str) -> None:
    await world.mail.send(contact.address, one.name, words, contact.id)


async def _by_push(world: World, one: Campaign, contact: Contact, words: str) -> None:
    async with world.engine.store.edge(contact.party) as tx:
        devices = await party.actions.push_devices(tx, contact.party)
    body = msgspec.json.encode({"title": one.name, "text": words, "path": "/"}).decode()
    told = [await world.push.send(Device(each.endpoint, each.key, each.secret), body, f"{contact.id}:{each.id}") for each in devices]
    if not any(told):
        raise Refusal("push.gone", _("None of their browsers is there any more."), 409)


_WAYS: dict[str, Callable[[World, Campaign, Contact, str], Awaitable[None]]] = {
    "sms": _by_sms, "wechat": _by_wechat, "mail": _by_mail, "push": _by_push,
}  # fmt: skip
