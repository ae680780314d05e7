"""What billing tells of allowances shared, given and carried over, of limits, and of lines that stand still for money."""

from datetime import datetime
from decimal import Decimal

from onehall.kernel.events import Fact
from onehall.kernel.money import Money


class AllowanceEnds(Fact, frozen=True, tag="billing.allowance_ends"):
    """What a product granted ends soon, and some of it is not used."""

    account: str
    of: str
    until: datetime


class RolledOver(Fact, frozen=True, tag="billing.rolled_over"):
    """What was not used of an allowance stays for a while longer, in a bucket of its own."""

    account: str
    bucket: str
    into: str
    amount: Decimal


class RoamingBegan(Fact, frozen=True, tag="billing.roaming_began"):
    """A line was used in a zone away from home, for the first time in this trip."""

    account: str
    line: str
    number: str
    zone: str


class CreditReached(Fact, frozen=True, tag="billing.credit_reached"):
    """What a customer owes, on bills and not yet on one, has gone over their credit limit."""

    account: str
    owing: Money
    limit: Money


class LimitReached(Fact, frozen=True, tag="billing.limit_reached"):
    """What a customer allowed themselves for a month is used up; `what`: money or data."""

    account: str
    what: str
    month: str


class LineBarred(Fact, frozen=True, tag="billing.line_barred"):
    """A line stands still for money; `why`: credit, arrears or empty."""

    account: str
    why: str


class LineFreed(Fact, frozen=True, tag="billing.line_freed"):
    """A line that stood still for money works again; `seconds` after the money came."""

    account: str
    why: str
    seconds: int


class MemberInvited(Fact, frozen=True, tag="billing.member_invited"):
    """An account offered to share an allowance with a number."""

    account: str
    share: str
    number: str


class MemberJoined(Fact, frozen=True, tag="billing.member_joined"):
    """A number draws from another account's allowance, which pays for what it uses."""

    account: str
    share: str
    number: str


class MemberLeft(Fact, frozen=True, tag="billing.member_left"):
    """A number no longer draws from another account's allowance; `how`: left, removed or declined."""

    account: str
    share: str
    number: str
    how: str


class GiftSent(Fact, frozen=True, tag="billing.gift_sent"):
    """A customer gave data to a number, MB."""

    account: str
    gift: str
    number: str
    amount: Decimal


class GiftReceived(Fact, frozen=True, tag="billing.gift_received"):
    """An account was given data, MB."""

    account: str
    gift: str
    amount: Decimal


class UnitsReserved(Fact, frozen=True, tag="billing.units_reserved"):
    """Units and money were set aside for a call in progress."""

    account: str
    reservation: str


class ReservationEnded(Fact, frozen=True, tag="billing.reservation_ended"):
    """What was set aside for a call is free again; `how`: committed, released or expired."""

    account: str
    reservation: str
    how: str


class BillOverdue(Fact, frozen=True, tag="billing.bill_overdue"):
    """A bill is past its due date and not paid."""

    account: str
    bill: str
    left: Money
