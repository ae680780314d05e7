"""Work that billing leaves for later: asking the provider, watching the time, money that crosses homes, words to customers."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from onehall.domains import party
from onehall.domains.billing import actions, queries, rules
from onehall.domains.inventory import SimReplaced
from onehall.kernel.events import on
from onehall.kernel.i18n import ZONE, Text, _, show, thaw
from onehall.kernel.jobs import Later, call, job
from onehall.kernel.journeys import TILLS, Caller, Intent
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.settings import current
from onehall.kernel.store import Tx

Answer = Callable[[Tx], Awaitable[Any]]
RECONCILED_AT = time(2, 30)  # in the operator's zone


class Till:
    """How journeys take money."""

    async def ask(
        self, tx: Tx, *, to: str, once: str, party: str | None, amount: Money, text: Text, until: datetime, channel: str
    ) -> Intent:
        """This will ask for money; it is paid at our own short address, which leads to the provider's."""
        payment = await actions.ask_for_money(tx, once=once, party=party, amount=amount, text=text, until=until, channel=channel, to=to)
        return Intent(payment.id, payment.amount, pay_address(payment.id), payment.until)

    async def take_here(self, tx: Tx, payment: str, *, method: str, caller: Caller) -> dict[str, Any]:
        """This will take the money at the counter."""
        return await actions.take_here(tx, payment, method=method, staff=caller.who.staff, unit=caller.who.unit)

    async def give_back(self, tx: Tx, payment: str, why: Text) -> None:
        """This will void or refund a payment."""
        await actions.give_back(tx, payment, why)


def pay_address(payment: str) -> str:
    """This will give the address at which a payment is paid."""
    return f"{current().url}/pay/{payment}"


TILLS.append(Till())


async def _not_opened(tx: Tx, body: dict[str, Any], error: str) -> None:
    await actions.lapse(tx, body["payment"], given_up=True)


async def _not_known(tx: Tx, body: dict[str, Any], error: str) -> None:
    await actions.lapse(tx, body["payment"])


async def _not_sent(tx: Tx, body: dict[str, Any], error: str) -> None:
    await actions.refund_failed(tx, body["refund"], error)


@call("payment.checkout", given_up=_not_opened)
async def _checkout(world: Any, body: dict[str, Any]) -> Answer:
    text, until = show(thaw(body["text"]), current().language), datetime.fromisoformat(body["until"])
    url = await world.payment.create(body["payment"], Money(**body["amount"]), text, until)
    return lambda tx: actions.open_checkout(tx, body["payment"], url)


@call("payment.close", tries_max=3)
async def _close(world: Any, body: dict[str, Any]) -> None:
    await world.payment.close(body["payment"])


@job("payment.lapse")
async def _lapse(tx: Tx, body: dict[str, Any]) -> None:
    """The time is over: the provider is asked once more, since its notice may have been lost."""
    payment = await queries.payment(tx, body["payment"])
    if rules.is_open_for_money(payment.status):
        tx.later("payment.look", body)


@call("payment.look", given_up=_not_known)
async def _look(world: Any, body: dict[str, Any]) -> Answer:
    seen = await world.payment.look(body["payment"])
    if seen is None or seen.status == "open":
        return lambda tx: actions.lapse(tx, body["payment"])
    status = "failed" if seen.status == "closed" else seen.status
    return lambda tx: actions.hear(tx, seen.payment, status, seen.amount, seen.reference)


@call("payment.refund", given_up=_not_sent)
async def _refund(world: Any, body: dict[str, Any]) -> Answer:
    answer = await world.payment.refund(body["payment"], body["refund"], Money(**body["amount"]))
    if answer.done:
        return lambda tx: actions.refund_done(tx, body["refund"])
    return lambda tx: actions.refund_failed(tx, body["refund"], answer.why)


@job("payment.reconcile_daily")
async def _reconcile_daily(tx: Tx, body: dict[str, Any]) -> None:
    """Each night the file of the day before is read, and the next night's reading is left."""
    day = date.fromisoformat(body["day"])
    tx.later("payment.reconcile", {"day": day.isoformat()}, once=f"file:{day}")
    plan_reconciliation(tx, day + timedelta(days=1))


def plan_reconciliation(tx: Tx, day: date) -> None:
    """This will leave the reading of a day's file for the small hours after it; left twice, it is read once."""
    due = datetime.combine(day + timedelta(days=1), RECONCILED_AT, ZONE)
    tx.later("payment.reconcile_daily", {"day": day.isoformat()}, due=due, once=f"night:{day}")


@on(SimReplaced)
async def charge_sim(tx: Tx, fact: SimReplaced) -> None:
    """This will charge a replaced SIM to the line's account; one that is too low is tried again for a while."""
    account = await queries.account_of_line(tx, fact.line)
    if account is None or not fact.fee:
        return
    try:
        await actions.charge(tx, account.id, fact.fee, _("New SIM for {number}", number=fact.number), fact.line, f"sim:{fact.replacement}")
    except Refusal as refusal:
        raise Later(refusal.code) from refusal


@job("billing.spend")
async def _spend(tx: Tx, body: dict[str, Any]) -> None:
    await actions.spend(tx, body)


@job("billing.land")
async def _land(tx: Tx, body: dict[str, Any]) -> None:
    await actions.land(tx, body)


@job("billing.point", alone=True)
async def _point(tx: Tx, body: dict[str, Any]) -> None:
    await actions.point(tx, body["number"], body["account"], body["instead_of"])


@job("billing.release_deposit")
async def _release_deposit(tx: Tx, body: dict[str, Any]) -> None:
    await actions.release_deposit(tx, body)


@job("billing.expire_allowances")
async def _expire_allowances(tx: Tx, body: dict[str, Any]) -> None:
    await actions.expire_allowances(tx, body["account"], body["of"], datetime.fromisoformat(body["until"]))


@job("billing.unreserve")
async def _unreserve(tx: Tx, body: dict[str, Any]) -> None:
    await actions.unreserve(tx, body["reservation"])


@job("billing.tell")
async def _tell(tx: Tx, body: dict[str, Any]) -> None:
    """Words for a customer go to the number of the account they are about, else to a number of theirs, else to their phone."""
    phone = await _phone(tx, body["account"], body["party"])
    whose = body["party"] or ((await queries.account(tx, body["account"])).party if body["account"] else None)
    await actions.say(tx, body["text"], phone, whose, body.get("language"))


async def _phone(tx: Tx, account: str | None, party_: str | None) -> str | None:
    if account:
        found = await queries.account(tx, account)
        if found.number:
            return found.number
        party_ = party_ or found.party
    if party_ is None:
        return None
    numbers = [one.number for one in await queries.accounts(tx, party_) if one.number]
    if numbers:
        return numbers[0]
    try:
        return (await party.queries.contact(tx, party_)).phone
    except Refusal:
        return None  # somebody whom we no longer know
