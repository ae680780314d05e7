"""How amounts of use, money and the parts of lists are written on the pages of billing."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from onehall.channels.console.room import PAGE, PAGES_MAX
from onehall.domains import catalogue
from onehall.kernel.i18n import Text, Words, _, show
from onehall.kernel.identity.scope import check_role, is_root
from onehall.kernel.money import Money, exponent
from onehall.kernel.refusals import forbidden
from onehall.pages import Visit

NUMBER_MAX = 40
GIGABYTE = Decimal(1024)
KINDS: dict[str, Text] = {
    "fee": _("Fees"), "usage": _("Use"), "once": _("Once"), "charge": _("Charges"), "discount": _("Discounts"),
    "instalment": _("Instalments"), "exit": _("Early exit"), "credit": _("Credit notes"),
}  # fmt: skip


def check_whole(visit: Visit) -> None:
    """This will let in those who answer for the money of the whole operator.

    :raises Refusal: 403.
    """
    check_role(visit.who, "operations")
    if not is_root(visit.who.unit):
        raise forbidden()


def service(kind: str) -> Words:
    """This will name a service; one that the catalogue does not know goes by its own name."""
    return catalogue.rules.service_name(kind) if kind in catalogue.SERVICES else kind


def quantity(kind: str, amount: Decimal | int) -> Words:
    """This will write an exact amount of a service with its unit: 1,024 MB, 12.5 min, 3 SMS."""
    if kind == "data_mb" and amount and amount % GIGABYTE == 0:
        return _("{count} GB", count=figure(amount / GIGABYTE))
    count = figure(amount)
    known = {"data_mb": _("{count} MB", count=count), "voice_min": _("{count} min", count=count), "sms": _("{count} SMS", count=count)}
    return known.get(kind, count)


def figure(amount: Decimal | int) -> str:
    """This will write a number exactly, without zeros at its end."""
    exact = Decimal(amount)
    whole = exact == exact.to_integral_value()
    return f"{int(exact):,}" if whole else f"{exact.normalize():,f}"


def exact_price(minor: Decimal, currency: str) -> Words | Money:
    """This will write a price that may be finer than the smallest coin."""
    if minor == minor.to_integral_value():
        return Money(int(minor), currency)
    return _("{amount} {currency}", amount=figure(minor.scaleb(-exponent(currency))), currency=currency)


def cash(minor: int, currency: str, lang: str) -> str:
    """This will write money in the reader's language."""
    return show(Money(int(minor), currency), lang)


def kind_of_charge(kind: str, lang: str) -> str:
    """This will name a kind of charge."""
    return show(KINDS.get(kind, kind), lang)


def asked(visit: Visit, name: str, length: int = NUMBER_MAX) -> str:
    """This will give a word that was asked with, cut to its length, without the sign that no text may have."""
    return visit.request.query_params.get(name, "").replace("\0", "").strip()[:length]


def leaves(path: str, page: int, more: bool, **kept: str) -> dict[str, Any]:
    """This will give the addresses of the first page of a list and the next; what was asked is kept in them."""
    said = {name: value for name, value in kept.items() if value}
    first = f"{path}?{urlencode(said)}" if page > 1 else ""
    following = f"{path}?{urlencode(said | {'page': str(page + 1)})}" if more and page < PAGES_MAX else ""
    return {"first": first, "more": following}


def cut(rows: list[Any]) -> tuple[list[Any], bool]:
    """This will cut a list that was read with one row too many to a page, and tell whether there is more."""
    return rows[:PAGE], len(rows) > PAGE
