"""Customers of the demo operator with lines that work, so that there is something to look at."""

from typing import Final

import msgspec

from onehall.demo.stock import iccid
from onehall.domains import billing, catalogue, inventory, party
from onehall.kernel.i18n import _
from onehall.kernel.ids import home_for, keyed_id
from onehall.kernel.money import Money
from onehall.kernel.period import Period
from onehall.kernel.store import Store, Tx
from onehall.kernel.store.leaving import EPOCH


class Customer(msgspec.Struct, frozen=True):
    """A customer with one line. Names, documents and numbers are made up; the document's check digit is right."""

    number: str
    name: str
    document: str
    plan: str
    balance: int
    unit: str
    language: str = "zh-CN"

    @property
    def document_type(self) -> str:
        """This will name the kind of document."""
        return "passport" if self.document.startswith("P") else "resident_id"

    @property
    def sim(self) -> inventory.SimRow:
        """This will give the eSIM in their phone."""
        serial = int(self.number[-7:])
        return inventory.SimRow(iccid(8_000_000_000 + serial), "esim", None, imsi=f"46099080{serial:07}", puk=f"{80_000_000 + serial}")


CUSTOMERS: Final = (
    Customer("18600010001", "李一鸣", "110101199003070134", "hall-59", 8650, "onehall.gd.gz.s1"),
    Customer("18600020001", "王思远", "110101198504120211", "data-129", 23000, "onehall.gd.sz.s1"),
    Customer("18600030001", "陈雨桐", "110101199912120047", "youth-39", 3120, "onehall.zj.hz.s1"),
    Customer("18600010002", "Maria Santos", "P1234567", "hall-99", 15800, "onehall.gd.gz.s2", "en"),
    Customer("18600020002", "赵国强", "110101195501010072", "senior-25", 990, "onehall.gd.sz.s2"),
)  # fmt: skip


async def move_in(store: Store) -> None:
    """This will give each of them a party, an account with money in it, and a line with its allowances."""
    for customer in CUSTOMERS:
        await settle(store, customer)


async def settle(store: Store, one: Customer) -> str:
    """This will settle one of them; gives the party. The second time it changes nothing."""
    async with store.edge(0) as tx:
        stocked = inventory.StockNumber(one.number, unit=one.unit.rpartition(".")[0], city=one.unit.split(".")[2])
        await inventory.actions.stock_numbers(tx, [stocked])
        await inventory.actions.stock_sims(tx, [one.sim])
    line = await store.run(home_for(f"demo {one.number}"), lambda tx: _settle(tx, one))
    await _bind(store, one, line)
    return keyed_id(home_for(f"demo {one.number}"), EPOCH, "demo", one.number)


async def _settle(tx: Tx, one: Customer) -> str:
    id_ = keyed_id(tx.home, EPOCH, "demo", one.number)
    line = keyed_id(tx.home, EPOCH, "demo line", one.number)
    if await inventory.queries.lines_of(tx, id_):
        return line
    await party.actions.register_prospect(tx, one.number, one.language, party=id_, unit=one.unit)
    await party.actions.take_real_name(tx, id_, one.name, one.document_type, one.document)
    plan = await catalogue.queries.known(tx, one.plan)
    account = await billing.actions.open_account(tx, id_, one.unit, line=line, number=one.number, once=one.number)
    fee = catalogue.rules.first_month_fee(plan, tx.now)
    await billing.actions.credit(tx, account.id, Money(one.balance) + fee, _("Top-up"), None, f"demo:{one.number}")
    made = await inventory.actions.create_line(
        tx, party=id_, number=one.number, offering=plan, unit=one.unit, account=account.id, iccid=one.sim.iccid, id_=line
    )
    await inventory.actions.activate_line(tx, made)
    what = _("First month of {name}", name=plan.name)
    await billing.actions.charge(tx, account.id, fee, what, line, f"demo fee:{one.number}", kind="fee")
    period = Period(tx.now, catalogue.rules.change_day(tx.now))
    await billing.actions.grant(tx, account.id, plan.allowances, period, line, name=plan.name)
    return line


async def _bind(store: Store, one: Customer, line: str) -> None:
    """The number is sold, becomes a login, the SIM works and a place of five is taken where each lives: no worker need run for it."""
    document = party.queries.document_hash(one.document_type, one.document)
    async with store.edge(home_for(one.number)) as tx:
        await inventory.actions.numbers.sell_here(tx, one.number, f"demo:{line}", line, None)
        await party.actions.name_login(tx, one.number, keyed_id(home_for(f"demo {one.number}"), EPOCH, "demo", one.number))
    async with store.edge(home_for(one.sim.iccid)) as tx:
        for state in ("reserved", "active"):
            await inventory.actions.sims.set_here(tx, one.sim.iccid, state, line)
    async with store.edge(home_for(document)) as tx:
        await party.actions.slots.take_slot(tx, document, f"demo:{line}")
        await party.actions.keep_slot(tx, document, f"demo:{line}", line)
