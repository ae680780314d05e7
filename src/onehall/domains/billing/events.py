"""What billing tells: money received, moved, returned; allowances granted and used up."""

from datetime import date, datetime
from decimal import Decimal

from onehall.kernel.events import Fact
from onehall.kernel.money import Money


class AccountOpened(Fact, frozen=True, tag="billing.account_opened"):
    """A billing account was opened."""

    account: str
    party: str | None
    line: str | None = None


class PaymentAsked(Fact, frozen=True, tag="payment.asked"):
    """Somebody was asked for money."""

    payment: str
    amount: Money
    party: str | None = None


class PaymentReceived(Fact, frozen=True, tag="payment.received"):
    """The money asked for is there; `method` says how."""

    payment: str
    amount: Money
    method: str
    party: str | None = None


class PaymentLapsed(Fact, frozen=True, tag="payment.lapsed"):
    """A payment ended unpaid; `status` says how: failed, expired, voided."""

    payment: str
    status: str


class MoneyCameLate(Fact, frozen=True, tag="payment.late"):
    """Money came for a payment that was over, or a second time; it goes back."""

    payment: str
    amount: Money


class RefundPromised(Fact, frozen=True, tag="refund.promised"):
    """Money is to go back."""

    payment: str
    refund: str
    amount: Money


class Refunded(Fact, frozen=True, tag="refund.done"):
    """Money went back."""

    payment: str
    refund: str
    amount: Money


class RefundFailed(Fact, frozen=True, tag="refund.failed"):
    """Money could not be sent back; a person must look."""

    payment: str
    refund: str
    why: str


class ToppedUp(Fact, frozen=True, tag="billing.topped_up"):
    """An account was topped up."""

    account: str
    amount: Money
    balance: Money


class Charged(Fact, frozen=True, tag="billing.charged"):
    """An account was charged; `of` names what for."""

    account: str
    amount: Money
    balance: Money
    of: str | None = None


class DepositTaken(Fact, frozen=True, tag="billing.deposit_taken"):
    """A prepayment was put aside."""

    account: str
    amount: Money


class DepositReleased(Fact, frozen=True, tag="billing.deposit_released"):
    """A part of a prepayment became the customer's balance."""

    account: str
    amount: Money


class BalanceAdjusted(Fact, frozen=True, tag="billing.adjusted"):
    """A balance was put right by hand."""

    account: str
    amount: Money
    why: str


class AllowanceGranted(Fact, frozen=True, tag="billing.allowance_granted"):
    """Allowances were granted to an account by an offering."""

    account: str
    of: str
    allowances: dict[str, int]


class AllowanceExpired(Fact, frozen=True, tag="billing.allowance_expired"):
    """An allowance ran out of time."""

    account: str
    bucket: str


class UsageRated(Fact, frozen=True, tag="billing.usage_rated"):
    """Records of use were rated; `amount` is by how much what the account owes for use has changed."""

    account: str
    records: int
    amount: Money


class AllowanceReached(Fact, frozen=True, tag="billing.allowance_reached"):
    """So many percent of an allowance are used."""

    account: str
    bucket: str
    kind: str
    share: int


class UseHeard(Fact, frozen=True, tag="billing.use_heard"):
    """A network element told of a use; all as it says it."""

    number: str
    source: str
    record: str
    kind: str
    amount: str
    at: str
    peer: str = ""
    zone: str = ""
    version: str = ""
    withdrawn: str = ""
    unit: str = ""


class UseGivenUp(Fact, frozen=True, tag="billing.use_given_up"):
    """Records of a number waited too long for an account or a plan; they are kept. `named`: some of them, as source:record."""

    number: str
    records: int
    why: str
    named: list[str]


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


class DataGiven(Fact, frozen=True, tag="billing.data_given"):
    """A customer gave data to a number, MB."""

    account: str
    gift: str
    number: str
    amount: Decimal


class DataReceived(Fact, frozen=True, tag="billing.data_received"):
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


class BillPaid(Fact, frozen=True, tag="billing.bill_paid"):
    """Money was put on a bill; `left` of it is still open."""

    bill: str
    account: str
    amount: Money
    left: Money
    party: str | None = None


class BillReopened(Fact, frozen=True, tag="billing.bill_reopened"):
    """Money that had paid a bill went back; `left` of the bill is open again."""

    bill: str
    account: str
    left: Money


class BillIssued(Fact, frozen=True, tag="billing.bill_issued"):
    """An account was billed for a cycle: `total` of its lines, of which `due` is to be paid until a time."""

    bill: str
    account: str
    party: str | None
    cycle: date
    total: Money
    due: Money
    due_on: datetime


class MonthTurned(Fact, frozen=True, tag="billing.month_turned"):
    """An account's new cycle began: its allowances stand, and its fees in advance are charged."""

    account: str
    cycle: date


class FeeNotCovered(Fact, frozen=True, tag="billing.fee_not_covered"):
    """The money of a prepaid account does not reach for the fees of the new cycle; they are owed."""

    account: str
    amount: Money
    cycle: date


class BillDisputed(Fact, frozen=True, tag="billing.bill_disputed"):
    """A customer does not accept a line of a bill."""

    dispute: str
    bill: str
    line: str
    amount: Money


class DisputeDecided(Fact, frozen=True, tag="billing.dispute_decided"):
    """A contested line was looked into; `accepted` when its amount is given back."""

    dispute: str
    bill: str
    accepted: bool


class CreditNoted(Fact, frozen=True, tag="billing.credit_noted"):
    """Something of a bill was given back by a credit note."""

    credit: str
    bill: str
    account: str
    amount: Money


class AutopaySet(Fact, frozen=True, tag="billing.autopay_set"):
    """An account's bills are paid automatically from now on."""

    method: str
    account: str


class AutopayStopped(Fact, frozen=True, tag="billing.autopay_stopped"):
    """An account's bills are no longer paid automatically."""

    method: str
    account: str


class AutopayFailed(Fact, frozen=True, tag="billing.autopay_failed"):
    """A bill could not be charged, for the so manieth time."""

    method: str
    bill: str
    tries: int


class BillOverdue(Fact, frozen=True, tag="billing.bill_overdue"):
    """A bill is past its due date and not paid."""

    account: str
    bill: str
    left: Money


class InvoiceIssued(Fact, frozen=True, tag="billing.invoice_issued"):
    """An invoice was issued; a red one is below zero."""

    invoice: str
    account: str
    amount: Money
    number: str


class InvoiceRefused(Fact, frozen=True, tag="billing.invoice_refused"):
    """The invoice service will not issue an invoice."""

    invoice: str
    account: str
    why: str


class InvoiceReversed(Fact, frozen=True, tag="billing.invoice_reversed"):
    """An invoice was taken back as a whole by a red one."""

    invoice: str
    account: str
    red: str
