"""What the company pays is scarce: a member's part of the budget is held, or waits for an approver."""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from onehall.domains import party
from onehall.domains.estore import events, lifecycle, rules, store
from onehall.domains.estore.actions.opening import locked
from onehall.domains.estore.model import EStore, Member, Request
from onehall.kernel.i18n import Named, Text, _
from onehall.kernel.ids import home_of
from onehall.kernel.jobs import job
from onehall.kernel.journeys import Held
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

BUDGET = "estore_budget"


class Budget:
    """Scarce kind "estore_budget": what = {"store", "party", "offering", "number", "to"}: the company's part of a shelved offering.

    Within the budget it is approved at once; beyond it an approver is asked, whose word comes to the address `to`.
    """

    async def take(self, house: Store, token: str, what: dict[str, Any]) -> Held:
        """This will keep the company's part for a member, in the store's home, for as long as an approver may take.

        :raises Refusal: `estore.outsider`, 403; `estore.gone`, 409; 404.
        """
        return await house.run(what["store"], lambda tx: _ask(tx, token, what))

    async def extend(self, house: Store, held: Held, until: datetime) -> Held:
        """This will keep it longer.

        :raises Refusal: `estore.gone`, 409.
        """

        async def work(tx: Tx) -> Held:
            found = await store.requests.by_token(tx, held.token)
            if found is None or found.state not in ("asked", "approved"):
                raise gone()
            await store.requests.move(tx, found, due=max(found.due, until))
            return replace(held, until=max(held.until, until))

        return await house.run(held.home, work)

    async def release(self, tx: Tx, held: Held) -> None:
        """This will give the budget back, unless an order has it."""
        found = await store.requests.by_token(tx, held.token)
        if found is not None and found.state in ("asked", "approved"):
            await move(tx, found, "withdrawn", ended=tx.now)


async def move(tx: Tx, one: Request, target: str, **values: Any) -> None:
    """This will move a request that was read under lock, and tell it."""
    lifecycle.REQUEST.check(one.state, target)
    await store.requests.move(tx, one, state=target, **values)
    tx.tell(events.RequestMoved(one.id, one.store, target))


def gone() -> Refusal:
    """This will make the refusal for what is not kept any more."""
    return Refusal("estore.gone", _("The company's yes is no longer kept for you. Please ask again."), 409)


async def _ask(tx: Tx, token: str, what: dict[str, Any]) -> Held:
    found = rules.check_open(await locked(tx, what["store"]))
    before = await store.requests.by_token(tx, token)
    if before is not None:
        return Held(BUDGET, before.id, tx.home, token, before.due)
    member = rules.check_member(await store.people.member(tx, found.id, what["party"]), tx.now)
    ready = await store.requests.prepared(tx, found.id, member.key, what["offering"])
    one = await _take_up(tx, ready, member, token, what) if ready else await _fresh(tx, found, member, token, what)
    return Held(BUDGET, one.id, tx.home, token, one.due)


async def _fresh(tx: Tx, found: EStore, member: Member, token: str, what: dict[str, Any]) -> Request:
    shelved = found.offer(what["offering"])
    if shelved is None:
        raise Refusal("estore.gone", _("It is no longer on sale."), 409)
    mine, every = await store.requests.committed(tx, found.id, member.key)
    state = "asked" if rules.needs_approval(shelved.company.minor, mine, every, found.terms) else "approved"
    one = Request(
        id=tx.new_id(), store=found.id, member=member.id, party=member.party, key=member.key, token=token, offering=shelved.offering,
        name=shelved.name, number=what["number"], fee=shelved.fee.minor, minor=shelved.company.minor, currency=shelved.fee.currency,
        state=state, reply_to=what["to"], why="", asked=tx.now, due=tx.now + rules.APPROVAL + timedelta(hours=1),
        decided=tx.now if state == "approved" else None, part_price=shelved.company_price,
    )  # fmt: skip
    await store.requests.insert(tx, one)
    tx.tell(events.RequestMade(one.id, found.id, member.party, one.minor, one.currency, state))
    if state == "asked":
        text = _(
            "{name} asks {store} to pay {part} a month for {plan}. To decide, send WDSP.",
            name=member.name, store=found.name, part=one.company, plan=Named(one.name),
        )  # fmt: skip
        await call_approvers(tx, found, member.party, text)
    return one


async def _take_up(tx: Tx, ready: Request, member: Member, token: str, what: dict[str, Any]) -> Request:
    locked_one = await store.requests.one(tx, ready.id, lock=True)
    if locked_one is None or locked_one.state != "prepared":
        raise gone()
    due = tx.now + rules.APPROVAL + timedelta(hours=1)
    values = {"member": member.id, "party": member.party, "token": token, "reply_to": what["to"], "number": what["number"], "due": due}
    await move(tx, locked_one, "approved", decided=tx.now, **values)
    return replace(locked_one, state="approved", **values)


async def call_approvers(tx: Tx, found: EStore, asker: str | None, text: Text, once: str | None = None) -> None:
    """This will tell the approvers of a store, but the asker, that something waits for them; with `once` a single time for those words."""
    for approver in await store.people.members(tx, found.id, 20, "approver"):
        if approver.party != asker and rules.is_member(approver, tx.now):
            body = {"party": approver.party, "text": text}
            tx.later("estore.tell", body, works_in=home_of(approver.party), once=f"{once}|{approver.id}" if once else None)


@job("estore.tell")
async def _tell(tx: Tx, body: dict[str, Any]) -> None:
    """Told by SMS, where somebody can be reached that way."""
    contact = await party.queries.contact(tx, body["party"])
    if contact.phone:
        tx.later("sms.send", {"to": contact.phone, "text": body["text"], "language": contact.language})
