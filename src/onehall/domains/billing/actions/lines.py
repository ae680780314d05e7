"""Lines of bills: of use by service and case, of what was charged within the cycle; the tax contained in each."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from onehall.domains.billing import rules
from onehall.domains.billing.model.bills import Charge, Debtor, Line, TaxRate, Used
from onehall.kernel.i18n import Text, _, keep

KINDS: Final = {"fee": "fee", "once": "once", "discount": "discount", "instalment": "instalment", "exit": "exit", "credit_note": "credit"}


def charge_line(debtor: Debtor, one: Charge, cycle: date) -> Line:
    """This will make the line of what was charged by an entry of its own."""
    product = next((each for each in debtor.subscriptions if one.of and one.of in (each.product, each.line)), None)
    return Line(
        kind=KINDS.get(one.kind, "charge"), what=one.what, offering=one.offering or (product.offering if product else ""), month=cycle,
        minor=one.minor, at=one.at, line=product.line if product else debtor.line, number=product.number if product else debtor.number,
        entry=one.entry, product=one.of or "", doc={"unbilled": one.unbilled}, currency=debtor.currency,
    )  # fmt: skip


def use_lines(debtor: Debtor, cycle: date, taken: list[tuple[str, Used]], *, changed_only: bool = False) -> list[Line]:
    """This will make the lines of use up to a cycle that is on no bill yet, and say what is taken; of the cycle also what was free."""
    lines = []
    for one in debtor.months:
        owed = one.minor - one.billed
        if one.month > cycle or not (owed or (one.month == cycle and one.fresh[0] and not changed_only)):
            continue
        lines.append(_use_line(debtor, one, cycle, owed))
        if owed:
            one.billed = one.minor
            taken.append((debtor.id, one))
    return lines


def taxed(debtor: Debtor, lines: list[Line], rates: Iterable[TaxRate], day: date) -> list[Line]:
    """This will say of each line how much tax is contained in it."""
    for line in lines:
        kind = "instalment" if line.kind == "instalment" else str(line.doc.get("kind", ""))
        line.rate = rules.bills.tax_percent(rates, debtor.currency, rules.bills.tax_category(kind), day)
        line.tax = rules.bills.tax_contained(line.minor, line.rate)
    return lines


def _use_line(debtor: Debtor, one: Used, cycle: date, owed: int) -> Line:
    records, amount, units, left = one.fresh
    plan = next((each for each in reversed(debtor.subscriptions) if one.line in (each.line, each.number)), None)
    return Line(
        kind="usage", what=keep(_said(one, cycle)), offering=one.offering, month=one.month, minor=owed, at=rules.bills.midnight(one.month),
        line=one.line, number=plan.number if plan else debtor.number, service=one.kind, key=one.key, amount=amount, units=units,
        left_over=left, records=records, currency=debtor.currency,
    )  # fmt: skip


def _said(one: Used, cycle: date) -> Text:
    service = rules.kind_name(one.kind)
    if one.month < cycle:
        return _("{service} of {month}, told late", service=service, month=one.month)
    _records, _amount, units, left_over = one.fresh
    used, left = rules.quantity(one.kind, units), rules.quantity(one.kind, left_over)
    if not left_over:
        return _("{service}: {used}, within the allowance", service=service, used=used)
    if left_over == units:
        return _("{service}: {used}", service=service, used=used)
    return _("{service}: {left} beyond the allowance, of {used}", service=service, left=left, used=used)
