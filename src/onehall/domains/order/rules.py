"""The decisions of ordering."""

from datetime import datetime

from onehall.domains.catalogue import Offering
from onehall.domains.inventory import Line
from onehall.domains.order.model import KINDS, Charge, Order, Wanted
from onehall.kernel.i18n import _
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

ORDER_ITEMS_MAX = 1
CHARGES_MAX = 20
ENDED = frozenset({"completed", "failed", "cancelled", "rejected"})


def check_wanted(wanted: Wanted) -> None:
    """An order says what kind of thing is to be done, for a line that is named unless it is opened, and costs nothing less than nothing."""
    if wanted.kind not in KINDS:
        raise Refusal("order.kind", _("We cannot do an order of this kind."), 422)
    if wanted.kind != "line.open" and wanted.line is None:
        raise Refusal("order.line", _("The order names no line."), 422)
    if len(wanted.charges) > CHARGES_MAX or any(charge.amount.minor < 0 for charge in wanted.charges):
        raise Refusal("order.charges", _("The order's charges are not right."), 422)


def check_fits_kind(offering: Offering, kind: str) -> None:
    """A line is opened on a plan and changed to a plan; a pack or a service is added to one."""
    fitting = {"line.open": ("plan",), "plan.change": ("plan",), "pack.add": ("pack", "service")}
    if offering.kind not in fitting[kind]:
        raise Refusal("order.offering_kind", _("{name} cannot be ordered this way.", name=offering.name), 422)


def check_can_cancel(order: Order) -> None:
    """An order can be cancelled by its customer until it is fixed: before the line is switched on in the network."""
    if order.state in ENDED:
        raise Refusal("order.ended", _("This order is already finished."), 409)
    if order.state == "pendingCancellation":
        raise Refusal("order.cancelling", _("This order is being cancelled."), 409)
    if order.fixed:
        raise Refusal("order.fixed", _("This order is too far along to be cancelled."), 409)


def opening_charges(offering: Offering, first_fee: Money, deposit: Money) -> tuple[Charge, ...]:
    """Opening a line costs the first month's fee, what the plan takes once, and a nice number's prepayment."""
    parts = (
        Charge("fee", _("First month of {name}", name=offering.name), first_fee),
        Charge("once", _("Opening {name}", name=offering.name), offering.once),
        Charge("deposit", _("Prepayment for the number"), deposit),
    )
    return tuple(charge for charge in parts if charge.amount)


def pack_charges(packs: list[Offering]) -> tuple[Charge, ...]:
    """A pack is paid for when it is added: its fee for the first month and what it takes once."""
    parts = [Charge("fee", pack.name, pack.fee) for pack in packs] + [Charge("once", pack.name, pack.once) for pack in packs]
    return tuple(charge for charge in parts if charge.amount)


def check_free(line: Line, at: datetime) -> None:
    """A line can be closed when no contract and no nice number's lock binds it any more."""
    bound = max((until for until in (line.contract_until, line.lock_until) if until and until > at), default=None)
    if bound:
        raise Refusal("line.bound", _("The line {number} is bound until {day}.", number=line.number, day=bound.date()), 409)
