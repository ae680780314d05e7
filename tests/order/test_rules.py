"""The decisions of ordering, as tables of cases."""

from datetime import UTC, datetime, timedelta

import pytest

from onehall.domains.catalogue import Offering
from onehall.domains.inventory import Line
from onehall.domains.order import rules
from onehall.domains.order.model import Charge, Order, Wanted
from onehall.kernel.i18n import Named
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

NOW = datetime(2026, 3, 10, tzinfo=UTC)
PLAN = Offering(id="p", kind="plan", name=Named({"en": "P"}), fee=Money(5900), once=Money(1000))
PACK = Offering(id="k", kind="pack", name=Named({"en": "K"}), fee=Money(1500))


def order(state: str, fixed: bool = False) -> Order:
    return Order(1, "o", "party", state, Wanted(kind="line.open", party="party", offering="p"), "web", NOW, fixed=fixed)


def line(**ends: datetime) -> Line:
    return Line(home=1, id="l", party="party", number="18600000000", offering="p", name=Named({"en": "P"}), created=NOW, **ends)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Wanted(kind="line.open", party="x", offering="p"), None),
        (Wanted(kind="line.paint", party="x", offering="p"), "order.kind"),
        (Wanted(kind="pack.add", party="x", offering="p"), "order.line"),
        (Wanted(kind="pack.add", party="x", offering="p", line="l"), None),
        (Wanted(kind="line.open", party="x", offering="p", charges=(Charge("fee", "", Money(-1)),)), "order.charges"),
        (Wanted(kind="line.open", party="x", offering="p", charges=(Charge("fee", "", Money(1)),) * 21), "order.charges"),
    ],
)
def test_check_wanted(wanted: Wanted, code: str | None):
    if code is None:
        rules.check_wanted(wanted)
        return
    with pytest.raises(Refusal) as refused:
        rules.check_wanted(wanted)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("offering", "kind", "fits"),
    [
        (PLAN, "line.open", True),
        (PLAN, "plan.change", True),
        (PLAN, "pack.add", False),
        (PACK, "pack.add", True),
        (PACK, "line.open", False),
    ],
)
def test_check_fits_kind(offering: Offering, kind: str, fits: bool):
    if fits:
        rules.check_fits_kind(offering, kind)
        return
    with pytest.raises(Refusal):
        rules.check_fits_kind(offering, kind)


@pytest.mark.parametrize(
    ("state", "fixed", "code"),
    [
        ("acknowledged", False, None),
        ("inProgress", False, None),
        ("inProgress", True, "order.fixed"),
        ("pendingCancellation", False, "order.cancelling"),
        ("completed", True, "order.ended"),
        ("cancelled", False, "order.ended"),
    ],
)
def test_check_can_cancel(state: str, fixed: bool, code: str | None):
    if code is None:
        rules.check_can_cancel(order(state, fixed))
        return
    with pytest.raises(Refusal) as refused:
        rules.check_can_cancel(order(state, fixed))
    assert refused.value.code == code


def test_opening_charges_leave_out_what_costs_nothing():
    charges = rules.opening_charges(PLAN, Money(2950), Money(0))
    assert [(charge.kind, charge.amount.minor) for charge in charges] == [("fee", 2950), ("once", 1000)]
    assert [charge.kind for charge in rules.opening_charges(PLAN, Money(0), Money(120000))] == ["once", "deposit"]


def test_pack_charges():
    both = Offering(id="b", kind="pack", name=Named({"en": "B"}), fee=Money(100), once=Money(50))
    charges = rules.pack_charges([PACK, both])
    assert [(charge.kind, charge.amount.minor) for charge in charges] == [("fee", 1500), ("fee", 100), ("once", 50)]


@pytest.mark.parametrize("bound", ["contract_until", "lock_until"])
def test_check_free(bound: str):
    rules.check_free(line(**{bound: NOW}), NOW)
    with pytest.raises(Refusal) as refused:
        rules.check_free(line(**{bound: NOW + timedelta(days=1)}), NOW)
    assert refused.value.code == "line.bound"
