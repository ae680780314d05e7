"""A store is made from its template, and changed: its look, its terms, its shelf, its numbers."""

import secrets
from collections.abc import Sequence

from msgspec.structs import replace

from onehall.domains import billing, catalogue, inventory, party
from onehall.domains.estore import events, lifecycle, rules, store
from onehall.domains.estore.model import EStore, Look, Shelved, Terms
from onehall.kernel import crypto, settings
from onehall.kernel.events import Origin
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.ids import home_for, new_id, random_home
from onehall.kernel.refusals import Refusal, missing
from onehall.kernel.store import Store, Tx

SECRET = "estore"
RANK_LAST = 10**6


async def open_store(house: Store, who: Who, kind: str, name: str, slug: str, domains: tuple[str, ...] = ()) -> EStore:
    """This will make a store from the template of its kind: an organisation, its account, an address, a shelf of plans.

    The address is taken first, where it lives; whoever is second is refused, and nothing is left of what did not come to be.
    :raises Refusal: `estore.slug_taken`, 409; 422 for words that cannot be.
    """
    template, name, slug = rules.check_kind(kind), rules.check_name(name), rules.check_slug(slug)
    terms = rules.check_terms(replace(template.terms, domains=tuple(rules.plain_key(one) for one in domains)))
    id_ = new_id(random_home(), house.clock.now())
    origin = Origin(channel="console", staff=who.staff, unit=who.unit)
    async with house.edge(home_for(slug), origin) as tx:
        if not await store.shops.address(tx, slug, id_):
            raise Refusal("estore.slug_taken", _("Another store has this address."), 409)

    async def make(tx: Tx) -> EStore:
        owner = await party.actions.create_party(tx, "organization", {"tradingName": name, "name": name}, replace(who, party=None))
        account = await billing.actions.open_account(tx, owner, who.unit, mode="postpaid", once=id_)
        shelf = await _first_shelf(tx, terms, template.plans)
        look = Look(template.colour, name[:2])
        made = EStore(
            home=tx.home, id=id_, slug=slug, kind=kind, name=name, look=look, owner=owner, account=account.id, unit=who.unit,
            status=lifecycle.STORE.first, terms=terms, shelf=shelf, created=tx.now, staff=who.staff,
        )  # fmt: skip
        await store.shops.insert(tx, made, _sealed(secrets.token_urlsafe(32)))
        tx.tell(events.StoreOpened(id_, slug, kind))
        return made

    try:
        return await house.run(id_, make, origin)
    except BaseException:
        async with house.edge(home_for(slug), origin) as tx:
            await store.shops.free_address(tx, slug, id_)
        raise


async def change_look(tx: Tx, id_: str, look: Look, name: str | None = None) -> EStore:
    """This will give a store another look or name.

    :raises Refusal: 404, 422.
    """
    found = await locked(tx, id_)
    values = {"look": rules.check_look(look), "name": rules.check_name(name) if name else found.name}
    await store.shops.save(tx, found, **values)
    tx.tell(events.StoreChanged(id_, "look"))
    return replace(found, **values)


async def change_terms(tx: Tx, id_: str, terms: Terms) -> EStore:
    """This will give a store other terms; its shelf is priced anew by them. Lines that were sold keep their price.

    :raises Refusal: 404, 422.
    """
    found = await locked(tx, id_)
    rules.check_terms(terms)
    priced = (found.terms.discount, found.terms.company_percent, found.terms.company_most)
    shelf = found.shelf
    if priced != (terms.discount, terms.company_percent, terms.company_most):
        shelf = tuple([await _priced(tx, one.offering, None, terms) for one in found.shelf])
    await store.shops.save(tx, found, terms=terms, shelf=shelf)
    tx.tell(events.StoreChanged(id_, "terms"))
    return replace(found, terms=terms, shelf=shelf)


async def put_on_shelf(tx: Tx, id_: str, offering: str, fee: int | None = None) -> EStore:
    """This will sell an offering in a store, at a fee of its own (minor units) or at the store's discount.

    :raises Refusal: 404; 409; `estore.offering`, `estore.shelf`, 422.
    """
    found = await locked(tx, id_)
    others = tuple(one for one in found.shelf if one.offering != offering)
    if len(others) >= rules.SHELF_MAX:
        raise Refusal("estore.shelf", _("The shelf is full."), 422)
    shelf = (*others, await _priced(tx, offering, fee, found.terms))
    await store.shops.save(tx, found, shelf=shelf)
    tx.tell(events.StoreChanged(id_, "shelf"))
    return replace(found, shelf=shelf)


async def take_off_shelf(tx: Tx, id_: str, offering: str) -> EStore:
    """This will no longer sell an offering in a store."""
    found = await locked(tx, id_)
    shelf = tuple(one for one in found.shelf if one.offering != offering)
    await store.shops.save(tx, found, shelf=shelf)
    tx.tell(events.StoreChanged(id_, "shelf"))
    return replace(found, shelf=shelf)


async def set_open(tx: Tx, id_: str, opened: bool) -> EStore:
    """This will close a store, or open it again.

    :raises Refusal: 404; 409.
    """
    found = await locked(tx, id_)
    status = lifecycle.STORE.check(found.status, "open" if opened else "closed")
    await store.shops.save(tx, found, status=status)
    tx.tell(events.StoreChanged(id_, status))
    return replace(found, status=status)


async def renew_secret(tx: Tx, id_: str) -> str:
    """This will make the secret that the company's pages sign with; it is shown this once, and the one before counts no more."""
    await locked(tx, id_)
    made = secrets.token_urlsafe(32)
    await store.shops.set_secret(tx, id_, _sealed(made))
    tx.tell(events.StoreChanged(id_, "secret"))
    return made


async def fill_pool(house: Store, who: Who, id_: str, numbers: Sequence[str]) -> dict[str, bool]:
    """This will set numbers aside for a store, each in its own home; tells of each whether it is the store's now. Safe twice.

    :raises Refusal: `estore.numbers`, 422.
    """
    wanted = list(dict.fromkeys("".join(sign for sign in one if sign.isdigit()) for one in numbers))
    if len(wanted) > rules.NUMBERS_MAX:
        raise Refusal("estore.numbers", _("At most {count} numbers at once.", count=rules.NUMBERS_MAX), 422)
    found: dict[str, bool] = {}
    for number in filter(None, wanted):
        async with house.edge(home_for(number), Origin(channel="console", staff=who.staff, unit=who.unit)) as tx:
            put = await inventory.actions.put_in_pool(tx, number, id_)
            found[number] = put or inventory.rules.is_known_in(await inventory.queries.find_number(tx, number), id_)
    return found


async def locked(tx: Tx, id_: str) -> EStore:
    """This will read a store and keep others from changing it. `tx` stands in the store's home.

    :raises Refusal: 404.
    """
    found = await store.shops.find(tx, id_, lock=True)
    if found is None:
        raise missing(_("store"))
    return found


async def _first_shelf(tx: Tx, terms: Terms, count: int) -> tuple[Shelved, ...]:
    plans = [one for one in await catalogue.queries.plans(tx) if one.monthly and not one.sold_in]
    first = sorted(plans, key=lambda one: (one.rank or RANK_LAST, one.fee.minor))[:count]  # the family that the operator shows first
    return tuple([await _priced(tx, one.id, None, terms) for one in first])


async def _priced(tx: Tx, offering: str, fee: int | None, terms: Terms) -> Shelved:
    public = await catalogue.queries.check_on_sale(tx, offering)
    rules.check_shelved(public)
    whole = replace(public.fee, minor=fee) if fee is not None else rules.private_fee(public.fee, terms)
    if not 0 <= whole.minor <= public.fee.minor:
        raise Refusal("estore.fee", _("A store's fee is not above the public one."), 422)
    company, member = rules.parts(whole, terms, public.kind)
    theirs = await catalogue.actions.agree_terms(tx, public, member)
    part = await catalogue.actions.agree_terms(tx, public, company, kind="service") if company else None
    prices = (theirs.price_id, part.price_id if part else None)
    return Shelved(public.id, public.name.by_language, whole, member, company, *prices, public.kind)


def _sealed(secret: str) -> bytes:
    return crypto.seal(settings.current().secret, secret, SECRET)
