"""Steps on money: what was paid goes to the account, what the order costs is charged, allowances are granted."""

from onehall.domains import billing, catalogue, inventory
from onehall.domains import order as orders
from onehall.domains.catalogue import Offering
from onehall.domains.fulfilment.actions.line import Body, given_up, results
from onehall.domains.fulfilment.actions.plan import done
from onehall.domains.order import Charge, Order
from onehall.kernel.i18n import _
from onehall.kernel.jobs import job
from onehall.kernel.period import Period
from onehall.kernel.store import Tx


@job("step.settle", given_up=given_up)
async def settle(tx: Tx, body: Body) -> None:
    """This will make the line active, take what opening it costs, and grant the first month."""
    order = await orders.queries.order(tx, body["order"])
    made = await results(tx, order.id)
    created = await inventory.queries.line(tx, made["line"])
    line = await inventory.actions.activate_line(tx, created, made["iccid"])
    inventory.actions.set_sim(tx, made["iccid"], "active", line.id)
    await _charge(tx, order, made["account"], line.id)
    offering = await catalogue.queries.at_price(tx, order.wanted.price_id)
    await _grant(tx, made["account"], offering, line.id)
    for pack in order.wanted.packs:
        extra = await catalogue.queries.known(tx, pack)
        added = await inventory.actions.add_pack(tx, line, extra)
        await _grant(tx, made["account"], extra, added.id)
    await done(tx, order.id, body["step"], {})


@job("step.add_pack", given_up=given_up)
async def add_pack(tx: Tx, body: Body) -> None:
    """This will add a pack to a line, take its price, and grant what it holds."""
    order = await orders.queries.order(tx, body["order"])
    line = await inventory.queries.line(tx, order.wanted.line or "")
    offering = await catalogue.queries.at_price(tx, order.wanted.price_id)
    pack = await inventory.actions.add_pack(tx, line, offering)
    await _charge(tx, order, line.account or "", pack.id)
    await _grant(tx, line.account or "", offering, pack.id)
    await done(tx, order.id, body["step"], {"line": line.id, "pack": pack.id, "number": line.number})


@job("step.drop_pack", given_up=given_up)
async def drop_pack(tx: Tx, body: Body) -> None:
    """This will take a pack off a line."""
    order = await orders.queries.order(tx, body["order"])
    line = await inventory.queries.line(tx, order.wanted.line or "")
    pack = await inventory.actions.drop_pack(tx, await inventory.queries.pack(tx, order.wanted.pack or ""))
    await billing.actions.withdraw_allowances(tx, line.account or "", pack.id)
    await done(tx, order.id, body["step"], {"line": line.id, "number": line.number})


@job("step.welcome")
async def welcome(tx: Tx, body: Body) -> None:
    """This will tell the customer that the line works."""
    order = await orders.queries.order(tx, body["order"])
    made = await results(tx, order.id)
    text = _("Welcome to {name}. Your number {number} is active.", name=order.wanted.name, number=made["number"])
    for phone in {order.wanted.contact, made["number"]} - {None, ""}:
        tx.later("sms.send", {"to": phone, "text": text})
    await done(tx, order.id, body["step"], {})


async def _charge(tx: Tx, order: Order, account: str, of: str) -> None:
    """Money paid beforehand goes to the balance first; then each charge is taken from there, once."""
    wanted = order.wanted
    if wanted.payment and wanted.total:
        await billing.actions.credit(
            tx, account, wanted.total, _("Paid with your order"), order.id, f"paid:{order.id}", payment=wanted.payment, kind="prepaid"
        )
    for place, charge in enumerate(wanted.charges):
        await _take(tx, account, charge, of, f"{order.id}:{place}", wanted.lock_months)


async def _take(tx: Tx, account: str, charge: Charge, of: str, once: str, months: int) -> None:
    if charge.kind == "deposit":
        await billing.actions.deposit(tx, account, charge.amount, charge.text, of, once, months=months)
    else:
        await billing.actions.charge(tx, account, charge.amount, charge.text, of, once, kind=charge.kind)


async def _grant(tx: Tx, account: str, offering: Offering, of: str) -> None:
    allowances = catalogue.rules.first_month_allowances(offering, tx.now)
    period = Period(tx.now, catalogue.rules.allowance_until(offering, tx.now))
    await billing.actions.grant(tx, account, allowances, period, of, name=offering.name)
