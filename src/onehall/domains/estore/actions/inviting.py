"""Handing a prepared line to the person it is for: a journey of their own, brought to them by a link, which they alone can finish."""

from typing import Any

from onehall.domains import party
from onehall.domains.estore import rules, store
from onehall.domains.estore.model import EStore, Request, SheetLine
from onehall.kernel import settings
from onehall.kernel.i18n import Named, Text, Words, _
from onehall.kernel.identity import Who
from onehall.kernel.identity.names import PHONE, party_of
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.jobs import call
from onehall.kernel.journeys import Caller, hand_over
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH


@call("estore.invite")
async def invite(world: Any, body: dict[str, Any]) -> Any:
    """This will begin the journey of a prepared line and send its link; a member takes it up, another joins first.

    Without a phone a mail leads to the store; without either the person finds it there.
    """
    house: Store = world.engine.store
    async with house.edge(body["request"]) as tx:
        found = await store.requests.one(tx, body["request"])
        shop = await store.shops.find(tx, found.store) if found else None
        line = await store.batches.of_request(tx, found.store, found.id) if found else None
        member = await store.people.by_key(tx, found.store, found.key) if found else None
        now = tx.now
    if found is None or shop is None or line is None or found.state != "prepared" or shop.status != "open":
        return None
    joined = member.party if member and rules.is_member(member, now) else None
    who = joined or (await _of_phone(house, line.phone, shop) if line.phone else None)
    if who is None:
        return _mail(found, shop, line)
    try:
        return await _link(world.engine, house, found, shop, line, who, joined is not None, body["again"])
    except Refusal as no:
        if no.status >= 500:
            raise
        return _mail(found, shop, line)


async def _link(engine: Any, house: Store, found: Request, shop: EStore, line: SheetLine, who: str, joined: bool, again: int) -> Any:
    caller = Caller("web", Who(party=who, language=settings.current().language), f"estore:{shop.slug}")
    row = await engine.start(
        "estore.buy" if joined else "estore.join",
        caller,
        {"store": shop.slug} | ({"offer": found.offering} if joined else {}),
        key=f"{found.id}|{again}",
    )
    async with house.edge(who) as tx:
        contact = await party.queries.contact(tx, who)
    phone = contact.phone or line.phone  # a member's own phone, whatever the sheet says
    if not row.open or not phone:
        return _mail(found, shop, line)
    made = await hand_over.offer(engine, row, caller, until=row.expires)
    text = _invitation(found, shop, made.link, joined)

    async def answer(tx: Tx) -> None:
        tx.later("sms.send", {"to": phone, "text": text, "language": contact.language}, once=f"estore:{found.id}|{again}")
        await store.batches.set_line(tx, line, told=tx.now, told_by="sms")

    return answer


def _invitation(found: Request, shop: EStore, link: str, joined: bool) -> Text:
    values = {"store": shop.name, "what": _what(found), "link": link}
    if not joined:
        return _("{store} has ordered {what} for you. Join its store first, then show who you are: {link}", **values)
    return _("{store} has ordered {what} for you. Show who you are and take it up here: {link}", **values)


def _what(found: Request) -> Words:
    plan = Named(found.name)
    return _("{plan}, {number}", plan=plan, number=found.number) if found.number else plan


def _mail(found: Request, shop: EStore, line: SheetLine) -> Any:
    """A key that is a mail address reaches the person as well; the store itself is no secret."""
    if "@" not in found.key:
        return None
    text = _(
        "{store} has ordered {what} for you. Join the store with this address and show who you are: {link}",
        store=shop.name, what=_what(found), link=f"{settings.current().url}/s/{shop.slug}",
    )  # fmt: skip

    async def answer(tx: Tx) -> None:
        subject = _("A line from {store}", store=shop.name)
        tx.later("mail.send", {"to": found.key, "subject": subject, "text": text}, once=f"estore:{found.id}|{found.key}")
        await store.batches.set_line(tx, line, told=tx.now, told_by="mail")

    return answer


async def _of_phone(house: Store, phone: str, shop: EStore) -> str:
    """The customer whose phone it is; somebody new is a prospect, once for a phone."""
    async with house.edge(home_for(phone)) as tx:
        known = await party_of(tx, PHONE, phone)
        if known is not None:
            return known
        new = keyed_id(tx.home, EPOCH, "estore_invited", phone)
        return await party.actions.register_prospect(tx, phone, settings.current().language, party=new, unit=shop.unit)


async def remind(tx: Tx, id_: str, batch: str, place: int) -> None:
    """This will send the link of a prepared line once more; once in ten minutes.

    :raises Refusal: 404; `estore.told`, 409.
    """
    line = await store.batches.line(tx, batch, place, lock=True)
    found = await store.requests.one(tx, line.request or "") if line else None
    if line is None or line.store != id_ or found is None or found.state != "prepared":
        raise missing(_("line"))
    again = int(tx.now.timestamp()) // rules.REMIND_SECONDS
    if line.told is not None and (tx.now - line.told).total_seconds() < rules.REMIND_SECONDS:
        raise Refusal("estore.told", _("A message was sent a moment ago. Please wait ten minutes."), 409)
    tx.later("estore.invite", {"request": found.id, "again": again}, once=f"{found.id}|{again}")
