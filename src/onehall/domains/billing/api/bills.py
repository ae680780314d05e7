"""TMF678 (bills, applied billing rates, bills on demand), over the same rows and verbs as the channels."""

from typing import Any, Final

from onehall.domains.billing import actions, store
from onehall.domains.billing.api.asked import account_of, id_of
from onehall.kernel.i18n import _
from onehall.kernel.identity.who import Who
from onehall.kernel.ids import is_id
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources import Access, Body, Column, Kept, Kind, Ref, Resource
from onehall.kernel.resources.declaration import Doc
from onehall.kernel.store import Tx

API: Final = "customerBillManagement"
WORDS: Final = {"onHold": "on_hold", "sent": "sent"}


class BillBody(Body):
    """What a partner may change of a bill."""

    state: str | None = None


class DemandBody(Body):
    """A bill that is asked for within the cycle."""

    billing_account: Ref
    name: str | None = None
    description: str | None = None
    state: str | None = None


async def move(tx: Tx, kept: Kept, wanted: Doc, who: Who) -> None:
    """This will hold a bill back, or send it."""
    state = str(wanted.get("state"))
    if state == kept.get("state"):
        return
    if state not in WORDS:
        raise Refusal("bill.state", _("A bill can be held back or sent."), 422)
    await actions.disputing.move_bill(tx, kept.id, WORDS[state])


async def demand(tx: Tx, doc: Doc, who: Who) -> str:
    """This will bill an account up to now; where there is nothing to bill, the asking is kept as rejected."""
    account = await account_of(tx, id_of(doc["billingAccount"]), who)
    bill, status = None, "done"
    try:
        bill = (await actions.bills.bill_on_demand(tx, account.id)).id
    except Refusal as refusal:
        if refusal.code != "bill.nothing":
            raise
        status = "rejected"
    id_ = tx.new_id()
    kept: dict[str, Any] = {
        name: value for name, value in doc.items() if name not in ("state", "customerBill", "relatedParty", "billingAccount")
    }
    await store.disputes.insert_demand(tx, id_, account, bill, status, kept)
    return id_


def home(doc: Doc, who: Who) -> str | None:
    """This will name the account that a bill is asked for, so that it is kept in its home."""
    named = id_of(doc.get("billingAccount"))
    return named if named and is_id(named) else None


BILL = Resource(
    api=API, name="customerBill", table="customer_bill", doc=store.bill_shapes.BILL, attributes=BillBody, state="state",
    may_write=Access.PARTNER, patch=move, patchable=("state",), roles=("operations", "admin"),
    columns={
        "state": Column(store.bill_shapes.STATE, live=True), "billNo": "no", "billingAccount.id": "account",
        "billDate": Column("issued", Kind.TIME), "paymentDueDate": Column("due_on", Kind.TIME),
    },
)  # fmt: skip
RATE = Resource(
    api=API, name="appliedCustomerBillingRate", table=store.bill_shapes.RATES, may_write=Access.NOBODY,
    columns={"bill.id": "bill", "billingAccount.id": "account", "type": Column("kind", live=True), "date": Column("at", Kind.TIME)},
)  # fmt: skip
DEMAND = Resource(
    api=API, name="customerBillOnDemand", table="bill_demand", doc=store.bill_shapes.DEMAND, attributes=DemandBody, state="state",
    mandatory=("billingAccount.id",), may_write=Access.PARTNER, create=demand, home=home, roles=("operations", "admin"),
    columns={"state": Column("status", live=True), "billingAccount.id": "account"},
)  # fmt: skip
RESOURCES: Final = (BILL, RATE, DEMAND)
