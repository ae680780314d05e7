"""The nouns: an offering as the house sells it, its rates, and the terms under which it stood for a while."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from onehall.domains.catalogue.model.tariffs import Tariff, flat
from onehall.kernel.i18n import Named, Text
from onehall.kernel.money import ZERO, Money

KINDS = ("plan", "pack", "service", "device")
SERVICES = ("data_mb", "voice_min", "sms")
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
NAMELESS = Named({})


class Rate(msgspec.Struct, frozen=True):
    """What use beyond the allowance costs: `amount` for each `per` units begun (MB, minutes, messages)."""

    amount: Money
    per: int = 1


class Offering(msgspec.Struct, frozen=True, kw_only=True):
    """What is on sale, or was: derived from the TMF ProductOffering, its prices and its specification.

    `fee` is per month, `once` is paid at the start; `allowances` and `rates` go by data_mb, voice_min, sms. `group` is
    the name of its family of offerings. `sold_in`: channels that alone sell it; `for_plans`: plans that a pack goes
    with; both empty for all. `alternatives`: offerings that sell a bundle's parts one by one. `price_id` names these
    very terms for ever. `first_month`: whole, half or per_day; `fee_when`:
    always, or only for a month with use. `valid_days`: how long a pack paid once lasts; `rollover_months`: how long
    what is not used of a month's allowances stays after it. A contract's terms: `min_spend` a month, of which `exit_percent`
    is owed for each month that remains when it is left early; `pay_back`: none, part or all of the discounts given under it.
    `gaps`: why it cannot be on sale.
    """

    id: str
    version: int = 0
    kind: str = ""
    name: Named = NAMELESS
    note: Named = NAMELESS
    fee: Money = ZERO
    once: Money = ZERO
    allowances: dict[str, int] = {}
    contract_months: int = 0
    rates: dict[str, Rate] = {}
    tariffs: dict[str, Tariff] = {}
    group: Named = NAMELESS
    family: str = ""
    rank: int = 0
    sold_in: tuple[str, ...] = ()
    for_plans: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    start: datetime = ALWAYS
    end: datetime | None = None
    price_id: str = ""
    status: str = ""
    sellable: bool = True
    is_bundle: bool = False
    parts: tuple[str, ...] = ()
    first_month: str = "whole"
    fee_when: str = "always"
    valid_days: int = 0
    rollover_months: int = 0
    min_spend: Money = ZERO
    exit_percent: int = 90
    pay_back: str = "none"
    terms: tuple[Named, ...] = ()
    features: tuple[Named, ...] = ()
    badge: Named = NAMELESS
    priced: bool = False
    gaps: tuple[Text, ...] = ()

    def tariff(self, service: str) -> Tariff | None:
        """This will give what use of a service costs; None where nothing is said of it."""
        plain = self.rates.get(service)
        return self.tariffs.get(service) or (flat(service, Decimal(plain.amount.minor), plain.per) if plain else None)

    @property
    def monthly(self) -> bool:
        """This will tell whether it is paid month by month."""
        return self.priced and (bool(self.fee) or not self.once)


class Terms(msgspec.Struct, frozen=True):
    """An offering as it stood in [since, until); `id` is the price_id, `price` the TMF price that it came from."""

    id: str
    offering: str
    price: str
    since: datetime
    until: datetime | None
    face: Offering

    def stands(self, at: datetime) -> bool:
        """This will tell whether these were the terms at a time."""
        return self.since <= at and (self.until is None or at < self.until)
