"""Many orders from one sheet: each line is prepared whole or not at all, and the same line again is answered as before.

A prepared line keeps its number and the company's yes for a person of the list. The person shows who they are and takes it up
themselves: nobody has a line without their own identity, and nobody has a sixth.
"""

from collections.abc import Mapping
from datetime import timedelta

from onehall.domains import inventory
from onehall.domains.estore import events, rules, store
from onehall.domains.estore.actions.joining import read_sheet
from onehall.domains.estore.actions.opening import locked
from onehall.domains.estore.model import Listed, Reported, Request
from onehall.kernel.events import Origin
from onehall.kernel.i18n import Words, _, keep
from onehall.kernel.identity import Who
from onehall.kernel.jobs import job
from onehall.kernel.journeys import Held
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store, Tx

HOLD = inventory.actions.NumberHold()


async def order_many(house: Store, who: Who, id_: str, sheet: str) -> list[Reported]:
    """This will prepare the orders of a sheet (CSV: reference, key, offering, number); tells of each line what became of it.

    :raises Refusal: `estore.sheet`, 422; 404.
    """
    async with house.edge(id_) as tx:
        rules.check_open(await store.shops.find(tx, id_))
    origin = Origin(channel="console", staff=who.staff, unit=who.unit)
    return [await _line(house, origin, id_, place, row) for place, row in read_sheet(sheet, ("key", "offering"), rules.BATCH_MAX)]


async def _line(house: Store, origin: Origin, id_: str, place: int, row: Mapping[str, str]) -> Reported:
    key, number = rules.plain_key(row.get("key", "")), "".join(sign for sign in row.get("number", "") if sign.isdigit())
    reference = " ".join(row.get("reference", "").split())[:80] or f"{key}|{row.get('offering', '').strip()}|{number}"
    async with house.edge(id_) as tx:
        before = await store.requests.reported(tx, id_, reference)
    if before is not None:
        return Reported(place, reference, True, _("Done before; nothing was done again."), before.number)
    held: Held | None = None
    try:
        if number:
            what = {"number": number, "pool": id_, "hours": int(rules.PREPARED / timedelta(hours=1))}
            held = await HOLD.take(house, token_of(id_, reference), what)
        words = {"key": key, "offering": row.get("offering", "").strip(), "number": number}
        return await house.run(id_, lambda tx: _prepare(tx, id_, place, reference, words), origin)
    except Refusal as refusal:
        if held is not None:
            async with house.edge(held.home, origin) as tx:
                await HOLD.release(tx, held)
        return Reported(place, reference, False, refusal.reason, number or None)


async def _prepare(tx: Tx, id_: str, place: int, reference: str, row: Mapping[str, str]) -> Reported:
    """The store's row is held, so that two sheets at once stay within the budget."""
    shop = rules.check_open(await locked(tx, id_))
    if before := await store.requests.reported(tx, id_, reference):
        return before
    listed = await store.people.listed(tx, id_, row["key"])
    shelved = shop.offer(row["offering"])
    if listed is None:
        raise Refusal("estore.not_listed", _("This person is not on the company's list."), 422)
    if shelved is None:
        raise Refusal("estore.not_shelved", _("This store does not sell that."), 422)
    if await store.requests.prepared(tx, id_, listed.key, shelved.offering):
        raise Refusal("estore.prepared", _("The same is prepared for this person already."), 409)
    mine, every = await store.requests.committed(tx, id_, listed.key)
    if rules.needs_approval(shelved.company.minor, mine, every, shop.terms):
        raise Refusal("estore.budget", _("This is beyond the budget. The person can ask for it themselves."), 409)
    one = Request(
        id=tx.new_id(), store=id_, member=None, party=None, key=listed.key, token=None, offering=shelved.offering, name=shelved.name,
        number=row["number"] or None, fee=shelved.fee.minor, minor=shelved.company.minor, currency=shelved.fee.currency,
        state="prepared", reply_to=None, why=reference, asked=tx.now, due=tx.now + rules.PREPARED, part_price=shelved.company_price,
    )  # fmt: skip
    await store.requests.insert(tx, one)
    tx.later("estore.lapse", {"request": one.id}, due=one.due)
    return await _report(tx, one, listed, place, reference)


async def _report(tx: Tx, one: Request, listed: Listed, place: int, reference: str) -> Reported:
    words: Words = _("Prepared for {name}.", name=listed.name)
    done = Reported(place, reference, True, keep(words), one.number)
    await store.requests.report(tx, one.store, done, one.id)
    tx.tell(events.RequestMade(one.id, one.store, listed.key, one.minor, one.currency, "prepared"))
    return done


def token_of(id_: str, reference: str) -> str:
    """This will give the token by which a prepared line keeps its number."""
    return f"estore:{store.requests.batch_id(id_, reference)}"


@job("estore.lapse")
async def lapse(tx: Tx, body: dict[str, str]) -> None:
    """This will withdraw what was prepared and not taken up in time; its number is free again by then. Safe twice."""
    found = await store.requests.one(tx, body["request"], lock=True)
    if found is None or found.state != "prepared":
        return
    await store.requests.move(tx, found, state="withdrawn", ended=tx.now)
    tx.tell(events.RequestMoved(found.id, found.store, "withdrawn"))
