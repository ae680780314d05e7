"""What billing tells of money, allowances and use."""

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
    """The money asked for is there; `method` says how, `account` for which account it was begun, if for one."""

    payment: str
    amount: Money
    method: str
    party: str | None = None
    account: str | None = None


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


class BalancePaidOut(Fact, frozen=True, tag="billing.paid_out"):
    """What was left of an account was handed to its holder at a counter."""

    account: str
    amount: Money
    party: str | None = None
