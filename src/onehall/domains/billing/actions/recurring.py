"""What an account is charged for a cycle by what it subscribes to: fees, instalments, and the discounts on them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from onehall.domains import catalogue
from onehall.domains.billing import rules
from onehall.domains.billing.model.bills import Debtor, Line
from onehall.domains.billing.model.usage import Subscription
from onehall.domains.catalogue import Offering, Tariff
from onehall.kernel.i18n import Text, _, keep
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Tx


class Terms:
    """The terms that subscriptions stand on, read once each."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self.known: dict[str, Offering] = {}
        self.tariffs: dict[str, dict[str, Tariff]] = {}

    async def of(self, one: Subscription) -> Offering:
        """This will give the terms of a subscription.

        :raises Refusal: 404, nobody knows them.
        """
        key = one.price_id or one.offering
        if key not in self.known:
            read = catalogue.queries.at_price if one.price_id else catalogue.queries.known
            self.known[key] = await read(self.tx, key)
        return self.known[key]

    async def known_as(self, offering: str) -> dict[str, Tariff]:
        """This will give what use costs by an offering, by service; nothing for one that nobody knows."""
        if offering not in self.tariffs:
            try:
                found = await catalogue.queries.known(self.tx, offering)
            except Refusal:
                found = None
            services = {*found.rates, *found.tariffs} if found else set()
            self.tariffs[offering] = {service: one for service in services if found and (one := found.tariff(service))}
        return self.tariffs[offering]


async def recurring(terms: Terms, debtor: Debtor, cycle: date, *, advance: bool) -> list[Line]:
    """This will give what an account is charged for a cycle by its subscriptions, or what of that it pays in `advance`.

    :raises Refusal: 404, an offering that nobody knows.
    """
    debtor = replace(debtor, subscriptions=rules.bills.unbroken(debtor.subscriptions))
    standing = rules.bills.standing(debtor.subscriptions, cycle)
    used = {one.line for one in debtor.months if one.month == cycle and one.records}
    lines = []
    for one in standing:
        if one.kind in rules.bills.FEES:
            lines += await _fee(terms, debtor, one, cycle, one.line in used or one.number in used, advance)
        elif one.kind == "instalment" and (advance or debtor.mode == "postpaid"):
            lines += _instalment(debtor, one, cycle)
    if advance or debtor.mode == "postpaid":
        lines += _discounts(debtor, standing, lines, cycle)
    return lines


async def _fee(terms: Terms, debtor: Debtor, one: Subscription, cycle: date, used: bool, advance: bool) -> list[Line]:
    offering = await terms.of(one)
    if not one.fee or (one.kind == "pack" and not offering.monthly):
        return []
    if (
        (debtor.mode == "prepaid" and advance != rules.bills.pays_in_advance(debtor.mode, offering.fee_when))
        or not rules.bills.owes_fee(offering.fee_when, used)
        or _was_charged(one, debtor, cycle)
    ):
        return []
    counts = rules.bills.by_the_day(one, cycle)
    changed = counts is not None or rules.bills.changed_in(one, debtor.subscriptions, cycle)
    mode = rules.bills.mode_of_cycle(offering.first_month, changed)
    share = rules.bills.share_of_cycle(mode, cycle, one.since, (counts or one).until)
    minor = rules.bills.part_of_fee(one.fee, share)
    if not minor:
        return []
    what = _("Monthly fee of {name}", name=one.name)
    if share != 1:
        what = _("Monthly fee of {name}, {part} of {whole}", name=one.name, part=share.numerator, whole=share.denominator)
    return [line_of(debtor, one, "fee", what, cycle, minor, doc={"share": f"{share}", "fee": one.fee, "kind": one.kind})]


def allowances(offering: Offering, one: Subscription, start: datetime, end: datetime) -> dict[str, int]:
    """This will give what a subscription is granted for a cycle: of the one in which it began, the part that its fee is for."""
    if not start <= one.began < end:
        return offering.allowances
    terms = replace(offering, first_month="per_day") if one.doc.get("received") else offering
    return catalogue.rules.first_month_allowances(terms, one.began)


def _was_charged(one: Subscription, debtor: Debtor, cycle: date) -> bool:
    """The first month of what was sold was charged with its order, or when prepaid as it began."""
    began = rules.rating.cycle_start(one.since, debtor.cycle_day) == cycle
    return began and one.doc.get("first") == "charged"


def _instalment(debtor: Debtor, one: Subscription, cycle: date) -> list[Line]:
    parts = int(one.doc.get("parts", 1))
    paid = int(one.doc.get("paid", 0)) + rules.bills.cycles_between(rules.rating.cycle_start(one.since, debtor.cycle_day), cycle)
    if paid >= parts:
        return []
    whole = Money(int(one.doc.get("whole", one.fee * parts)), one.currency)
    if one.until is not None and one.until < rules.bills.midnight(rules.bills.next_cycle(cycle)):
        left, what = rules.bills.instalments_left(whole, parts, paid), _("Instalments left of {name}", name=one.name)
    else:
        left = rules.bills.instalment(whole, parts, paid + 1)
        what = _("{name}, instalment {part} of {parts}", name=one.name, part=paid + 1, parts=parts)
    return [line_of(debtor, one, "instalment", what, cycle, left.minor, doc={"part": paid + 1, "parts": parts})]


def _discounts(debtor: Debtor, standing: Iterable[Subscription], lines: list[Line], cycle: date) -> list[Line]:
    found, left = [], {id(line): line.minor for line in lines if line.kind == "fee"}
    for one in standing:
        if one.kind != "discount" or not rules.bills.stands_in(one.since, cycle, debtor.cycle_day, int(one.doc.get("months", 0))):
            continue
        of = one.doc.get("of")
        mine = [line for line in lines if line.kind == "fee" and (of is None or of in (line.offering, line.product))]
        base = sum(left[id(line)] for line in mine)
        percent = one.doc.get("percent")
        minor = rules.bills.discount(base, None if percent is None else Decimal(str(percent)), int(one.doc.get("amount", 0)))
        if minor:
            _lower(left, mine, minor)
            offering = mine[0].offering
            what = _("Discount: {name}", name=one.name)
            found.append(line_of(debtor, one, "discount", what, cycle, -minor, offering=offering, doc={"kind": "plan"}))
    return found


def _lower(left: dict[int, int], lines: list[Line], minor: int) -> None:
    """What one discount has taken away, the next does not take again."""
    for line in lines:
        part = min(minor, left[id(line)])
        left[id(line)] -= part
        minor -= part


def line_of(
    debtor: Debtor, one: Subscription, kind: str, what: Text, cycle: date, minor: int, *, offering: str = "",
    doc: dict[str, Any] | None = None,
) -> Line:  # fmt: skip
    """This will make a line of what a subscription is charged for; it is still to be posted."""
    return Line(
        kind=kind, what=keep(what), offering=offering or one.offering, month=cycle, minor=minor, at=rules.bills.midnight(cycle),
        line=one.line, number=one.number, fresh=True, product=one.product, doc=doc or {}, currency=debtor.currency,
        entry=f"{kind}:{one.id}:{cycle.isoformat()}",
    )  # fmt: skip
