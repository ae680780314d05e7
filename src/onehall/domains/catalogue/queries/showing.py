"""How an offering is laid before people: as an option, as labelled facts, as one line of the tariff list."""

from collections.abc import Iterable
from typing import Any

import msgspec

from onehall.domains.catalogue import rules
from onehall.domains.catalogue.model import SERVICES, Offering, Rate
from onehall.kernel.i18n import Text, Words, _
from onehall.kernel.journeys import Item, Option, item
from onehall.kernel.money import Money

GIGABYTE = 1024
WITHOUT_LIMIT = 10_000


def option(offering: Offering) -> Option:
    """This will make the choice that stands for an offering; it holds the offering as it was when chosen."""
    return Option(
        offering.id, offering.name, note=offering.note, price=offering.fee if offering.monthly else offering.once,
        per=_("month") if offering.monthly else "", badge=offering.badge if offering.badge.by_language else "",
        group=offering.group if offering.group.by_language else "", facts=contents(offering), holds={"price_id": offering.price_id},
    )  # fmt: skip


def contents(offering: Offering) -> list[Item]:
    """This will list what an offering holds: data, minutes, messages."""
    held = sorted(offering.allowances, key=lambda service: (service not in SERVICES, (*SERVICES, service).index(service)))
    return [item(rules.service_name(service), amount(service, offering.allowances[service]), "data") for service in held]


def amount(service: str, count: int) -> Text:
    """This will write an amount of a service in the unit that people use."""
    if service == "data_mb":
        if count % GIGABYTE == 0:
            return _("{count} GB", count=count // GIGABYTE)
        return _("{count} MB", count=count)
    return _("{count} min", count=count) if service == "voice_min" else _("{count} SMS", count=count)


def details(offering: Offering) -> list[Item]:
    """This will list all there is to say of an offering: price, contents, rates, contract, validity, where it is sold."""
    facts = [item(_("Monthly fee"), offering.fee)] if offering.monthly else []
    facts += [item(_("Once"), offering.once)] if offering.once else []
    facts += contents(offering)
    facts += [
        item(_("Beyond that, {service}", service=rules.service_name(service)), rate(service, each))
        for service, each in offering.rates.items()
    ]
    facts.append(item(_("Contract"), contract(offering)))
    if offering.kind == "plan":
        facts.append(item(_("First month"), first_month(offering.first_month)))
    if offering.valid_days:
        lasts = _("{count} days", count=offering.valid_days) if offering.valid_days > 1 else _("1 day")
        facts.append(item(_("Lasts"), lasts))
    facts.append(item(_("On sale"), validity(offering)))
    facts += [item(_("Includes"), feature) for feature in offering.features]
    return facts


def conditions(offering: Offering) -> list[Words]:
    """This will list the conditions of an offering in words."""
    bound = [_("You are bound for {count} months.", count=offering.contract_months)] if offering.contract_months else []
    return [*bound, *leaving(offering), *offering.terms]


def leaving(offering: Offering) -> list[Words]:
    """This will say what it costs to leave an offering's contract early: of its least spend, and of the discounts given under it."""
    if not offering.contract_months:
        return []
    owed = [owed_early(offering.exit_percent, offering.min_spend)] if offering.min_spend and offering.exit_percent else []
    back = {
        "part": _("Who leaves early pays discounts of the contract back, for the months that remain."),
        "all": _("Who leaves early pays all discounts of the contract back."),
    }  # fmt: skip
    return [*owed, *([back[offering.pay_back]] if offering.pay_back in back else [])]


def owed_early(percent: int, spend: Money) -> Text:
    """This will say what of a least spend a month is owed by who leaves early."""
    return _("Who leaves early pays {percent}% of {spend} for each month that remains.", percent=percent, spend=spend)


def alternatives(offerings: Iterable[Offering]) -> list[Item]:
    """This will list, with prices, what sells the parts of a bundle one by one."""
    return [item(one.name, price(one)) for one in offerings]


def line(offering: Offering, alone: Iterable[Offering]) -> Item:
    """This will write one line of the tariff list: structure, price, conditions, validity, and the same one by one."""
    parts: list[Words] = [price(offering), *(amount(service, count) for service, count in offering.allowances.items())]
    parts += [contract(offering)]
    if offering.contract_months and offering.min_spend and offering.exit_percent:
        parts.append(_("if left early {percent}% of {spend} for each month left", percent=offering.exit_percent, spend=offering.min_spend))
    parts += [validity(offering)]
    names = [_("{name} {price}", name=one.name, price=price(one)) for one in alone]
    if names:
        parts.append(_("one by one: {names}", names=joined(names)))
    return item(offering.name, joined(parts))


def price(offering: Offering) -> Words:
    """This will write what an offering costs: by the month, once, or by use."""
    if offering.monthly and (offering.fee or not offering.rates):
        return _("{price} a month", price=offering.fee)
    if offering.once:
        return _("{price} once", price=offering.once)
    return joined([rate(service, each) for service, each in offering.rates.items()])


def rate(service: str, each: Rate) -> Text:
    """This will write a rate: price for an amount."""
    return _("{price} for {amount}", price=each.amount, amount=amount(service, each.per))


def contract(offering: Offering) -> Text:
    """This will write how long one is bound."""
    if offering.contract_months == 1:
        return _("1 month")
    return _("{count} months", count=offering.contract_months) if offering.contract_months else _("no contract")


def validity(offering: Offering) -> Text:
    """This will write until when an offering is sold."""
    return _("until {day}", day=offering.end.date()) if offering.end else _("until further notice")


def first_month(mode: str) -> Text:
    """This will write how the first month is charged."""
    return {"half": _("half the fee from the 16th on"), "per_day": _("by the day")}.get(mode, _("the whole fee"))


def joined(parts: Iterable[Words]) -> Words:
    """This will put words side by side, each in its reader's language."""
    found: Words = ""
    for part in parts:
        found = _("{first}, {next}", first=found, next=part) if found else part
    return found


def holds(offering: Offering) -> dict[str, Any]:
    """This will give an offering in a form that can be kept in a row."""
    kept: dict[str, Any] = msgspec.to_builtins(offering)
    return kept


def least(offerings: Iterable[Offering]) -> Money | None:
    """This will give the lowest monthly fee."""
    return min((one.fee for one in offerings), key=lambda fee: fee.minor, default=None)
