"""The decisions on invoices: what may be invoiced, up to how much, and to whom."""

import re
from collections.abc import Sequence
from typing import Final

from onehall.domains.billing.model import Incoming
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

TITLE_MIN: Final = 2
TITLE_MAX: Final = 100
EMAIL_MAX: Final = 200
_TAX_NUMBER = re.compile(r"[0-9A-Z]{15,20}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def invoiceable(total: int, credited: int, open_: int) -> int:
    """No more of a bill is invoiced than was paid of it, and nothing that was credited."""
    return max(0, total - credited - open_)


def claims(money: Sequence[Incoming], most: int) -> list[tuple[str, int]]:
    """An invoice states money that came in and is on no other, the oldest first: the same money is never invoiced twice."""
    found = []
    for one in money:
        minor = min(one.not_invoiced, most)
        if minor > 0:
            found.append((one.entry, minor))
            most -= minor
    return found


def check_reversal(status: str, red: bool) -> None:
    """Only a whole invoice that was issued and stands is reversed, and a red one never is.

    :raises Refusal: `invoice.reversal`, 409.
    """
    if not may_reverse(status, red):
        raise Refusal("invoice.reversal", _("This invoice cannot be reversed now."), 409)


def may_reverse(status: str, red: bool) -> bool:
    """A customer may have an invoice corrected that was issued and stands."""
    return status == "issued" and not red


def check_anew(status: str, red: bool) -> None:
    """An invoice is made out anew only when none stands for the same: the one before was reversed as a whole, or refused.

    :raises Refusal: `invoice.stands`, 409.
    """
    if red or status not in ("reversed", "refused"):
        raise Refusal("invoice.stands", _("This invoice stands, or is being taken back."), 409)


def invoice_title(words: str) -> str:
    """An invoice is made out to a name of 2 to 100 letters.

    :raises Refusal: `invoice.title`.
    """
    name = " ".join(words.split())
    if not (TITLE_MIN <= len(name) <= TITLE_MAX and name.isprintable()):
        raise Refusal("invoice.title", _("Please give the name that the invoice is made out to."))
    return name


def tax_number(words: str) -> str:
    """A company's tax number has 15 to 20 digits and capital letters.

    :raises Refusal: `invoice.tax_number`.
    """
    number = "".join(words.split()).upper()
    if not _TAX_NUMBER.fullmatch(number):
        raise Refusal("invoice.tax_number", _("A tax number has 15 to 20 digits and letters."))
    return number


def email_address(words: str) -> str:
    """An invoice is sent to one mail address.

    :raises Refusal: `invoice.email`.
    """
    address = words.strip()
    if len(address) > EMAIL_MAX or not _EMAIL.fullmatch(address):
        raise Refusal("invoice.email", _("This is not a mail address."))
    return address
