"""What an account is charged by follows its line to another number, and to another owner."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from onehall.domains.billing import rules, store
from onehall.domains.billing.actions import sharing
from onehall.domains.billing.actions.accounts import join_line, open_account
from onehall.domains.billing.actions.charges import owe
from onehall.domains.billing.actions.recurring import Terms, recurring
from onehall.domains.billing.actions.subscriptions import begin
from onehall.domains.billing.actions.waiting import look_again
from onehall.domains.billing.model import Account
from onehall.domains.billing.model.bills import Debtor, Line
from onehall.domains.billing.model.usage import Subscription
from onehall.domains.inventory import NumberChanged, OwnerChanged
from onehall.kernel.i18n import Text, _
from onehall.kernel.ids import home_of, keyed_id
from onehall.kernel.money import Money
from onehall.kernel.store import Tx
from onehall.kernel.store.leaving import EPOCH

GOES_ON = ("plan", "pack")


async def renumber(tx: Tx, account: Account, fact: NumberChanged) -> None:
    """This will have an account go on with its line's new number: same charges, allowances and bills. Late use of the old one is known."""
    await store.bills.lock(tx, [account.id])
    if account.number != fact.before:
        return
    mine = await store.subscriptions.of_line(tx, account.id, fact.line, fact.at)
    await _renumber(tx, mine, fact.before, fact.number, fact.at)
    await store.sharing.renumber_own(tx, account.id, fact.before, fact.number)
    await join_line(tx, account.id, number=fact.number)
    look_again(tx, fact.number)
    for share in await store.sharing.renumber_offers(tx, fact.before, fact.number):
        body = {"share": share, "before": fact.before, "number": fact.number, "at": fact.at}
        tx.later("billing.renumber_member", body, works_in=home_of(share))


async def renumber_member(tx: Tx, body: dict[str, Any]) -> None:
    """This will let a member draw by their new number, in the payer's home; safe twice."""
    found, at = await store.sharing.one(tx, body["share"]), datetime.fromisoformat(body["at"])
    if found is None or found.status != "active" or found.number != body["before"]:
        return
    await store.bills.lock(tx, [found.account])
    mine = await store.subscriptions.of_share(tx, found.account, f"share:{found.id}", at)
    await _renumber(tx, mine, body["before"], body["number"], at)
    await store.sharing.set_number(tx, found.id, body["number"])
    sharing.lead(tx, replace(found, number=body["number"]), found.account)


async def give_line(tx: Tx, account: Account, fact: OwnerChanged) -> None:
    """This will end at a time what an account is charged by for a line that goes to another owner, and have it begin there. Safe twice."""
    await store.bills.lock(tx, [account.id])
    mine = [one for one in await store.subscriptions.of_line(tx, account.id, fact.line, fact.at) if one.stands(fact.at)]
    if account.number != fact.number:
        return
    await _settle(tx, account, fact)
    for of in dict.fromkeys(word for one in mine for word in (one.product, one.offering)):
        for product in (of, rules.charging.ROLLED + of):
            await store.buckets.withdraw(tx, account.id, product, fact.at)
    await _end_shares(tx, account)
    await store.accounts.leave_number(tx, account.id)
    goes_on = [msgspec.to_builtins(one) for one in mine if one.kind in GOES_ON]
    body = {
        "line": fact.becomes, "party": fact.to, "number": fact.number, "at": fact.at, "mode": account.mode, "currency": account.currency,
        "cycle_day": account.cycle_day, "credit_limit": account.credit_limit, "subscriptions": goes_on,
        "products": {fact.line: fact.becomes, **fact.packs},
    }  # fmt: skip
    tx.later("billing.receive_line", body, works_in=home_of(fact.to))


async def receive_line(tx: Tx, body: dict[str, Any]) -> Account:
    """This will open an account for a line's new owner, charged from the day on which the line became theirs; safe twice."""
    line, at = body["line"], datetime.fromisoformat(body["at"])
    account = await open_account(
        tx, body["party"], line=line, number=body["number"], currency=body["currency"], mode=body["mode"], once=f"owner:{line}",
        cycle_day=body["cycle_day"], credit_limit=body["credit_limit"],
    )  # fmt: skip
    await store.bills.lock(tx, [account.id])
    for one in msgspec.convert(body["subscriptions"], list[Subscription]):
        product = body["products"].get(one.product, one.product)
        id_ = keyed_id(tx.home, EPOCH, "subscription", product, at.isoformat())
        mine = replace(
            one, id=id_, account=account.id, line=line, number=body["number"], product=product, since=at, until=None, doc={"received": True}
        )
        await begin(tx, account, mine, line)
    return account


async def _renumber(tx: Tx, some: Sequence[Subscription], before: str, number: str, at: datetime) -> None:
    for one in some:
        if one.number == before:
            await store.subscriptions.renumber(tx, one, number, at, keyed_id(tx.home, EPOCH, "subscription", one.id, number))


async def _settle(tx: Tx, account: Account, fact: OwnerChanged) -> None:
    """Of what was paid in advance the days from the change on are given back; instalments that are left are owed at once."""
    terms, cycle = Terms(tx), rules.rating.cycle_start(fact.at, account.cycle_day)
    was = await _advance(tx, terms, account, fact, cycle)
    await store.subscriptions.give_up(tx, account.id, fact.line, fact.at)
    now = await _advance(tx, terms, account, fact, cycle)
    for key in dict.fromkeys([*was, *now]):
        kind, product = key
        line = now.get(key) or was[key]
        minor = (now[key].minor if key in now else 0) - (was[key].minor if key in was else 0)
        if minor:
            what = line.what if minor > 0 else _given_back(line)
            once = f"given:{fact.line}:{kind}:{product}"
            await owe(tx, account.id, Money(minor, account.currency), what, product, once, offering=line.offering, kind=kind)


async def _advance(tx: Tx, terms: Terms, account: Account, fact: OwnerChanged, cycle: date) -> dict[tuple[str, str], Line]:
    """What the month of the change costs a prepaid account in advance, of what it was charged for already."""
    debtors = await store.bills.lock(tx, [account.id])
    debtor: Debtor = debtors[account.id]
    if debtor.mode != "prepaid":
        return {}
    start, end = rules.bills.midnight(cycle), rules.bills.midnight(rules.bills.next_cycle(cycle))
    await store.turning.fill(tx, debtors, start, end)
    turned = debtor.turned is not None and debtor.turned >= cycle
    mine = [one for one in debtor.subscriptions if one.line == fact.line and (turned or start <= one.began)]
    debtor.subscriptions = [replace(one, doc={key: value for key, value in one.doc.items() if key != "first"}) for one in mine]
    return {(line.kind, line.product): line for line in await recurring(terms, debtor, cycle, advance=True)}


def _given_back(line: Line) -> Text:
    return _("Given back for the days after the change of owner: {what}", what=line.what)


async def _end_shares(tx: Tx, account: Account) -> None:
    for one in await store.sharing.of_accounts(tx, tx.home, [account.id]):
        if not one.own:
            await sharing.end_share(tx, one.id, "removed")
    for offer in await store.sharing.accepted_by(tx, account.number or ""):
        await sharing.leave_share(tx, offer)
