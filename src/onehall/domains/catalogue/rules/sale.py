"""When an offering may be on sale, where, and to whom."""

from collections.abc import Iterable
from datetime import datetime

from onehall.domains.catalogue.lifecycle import SOLD, state_of
from onehall.domains.catalogue.model import KINDS, SERVICES, Offering
from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal

_NAMES = dict(zip(SERVICES, (_("data"), _("calls"), _("messages")), strict=True))

NAME_LENGTH_MAX = 100


def sale_gaps(offering: Offering, *, specification_missing: bool = False, price_unreadable: bool = False) -> tuple[Text, ...]:
    """An offering is on sale only with a name, a kind, a readable price in force and a known specification, launched and sellable."""
    found = (
        (not offering.name.render().strip(), _("It has no name.")),
        (len(offering.name.render()) > NAME_LENGTH_MAX, _("Its name is too long to be shown.")),
        (offering.kind not in KINDS, _("It does not say what kind of offering it is.")),
        (not offering.priced and not price_unreadable, _("It has no price in force.")),
        (price_unreadable, _("It has a price that cannot be read.")),
        (len(_currencies(offering)) > 1, _("Its prices are in different currencies.")),
        (specification_missing, _("Its specification is not known.")),
        (state_of(offering.status) not in SOLD, _("It is not launched.")),
        (not offering.sellable, _("It is not sold by itself.")),
    )
    return tuple(reason for applies, reason in found if applies)


def bundle_gaps(bundle: Offering, on_sale: Iterable[Offering]) -> tuple[Text, ...]:
    """A bundle is on sale only while each service in it is on sale by itself too, in offerings that the bundle names."""
    if not bundle.is_bundle:
        return ()
    named = [one for one in on_sale if one.id in bundle.alternatives or one.id in bundle.parts]
    if not named:
        return (_("It is a bundle and names nothing on sale that sells its parts one by one."),)
    open_ = [service for service in bundle.allowances if not any(sells_alone(one, service) for one in named)]
    return tuple(_("It is a bundle and names nothing that sells {service} by itself.", service=service_name(service)) for service in open_)


def sells_alone(offering: Offering, service: str) -> bool:
    """An offering sells a service by itself when that is all it holds, or when it is charged by use, apart from the rest."""
    return set(offering.allowances) == {service} or (service in offering.rates and not offering.allowances)


def unbundled(bundle: Offering, on_sale: Iterable[Offering]) -> list[Offering]:
    """Beside an offering of several services stand those that it names, else the cheapest that sells each of them by itself."""
    others = [one for one in on_sale if one.id != bundle.id and one.fee.currency == bundle.fee.currency]
    by_id = {one.id: one for one in others}
    named = [by_id[id_] for id_ in dict.fromkeys((*bundle.alternatives, *bundle.parts)) if id_ in by_id]
    if named or len(bundle.allowances) < 2:
        return named
    found: list[Offering] = []
    for service in bundle.allowances:
        alone = [one for one in others if sells_alone(one, service) and fits_plan(one, bundle.id)]
        cheapest = min(alone, key=lambda one: (one.fee.minor + one.once.minor, one.id), default=None)
        if cheapest and cheapest not in found:
            found.append(cheapest)
    return found


def is_on_sale(offering: Offering, at: datetime, channel: str | None = None) -> bool:
    """An offering without gaps is on sale from its start until its end, in the channels it names or, naming none, in all."""
    begun = offering.start <= at
    over = offering.end is not None and offering.end <= at
    return not offering.gaps and begun and not over and (channel is None or not offering.sold_in or channel in offering.sold_in)


def check_on_sale(offering: Offering, at: datetime, channel: str | None = None) -> None:
    """What is not on sale here and now is not sold.

    :raises Refusal: `offering.not_on_sale`, 409.
    """
    if is_on_sale(offering, at, channel):
        return
    if offering.gaps:
        raise Refusal("offering.not_on_sale", _("{name} is not on sale. {reason}", name=offering.name, reason=offering.gaps[0]), 409)
    if is_on_sale(offering, at):
        raise Refusal("offering.not_on_sale", _("{name} is not sold in this channel.", name=offering.name), 409)
    raise Refusal("offering.not_on_sale", _("{name} is not on sale now.", name=offering.name), 409)


def fits_plan(pack: Offering, plan: str | None) -> bool:
    """A pack goes with the plans it names; naming none, with every plan."""
    return not pack.for_plans or plan is None or plan in pack.for_plans


def check_fits(pack: Offering, plan: str) -> None:
    """A pack is sold only to lines on a plan that it goes with.

    :raises Refusal: `pack.plan`, 422.
    """
    if not fits_plan(pack, plan):
        raise Refusal("pack.plan", _("{name} does not go with your plan.", name=pack.name), 422)


def service_name(service: str) -> Text:
    """The services of a tariff are called data, calls and messages."""
    return _NAMES[service]


def _currencies(offering: Offering) -> set[str]:
    amounts = [offering.fee, offering.once, *(rate.amount for rate in offering.rates.values())]
    return {amount.currency for amount in amounts if amount}
