"""TMF676 (payments, refunds), over the same rows and verbs as the channels."""

from typing import Final

from onehall.domains.billing import actions, queries, store
from onehall.domains.billing.api.asked import STATUS, account_of, home, id_of, money_of, partner_of
from onehall.domains.billing.model import Account, Book, Side
from onehall.kernel.i18n import _
from onehall.kernel.identity.who import Who
from onehall.kernel.ids import home_of, is_id
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Access, Body, Column, Kind, MoneyAmount, Ref, Resource
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx


class PaymentBody(Body):
    """A payment that a partner took, or a refund that it makes."""

    account: Ref
    payment_method: Body
    total_amount: MoneyAmount
    amount: MoneyAmount | None = None
    payment: Ref | None = None
    name: str | None = None
    description: str | None = None
    authorization_code: str | None = None
    correlator_id: str | None = None


async def pay(tx: Tx, doc: Doc, who: Who) -> str:
    """This will write down a payment that a partner took for an account."""
    account = await account_of(tx, id_of(doc["account"]), who)
    key = doc.get("correlatorId")
    once = f"tmf676:{partner_of(who)}:{key}" if key else f"tmf676:{tx.new_id()}"
    text = _("Payment to {number}", number=account.number) if account.number else _("Payment")
    payment = await actions.record(
        tx, account=account.id, party=account.party, amount=_total(doc, account), text=text, partner=partner_of(who), doc=_kept(doc),
        once=once,
    )  # fmt: skip
    return payment.id


async def give_back(tx: Tx, doc: Doc, who: Who) -> str:
    """This will refund a payment, whole or in part."""
    account = await account_of(tx, id_of(doc["account"]), who)
    named = id_of(doc.get("payment"))
    if named is None or not is_id(named) or home_of(named) != home_of(account.id):
        raise Refusal("refund.payment", _("A refund names the payment of that account that it is for."), 422)
    payment = await queries.payment(tx, named)
    if payment.account != account.id:
        raise Refusal("refund.payment", _("A refund names the payment of that account that it is for."), 422)
    key = doc.get("correlatorId")
    once = f"tmf676:{partner_of(who)}:{key}" if key else f"tmf676:{tx.new_id()}"
    why = _("Refund by {who}.", who=str(doc.get("description") or partner_of(who))[:100])
    id_ = await actions.take_back(tx, payment, _total(doc, account), why, once=once, doc=_kept(doc))
    if payment.method == "partner":
        await actions.refund_done(tx, id_, Side(Book.CLEARING, f"partner:{partner_of(who)}"))
    return id_


def _total(doc: Doc, account: Account) -> Money:
    total = doc["totalAmount"]
    return money_of(total.get("value"), total.get("unit"), account, False)


def _kept(doc: Doc) -> Doc:
    """What the sender said stays as it was said; status and amounts are ours to say."""
    return {name: value for name, value in doc.items() if name not in ("status", "totalAmount", "amount", "payment", "account")}


PAYMENT = Resource(
    api="payment", name="payment", table="payment", doc=store.shapes.PAYMENT, attributes=PaymentBody,
    mandatory=("account.id", "paymentMethod", "totalAmount.value"), state="status", may_write=Access.PARTNER, create=pay, home=home,
    columns={"status": STATUS, "account.id": "account", "paymentDate": Column("settled", Kind.TIME)}, roles=("operations", "admin"),
)  # fmt: skip
REFUND = Resource(
    api="payment", name="refund", table="refund", doc=store.shapes.REFUND, attributes=PaymentBody,
    mandatory=("account.id", "paymentMethod", "totalAmount.value", "payment.id"), state="status", may_write=Access.PARTNER,
    create=give_back, home=home, columns={"status": STATUS, "account.id": "account", "payment.id": "payment"},
    roles=("operations", "admin"),
)  # fmt: skip
RESOURCES: Final = (PAYMENT, REFUND)
