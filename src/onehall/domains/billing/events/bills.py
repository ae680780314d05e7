"""What billing tells of bills and how they are paid."""

from datetime import date, datetime

from onehall.kernel.events import Fact
from onehall.kernel.money import Money


class BillPaid(Fact, frozen=True, tag="billing.bill_paid"):
    """Money was put on a bill; `left` of it is still open."""

    bill: str
    account: str
    amount: Money
    left: Money
    party: str | None = None


class BillReopened(Fact, frozen=True, tag="billing.bill_reopened"):
    """Money that had paid a bill went back, or a bill is no longer held back; `left` of it is to be paid."""

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


class InvoiceReversalAsked(Fact, frozen=True, tag="billing.invoice_reversal_asked"):
    """An invoice is to be taken back as a whole by a red one; `why` says staff's reason."""

    invoice: str
    account: str
    red: str
    why: str


class InvoiceReversed(Fact, frozen=True, tag="billing.invoice_reversed"):
    """An invoice was taken back as a whole by a red one."""

    invoice: str
    account: str
    red: str
