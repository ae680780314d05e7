"""The nouns of ordering."""

from datetime import datetime
from typing import Any

import msgspec

from onehall.kernel.money import Money

KINDS = ("line.open", "line.close", "plan.change", "pack.add", "pack.drop")


class Charge(msgspec.Struct, frozen=True):
    """A part of what an order costs. `kind`: fee (the month's), deposit (a nice number's prepayment), once."""

    kind: str
    text: Any
    amount: Money


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is to be done, whole: what fulfilment needs stands here, so that nothing is looked up that could change.

    `payment` names what was paid beforehand; without it the charges go to the line's balance. `reply_to` is the
    address of a journey that waits for the end. `send_to`: where a card is sent; without it the card is handed over on the spot.
    """

    kind: str
    party: str
    offering: str
    name: Any = ""
    price_id: str = ""
    line: str | None = None
    pack: str | None = None
    number: str | None = None
    number_token: str | None = None
    document: str | None = None
    slot_token: str | None = None
    sim: str = "esim"
    iccid: str | None = None
    packs: tuple[str, ...] = ()
    charges: tuple[Charge, ...] = ()
    payment: str | None = None
    effective: datetime | None = None
    contact: str | None = None
    reply_to: str | None = None
    unit: str | None = None
    contract_months: int = 0
    lock_months: int = 0
    min_spend: Money = Money(0)
    external_id: str | None = None
    send_to: str | None = None

    @property
    def total(self) -> Money:
        """This will give the sum of the charges."""
        amounts = [charge.amount for charge in self.charges]
        return sum(amounts[1:], amounts[0]) if amounts else Money(0)


class Order(msgspec.Struct, frozen=True):
    """An order as it stands. `fixed`: it can no longer be cancelled."""

    home: int
    id: str
    party: str
    state: str
    wanted: Wanted
    channel: str
    ordered: datetime
    revision: int = 1
    unit: str | None = None
    line: str | None = None
    staff: str | None = None
    source: str | None = None
    journey: str | None = None
    fixed: bool = False
    completed: datetime | None = None
    failure: Any = None

    @property
    def open(self) -> bool:
        """This will tell whether it is still being worked on."""
        return self.state in ("acknowledged", "inProgress", "held", "pendingCancellation")


class Placed(msgspec.Struct, frozen=True):
    """That an order was placed."""

    order: str
    at: datetime
    total: Money


ACTIONS = {"line.open": "add", "line.close": "delete", "plan.change": "modify", "pack.add": "add", "pack.drop": "delete"}


def document(order: Order) -> dict[str, Any]:
    """This will write an order as TMF622 shows it; what changes often (state, dates) stands in columns."""
    wanted = order.wanted
    traits = {"number": wanted.number, "simKind": wanted.sim if wanted.kind == "line.open" else None, "iccid": wanted.iccid}
    product: dict[str, Any] = {
        "productCharacteristic": [{"name": name, "value": value} for name, value in traits.items() if value is not None]
    }
    if wanted.line or wanted.pack:
        product["id"] = wanted.pack or wanted.line
    item: dict[str, Any] = {"id": "1", "action": ACTIONS[wanted.kind], "quantity": 1, "product": product}
    if wanted.offering:
        item["productOffering"] = {"id": wanted.offering, "@referredType": "ProductOffering"}
    item["itemPrice"] = [_price(charge) for charge in wanted.charges]
    parties = [{"id": wanted.party, "role": "customer", "@referredType": "Individual"}]
    if order.staff:
        parties.append({"id": order.staff, "role": "assistant", "@referredType": "Individual"})
    return {
        "category": wanted.kind, "externalId": wanted.external_id, "relatedParty": parties, "productOrderItem": [item],
        "channel": [{"id": order.channel, "name": order.channel}], "orderTotalPrice": [_price(Charge("total", "", wanted.total))],
    }  # fmt: skip


def _price(charge: Charge) -> dict[str, Any]:
    amount = {"unit": charge.amount.currency, "value": f"{charge.amount.decimal()}"}
    return {"name": str(charge.text) or charge.kind, "priceType": charge.kind, "price": {"taxIncludedAmount": amount}}
