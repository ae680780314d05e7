"""Whether a line may go to another operator with its number (携号转网), and with which code."""

from datetime import datetime, timedelta

from onehall.domains.inventory.model import Line
from onehall.kernel.i18n import Text, _
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

STAY_DAYS = 120
"""MIIT, national from 2019-11-30: 120 days since activation or the last port (domain rules, "Portability", B)."""
CODE_LIFE = timedelta(days=7)
"""How long an authorisation code counts; no published figure is at hand (unverified)."""
CODE_DIGITS = 6


def port_out_reasons(line: Line, same_person: bool, arrears: Money, now: datetime) -> list[Text]:
    """A line may leave when it is in service, in its holder's name, paid up, unbound, and 120 days old; else each reason is named."""
    reasons = []
    if not same_person:
        reasons.append(_("The name or the document is not that of the line's holder."))
    if line.status != "active":
        reasons.append(_("The line is not in service."))
    if arrears.minor > 0:
        reasons.append(_("{amount} are still to be paid.", amount=arrears))
    if (until := in_contract(line, now)) is not None:
        reasons.append(_("A contract binds the line until {day}.", day=until))
    if not stayed_long_enough(line.activated, now):
        reasons.append(_("The line has been in service for less than {days} days.", days=STAY_DAYS))
    return reasons


def in_contract(line: Line, now: datetime) -> datetime | None:
    """A contract or a nice number's lock binds until the later of the two ends."""
    ends = [end for end in (line.contract_until, line.lock_until) if end is not None and end > now]
    return max(ends, default=None)


def stayed_long_enough(activated: datetime | None, now: datetime) -> bool:
    """A number must have been in service for 120 days before it may go."""
    return activated is not None and activated + timedelta(days=STAY_DAYS) <= now


def check_port_code(expires: datetime | None, now: datetime) -> None:
    """A port-out code counts until it expires, and only for the number it was made for.

    :raises Refusal: `port.code`, 404.
    """
    if expires is None or expires <= now:
        raise Refusal("port.code", _("This port-out code is not valid."), 404)
