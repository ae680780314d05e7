"""Every decision of the catalogue, as tables of cases."""

from datetime import UTC, datetime

import pytest

from onehall.domains.catalogue import rules
from onehall.domains.catalogue.lifecycle import OFFERING, check_step, state_of
from onehall.domains.catalogue.model import Offering, Rate
from onehall.kernel.i18n import Named
from onehall.kernel.money import Money
from onehall.kernel.refusals import Refusal

NAME = Named({"en": "X"})


def at(text: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def offer(**more: object) -> Offering:
    """An offering that may be on sale, but for what is said otherwise."""
    base: dict[str, object] = {"id": "x", "kind": "plan", "name": NAME, "fee": Money(5900), "priced": True, "status": "Active"}
    return Offering(**(base | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ({}, []),
        ({"status": "Launched"}, []),
        ({"status": "launched"}, []),
        ({"fee": Money(0)}, []),
        ({"name": Named({})}, ["It has no name."]),
        ({"name": Named({"en": "x" * 101})}, ["Its name is too long to be shown."]),
        ({"kind": ""}, ["It does not say what kind of offering it is."]),
        ({"priced": False}, ["It has no price in force."]),
        ({"once": Money(1, "USD")}, ["Its prices are in different currencies."]),
        ({"rates": {"sms": Rate(Money(1, "USD"))}}, ["Its prices are in different currencies."]),
        ({"status": "In test"}, ["It is not launched."]),
        ({"status": "Retired", "sellable": False}, ["It is not launched.", "It is not sold by itself."]),
    ],
)  # fmt: skip
def test_sale_gaps(more: dict[str, object], reasons: list[str]) -> None:
    assert [str(gap) for gap in rules.sale_gaps(offer(**more))] == reasons


def test_sale_gaps_of_what_it_refers_to() -> None:
    assert [str(gap) for gap in rules.sale_gaps(offer(), specification_missing=True)] == ["Its specification is not known."]
    assert [str(gap) for gap in rules.sale_gaps(offer(priced=False), price_unreadable=True)] == ["It has a price that cannot be read."]


DATA = offer(id="d", kind="pack", allowances={"data_mb": 1024})
VOICE = offer(id="v", kind="pack", allowances={"voice_min": 100}, fee=Money(900))
BOTH = offer(id="b", allowances={"data_mb": 1, "voice_min": 1})
BY_USE = offer(id="u", kind="service", rates={"data_mb": Rate(Money(1)), "voice_min": Rate(Money(15))})


@pytest.mark.parametrize(
    ("named", "on_sale", "reasons"),
    [
        (("d", "v"), (DATA, VOICE), []),
        (("u",), (BY_USE,), []),
        (("d", "u"), (DATA, BY_USE), []),
        (("d",), (DATA, VOICE), ["It is a bundle and names nothing that sells calls by itself."]),
        (("b",), (BOTH,), ["It is a bundle and names nothing that sells data by itself.",
        "It is a bundle and names nothing that sells calls by itself."]),
        (("d", "v"), (), ["It is a bundle and names nothing on sale that sells its parts one by one."]),
        ((), (DATA, VOICE), ["It is a bundle and names nothing on sale that sells its parts one by one."]),
    ],
)  # fmt: skip
def test_bundle_gaps(named: tuple[str, ...], on_sale: tuple[Offering, ...], reasons: list[str]) -> None:
    bundle = offer(is_bundle=True, allowances={"data_mb": 5, "voice_min": 5}, alternatives=named)
    assert [str(gap) for gap in rules.bundle_gaps(bundle, on_sale)] == reasons
    by_parts = offer(is_bundle=True, allowances={"data_mb": 5, "voice_min": 5}, parts=named)
    assert [str(gap) for gap in rules.bundle_gaps(by_parts, on_sale)] == reasons
    assert rules.bundle_gaps(offer(allowances={"data_mb": 5, "voice_min": 5}), ()) == ()


@pytest.mark.parametrize(
    ("offering", "service", "alone"),
    [(DATA, "data_mb", True), (DATA, "voice_min", False), (BOTH, "data_mb", False), (BY_USE, "voice_min", True), (BY_USE, "sms", False)],
)
def test_sells_alone(offering: Offering, service: str, alone: bool) -> None:
    assert rules.sells_alone(offering, service) is alone


def test_unbundled_names_what_the_bundle_names_else_the_cheapest() -> None:
    plan = offer(id="p", allowances={"data_mb": 5, "voice_min": 5})
    dear = offer(id="e", kind="pack", allowances={"data_mb": 9}, fee=Money(9900))
    assert [one.id for one in rules.unbundled(plan, [dear, DATA, VOICE])] == ["d", "v"]
    assert [
        one.id
        for one in rules.unbundled(offer(id="p", allowances={"data_mb": 5, "voice_min": 5}, alternatives=("e",)), [dear, DATA, VOICE])
    ] == ["e"]
    assert rules.unbundled(offer(id="p", allowances={"data_mb": 5}), [DATA]) == []
    assert rules.unbundled(offer(id="p", allowances={"data_mb": 5, "voice_min": 5}, fee=Money(1, "SGD")), [DATA, VOICE]) == []
    tied = offer(id="t", kind="pack", allowances={"data_mb": 9}, fee=Money(1), for_plans=("other",))
    assert [one.id for one in rules.unbundled(plan, [tied, DATA, VOICE])] == ["d", "v"]


NOON = at("2025-06-15T04:00:00")


@pytest.mark.parametrize(
    ("more", "channel", "sold"),
    [
        ({}, None, True), ({}, "sms", True), ({"gaps": ("no",)}, None, False),
        ({"sold_in": ("web",)}, "web", True), ({"sold_in": ("web",)}, "sms", False), ({"sold_in": ("web",)}, None, True),
        ({"start": NOON}, None, True), ({"start": at("2025-06-15T04:00:01")}, None, False),
        ({"end": NOON}, None, False), ({"end": at("2025-06-15T04:00:01")}, None, True),
    ],
)  # fmt: skip
def test_is_on_sale(more: dict[str, object], channel: str | None, sold: bool) -> None:
    assert rules.is_on_sale(offer(**more), NOON, channel) is sold
    if sold:
        rules.check_on_sale(offer(**more), NOON, channel)
    elif "gaps" not in more:
        with pytest.raises(Refusal) as no:
            rules.check_on_sale(offer(**more), NOON, channel)
        assert (no.value.code, no.value.status) == ("offering.not_on_sale", 409)


@pytest.mark.parametrize(("plans", "plan", "fits"), [((), "p", True), (("p", "q"), "p", True), (("q",), "p", False), (("q",), None, True)])
def test_fits_plan(plans: tuple[str, ...], plan: str | None, fits: bool) -> None:
    pack = offer(kind="pack", for_plans=plans)
    assert rules.fits_plan(pack, plan) is fits
    if not fits:
        with pytest.raises(Refusal) as no:
            rules.check_fits(pack, plan or "")
        assert no.value.code == "pack.plan"


def test_service_name() -> None:
    assert [str(rules.service_name(service)) for service in ("data_mb", "voice_min", "sms")] == ["data", "calls", "messages"]


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2025-06-15T04:00:00", "2025-06-30T16:00:00"),  # midnight of 1 July in Shanghai
        ("2025-06-30T15:59:59", "2025-06-30T16:00:00"),
        ("2025-06-30T16:00:00", "2025-07-31T16:00:00"),  # it is July there already
        ("2025-12-31T15:00:00", "2025-12-31T16:00:00"),
        ("2024-02-10T00:00:00", "2024-02-29T16:00:00"),
    ],
)
def test_change_day(now: str, day: str) -> None:
    assert rules.change_day(at(now)) == at(day)


@pytest.mark.parametrize(
    ("start", "months", "until"),
    [
        ("2025-06-15T04:00:00", 0, None), ("2025-06-15T04:00:00", 12, "2026-06-14T16:00:00"),
        ("2025-01-31T04:00:00", 1, "2025-02-27T16:00:00"),
        ("2024-01-31T04:00:00", 1, "2024-02-28T16:00:00"), ("2025-11-30T20:00:00", 24, "2027-11-30T16:00:00"),
    ],
)  # fmt: skip
def test_contract_until(start: str, months: int, until: str | None) -> None:
    assert rules.contract_until(at(start), months) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("until", "fee", "wanted", "day"),
    [
        (None, 5900, 2900, "2025-06-30T16:00:00"),
        ("2025-06-01T00:00:00", 5900, 2900, "2025-06-30T16:00:00"),  # the contract is over
        ("2025-09-10T00:00:00", 5900, 5900, "2025-06-30T16:00:00"),  # as dear: at once
        ("2025-09-10T00:00:00", 5900, 9900, "2025-06-30T16:00:00"),
        ("2025-09-10T00:00:00", 5900, 2900, "2025-09-30T16:00:00"),
        ("2025-09-30T16:00:00", 5900, 2900, "2025-09-30T16:00:00"),  # it ends as October begins
    ],
)
def test_earliest_change(until: str | None, fee: int, wanted: int, day: str) -> None:
    bound = at(until) if until else None
    assert rules.earliest_change(NOON, bound, Money(fee), Money(wanted)) == at(day)
    if day == "2025-06-30T16:00:00":
        assert rules.check_change_allowed(NOON, bound, Money(fee), offer(fee=Money(wanted))) == at(day)
    else:
        with pytest.raises(Refusal) as no:
            rules.check_change_allowed(NOON, bound, Money(fee), offer(fee=Money(wanted)))
        assert no.value.code == "plan.contract" and "Oct 1, 2025" in str(no.value)


@pytest.mark.parametrize(
    ("fee", "mode", "start", "first"),
    [
        (5900, "whole", "2025-06-30T04:00:00", 5900), (5900, "half", "2025-06-15T04:00:00", 5900),
        (5900, "half", "2025-06-15T16:00:00", 2950),  # it is the 16th in Shanghai
        (5901, "half", "2025-06-20T04:00:00", 2951),  # 2950.5
        (5900, "per_day", "2025-06-01T04:00:00", 5900), (5900, "per_day", "2025-06-30T04:00:00", 197),  # 5900 / 30 = 196.67
        (5900, "per_day", "2025-07-10T04:00:00", 4187),  # 5900 * 22 / 31 = 4187.1
        (45, "per_day", "2025-06-30T04:00:00", 2),  # 45 / 30 = 1.5 exactly
        (5900, "per_day", "2024-02-29T04:00:00", 203),  # 5900 / 29 = 203.4
        (0, "per_day", "2025-06-30T04:00:00", 0), (5900, "unheard of", "2025-06-30T04:00:00", 5900),
    ],
)  # fmt: skip
def test_first_month_fee(fee: int, mode: str, start: str, first: int) -> None:
    assert rules.first_month_fee(offer(fee=Money(fee), first_month=mode), at(start)) == Money(first)


@pytest.mark.parametrize(
    ("mode", "start", "minutes"),
    [
        ("whole", "2025-06-30T04:00:00", 300),
        ("half", "2025-06-20T04:00:00", 150),
        ("per_day", "2025-06-30T04:00:00", 10),
        ("per_day", "2025-07-31T04:00:00", 10),
    ],
)  # 300 / 30 = 10 and 300 / 31 = 9.7
def test_first_month_allowances(mode: str, start: str, minutes: int) -> None:
    plan = offer(first_month=mode, allowances={"voice_min": 300})
    assert rules.first_month_allowances(plan, at(start)) == {"voice_min": minutes}


def test_allowance_until() -> None:
    assert rules.allowance_until(offer(valid_days=7), NOON) == at("2025-06-22T04:00:00")
    assert rules.allowance_until(offer(), NOON) == at("2025-06-30T16:00:00")


@pytest.mark.parametrize(
    ("more", "new"),
    [
        ({}, False), ({"name": Named({"en": "Y"})}, False), ({"status": "Retired"}, False), ({"fee": Money(5901)}, True),
        ({"once": Money(1)}, True),
        ({"allowances": {"sms": 1}}, True), ({"rates": {"sms": Rate(Money(1))}}, True), ({"contract_months": 12}, True),
        ({"priced": False}, True),
    ],
)  # fmt: skip
def test_terms_differ(more: dict[str, object], new: bool) -> None:
    assert rules.terms_differ(offer(), offer(**more)) is new


def test_lifecycle() -> None:
    assert state_of("inStudy") == "In study" and state_of("LAUNCHED") == "Launched" and state_of("Odd") == "Odd"
    assert OFFERING.first == "In study" and OFFERING.ends == {"Obsolete", "Rejected"}
    for source, target in [("Active", "Retired"), ("active", "Active"), ("Odd", "Active"), ("Retired", "Obsolete")]:
        check_step(source, target)
    for source, target in [("Launched", "In design"), ("Obsolete", "Active"), ("Active", "Odd")]:
        with pytest.raises(Refusal) as no:
            check_step(source, target)
        assert (no.value.code, no.value.status) == ("lifecycle.step", 409)
