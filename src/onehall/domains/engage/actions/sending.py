"""One step of a campaign: some customers of one home. Who is sent something is decided, checked against their standing and written in
one transaction that holds the standing; a stop waits for it or comes before it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from onehall.domains import inventory, party
from onehall.domains.engage import events, lifecycle, queries, rules, store
from onehall.domains.engage.actions.moving import Step, leave, next_home
from onehall.domains.engage.model import Campaign, Contact, Weighed
from onehall.domains.party import Reachable
from onehall.kernel import settings
from onehall.kernel.events import Origin
from onehall.kernel.store import Tx

AT_ONCE = 250
"""Customers of one home in one transaction: as many as live in one of a million in all."""
PAUSE = timedelta(seconds=3)
"""So often a paused campaign is looked at again."""


async def step(tx: Tx, step: Step) -> None:
    """This will send to the next customers of this home, and leave what follows. Safe twice."""
    one = await store.campaigns.find(tx, step["campaign"])
    if one is None or one.state in lifecycle.CAMPAIGN.ends:
        return
    due = tx.now + PAUSE if one.state == "paused" else rules.quiet_until(tx.now)
    if due is not None:
        tx.later("engage.step", step, due=due)
        return
    people = await _people(tx, step["after"])
    sent = await _send(tx, one, [person for person in people if rules.is_meant(one.audience, person, tx.now)])
    rest = {**step, "after": people[-1].party} if len(people) == AT_ONCE else None
    if sent:
        follows = {"campaign": one.id, "lane": step["lane"], "home": tx.home, "rest": rest, "contacts": sent}
        tx.later("engage.deliver", follows)
    else:
        await go_on(tx, one, step["lane"], rest)


async def go_on(tx: Tx, one: Campaign, lane: int, rest: Step | None) -> None:
    """This will leave the rest of this home, or the next home of the lane."""
    if rest is not None:
        leave(tx, rest)
    else:
        await next_home(tx, one, lane, tx.home + 1)


async def withdraw(tx: Tx, party_: str) -> None:
    """This will take a customer off the call lists; what goes by other ways looks at their word itself before it leaves."""
    waiting = [one.id for one in await store.contacts.waiting_of(tx, party_, queries.CALL)]
    if waiting:
        tell_withdrawn(tx, await store.contacts.end(tx, waiting, "withdrawn"))


def tell_withdrawn(tx: Tx, ended: Sequence[Contact]) -> None:
    """This will tell of contacts that do not leave the house any more."""
    for each in ended:
        tx.tell(events.MarketingWithdrawn(each.id, each.campaign, each.party, each.way), _origin(each))


def tell_failed(tx: Tx, ended: Sequence[Contact]) -> None:
    """This will tell of contacts that the world outside did not take."""
    for each in ended:
        tx.tell(events.MarketingFailed(each.id, each.campaign, each.party, each.why), _origin(each))


async def give_up(tx: Tx, body: dict[str, Any]) -> None:
    """This will end contacts that could not be handed over for long, and go on with the campaign."""
    tell_failed(tx, await store.contacts.end(tx, body["contacts"], "failed", "given_up"))
    one = await store.campaigns.find(tx, body["campaign"])
    if one is not None:
        await go_on(tx, one, body["lane"], body["rest"])


async def _people(tx: Tx, after: str) -> list[Reachable]:
    """The next customers of this home, with what they have; who left no phone is reached at the number of a line of theirs."""
    people = await party.queries.people(tx, after, AT_ONCE)
    lines = await inventory.queries.numbers_and_plans(tx, [person.party for person in people]) if people else {}
    return [_with_lines(person, lines.get(person.party, [])) for person in people]


def _with_lines(person: Reachable, lines: list[tuple[str, str]]) -> Reachable:
    if not lines:
        return person
    number = lines[0][0]
    return replace(person, addresses={"sms": number, "call": number, **person.addresses}, plans=frozenset(plan for _number, plan in lines))


async def _send(tx: Tx, one: Campaign, meant: list[Reachable]) -> list[str]:
    """The ids of what was sent. From the lock on nobody's word changes; whoever had their turn before is left out."""
    if not meant:
        return []
    parties = [person.party for person in meant]
    standings = await party.actions.lock_standings(tx, parties)
    known, had = await store.contacts.known(tx, one.id, parties), await store.contacts.had(tx, parties, tx.now - rules.WEEK)
    rows = [
        _contact(tx, one, person, rules.weigh(one.ways, person, standings.get(person.party), had.get(person.party, 0)))
        for person in meant if person.party not in known
    ]  # fmt: skip
    if not rows:
        return []
    await store.contacts.insert(tx, rows)
    sent = [row for row in rows if row.state == "sent"]
    if sent:
        await party.actions.note_marketed(tx, [row.party for row in sent])
    for row in rows:
        fact = events.MarketingSent(row.id, one.id, row.party, row.way)
        tx.tell(fact if row.state == "sent" else events.MarketingSuppressed(row.id, one.id, row.party, row.why), _origin(row))
    return [row.id for row in sent]


def _contact(tx: Tx, one: Campaign, person: Reachable, weighed: Weighed) -> Contact:
    return Contact(
        id=tx.new_id(), campaign=one.id, party=person.party, state="sent" if weighed.way else "suppressed", way=weighed.way,
        address=person.addresses[weighed.way] if weighed.way else "", language=person.language or settings.current().language,
        why=weighed.why, at=tx.now,
    )  # fmt: skip


def _origin(contact: Contact) -> Origin:
    """It stands in the customer's story; what they do because of it comes from this campaign."""
    return Origin(channel="campaign", party=contact.party, source=f"campaign:{contact.campaign}")
