"""By what an account is charged, as its lines and packs begin, change and end. Each is safe twice."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from onehall.domains.billing import rules, store
from onehall.domains.billing.actions import leaving, turning
from onehall.domains.billing.actions.recurring import Terms
from onehall.domains.billing.actions.waiting import subscribe
from onehall.domains.billing.model import Account
from onehall.domains.billing.model.usage import Subscription
from onehall.domains.inventory import Line, Pack
from onehall.kernel.i18n import Words, keep
from onehall.kernel.ids import keyed_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

CHARGED = {"first": "charged"}


async def begin_line(tx: Tx, account: Account, line: Line) -> None:
    """This will have an account charged by a line's plan from the line's first day on, whoever activated the line."""
    await store.bills.lock(tx, [account.id])
    if await store.subscriptions.standing(tx, account.id, line.id, "plan") is None:
        await begin(tx, account, _plan(account, line, line.activated or tx.now, {}), line.id)


async def begin_pack(tx: Tx, account: Account, pack: Pack, number: str) -> None:
    """This will have an account charged by a pack on a line from its first day on."""
    await store.bills.lock(tx, [account.id])
    since = pack.activated or pack.created
    await begin(tx, account, Subscription(
        _id(tx, pack.id, since), account.id, pack.line, number, pack.id, "pack", pack.offering, pack.price_id, keep(pack.name),
        pack.fee.minor, pack.fee.currency, since, pack.ended, {},
    ), pack.line)  # fmt: skip


async def plan_change(tx: Tx, account: Account, line: Line, at: datetime) -> None:
    """This will have an account charged by a line's next plan from a time to come; what was planned before is forgotten."""
    if line.next_change is None or line.next_change.at != at:
        return
    await store.bills.lock(tx, [account.id])
    await store.subscriptions.forget_planned(tx, account.id, line.id, tx.now)
    await store.subscriptions.end(tx, account.id, line.id, "plan", at)
    await subscribe(tx, _plan(account, line, at, {}, line.next_change))


async def change_plan(tx: Tx, account: Account, line: Line) -> None:
    """This will have an account charged by the plan that a line has now."""
    await store.bills.lock(tx, [account.id])
    standing = await store.subscriptions.standing(tx, account.id, line.id, "plan")
    if standing is not None and (standing.offering, standing.price_id) == (line.offering, line.price_id):
        return
    await store.subscriptions.forget_planned(tx, account.id, line.id, tx.now)
    await store.subscriptions.end(tx, account.id, line.id, "plan", tx.now)
    await subscribe(tx, _plan(account, line, tx.now, {}))


async def end_product(tx: Tx, account: str, product: str, at: datetime) -> None:
    """This will end what an account is charged by a line or a pack."""
    await store.bills.lock(tx, [account])
    await store.subscriptions.forget_planned(tx, account, product, at)
    await store.subscriptions.end(tx, account, product, None, at)


async def end_line(tx: Tx, account: Account, line: Line) -> None:
    """This will end all that an account is charged by a line; leaving before the contract is over costs what the rule says."""
    at = line.ended or tx.now
    await store.bills.lock(tx, [account.id])
    mine = await store.subscriptions.of_line(tx, account.id, line.id, at)
    await store.subscriptions.end_of_line(tx, account.id, line.id, at)
    await leaving.charge_exit(tx, account, line, mine, at)


async def take_instalments(
    tx: Tx, account: Account, line: Line, whole: Money, parts: int, name: Words, once: str, *, paid: int = 0, offering: str = ""
) -> None:  # fmt: skip
    """This will have an amount (a handset) paid with the bills, in so many parts, from this cycle on; once for each `once`."""
    await store.bills.lock(tx, [account.id])
    part = rules.bills.instalment(whole, parts, 1)
    one = Subscription(
        keyed_id(tx.home, EPOCH, "instalment", once), account.id, line.id, line.number, f"instalment:{once}", "instalment",
        offering or line.offering, None, keep(name), part.minor, whole.currency, tx.now, None,
        {"parts": parts, "paid": paid, "whole": whole.minor},
    )  # fmt: skip
    if await subscribe(tx, one):
        await turning.begin(tx, account.id, one)


async def pay_part(
    tx: Tx, account: str, line: str, number: str, name: Words, fee: Money, price_id: str, offering: str, since: datetime, of: str = ""
) -> None:  # fmt: skip
    """This will have an account charged each month for its part of somebody else's line, wherever that line lives; once for each `of`."""
    await store.bills.lock(tx, [account])
    words = ("part", account, line, of) if of else ("part", account, line)
    await subscribe(tx, Subscription(
        keyed_id(tx.home, EPOCH, *words), account, line, number, _part(line, of), "service", offering, price_id, keep(name),
        fee.minor, fee.currency, since, None, {},
    ))  # fmt: skip


async def end_part(tx: Tx, account: str, line: str, at: datetime, of: str = "") -> None:
    """This will end what an account pays of somebody else's line, under the `of` it began with."""
    await end_product(tx, account, f"part:{line}", at)  # one that began before parts had names
    await store.bills.lock(tx, [account])
    await store.subscriptions.end_whole(tx, account, _part(line, of), at)


async def give_discount(
    tx: Tx, account: Account, line: Line, name: Words, once: str, *, percent: int | None = None, amount: Money | None = None,
    months: int = 0, of: str | None = None,
) -> None:  # fmt: skip
    """This will take a percentage or an amount off the fees (`of` an offering, or all) of so many cycles, 0 for all to come."""
    await store.bills.lock(tx, [account.id])
    doc: dict[str, Any] = {"months": months} | ({"of": of} if of else {})
    doc |= {"percent": percent} if percent is not None else {"amount": amount.minor if amount else 0}
    await subscribe(tx, Subscription(
        keyed_id(tx.home, EPOCH, "discount", once), account.id, line.id, line.number, f"discount:{once}", "discount", line.offering, None,
        keep(name), 0, account.currency, tx.now, None, doc,
    ))  # fmt: skip


async def begin(tx: Tx, account: Account, one: Subscription, line: str) -> None:
    """This will have an account charged by what begins: a prepaid one now, a postpaid one with its bill, unless an order took the fee."""
    charged = replace(one, doc=one.doc | CHARGED)
    if await store.subscriptions.fee_taken(tx, account.id, [one.product, line], one.since):
        await subscribe(tx, charged)
        return
    try:
        offering = await Terms(tx).of(one)
    except Refusal:
        await subscribe(tx, one)  # terms that nobody knows: the bill run tells of them
        return
    now = rules.bills.pays_in_advance(account.mode, offering.fee_when)
    if await subscribe(tx, charged if now else one):
        await turning.begin(tx, account.id, one)


def _part(line: str, of: str) -> str:
    return f"part:{line}:{of}" if of else f"part:{line}"


def _plan(account: Account, line: Line, since: datetime, doc: dict[str, Any], change: Any = None) -> Subscription:
    terms = change or line
    return Subscription(
        keyed_id(account.home, EPOCH, "subscription", line.id, since.isoformat()), account.id, line.id, line.number, line.id, "plan",
        terms.offering, terms.price_id, keep(terms.name), terms.fee.minor, terms.fee.currency, since, line.ended, doc,
    )  # fmt: skip


def _id(tx: Tx, product: str, since: datetime) -> str:
    return keyed_id(tx.home, EPOCH, "subscription", product, since.isoformat())
