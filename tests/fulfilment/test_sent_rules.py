"""What is decided of a card that is sent, as tables of cases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from onehall.domains.fulfilment import rules
from onehall.domains.fulfilment.model import Confirmed
from onehall.domains.fulfilment.rules.plans import SENT
from onehall.kernel.money import money
from onehall.kernel.refusals import Refusal
from tests.fulfilment.test_rules import plan

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday, noon in Shanghai
CARD = "8986990000000800001"


def test_only_a_new_line_whose_card_is_sent_goes_through_the_centre() -> None:
    assert [rules.plan_of("line.open", sent) for sent in (False, True)] == ["line.open", SENT]
    assert rules.plan_of("pack.add", True) == "pack.add"
    names = [name for name, _needs in rules.steps_of(SENT)]
    assert names[3:11] == [*rules.CENTRE, *rules.ROAD] and names[11:] == ["activate", "settle", "welcome"]


def test_what_is_sent_back_is_done_again_from_there_on() -> None:
    at = plan("audit:done pick:done write_card:done check_card:running pack:waiting")
    assert [step.name for step in rules.again_from(at, "check_card", "pick")] == ["pick", "write_card", "check_card"]


def test_what_has_not_begun_or_waits_for_a_person_is_dropped() -> None:
    at = plan("create_line:done allocate:running pick:running pack:waiting")
    assert [step.name for step in rules.droppable(at)] == ["pick", "pack"]


@pytest.mark.parametrize(
    ("real_named", "document", "person"), [(True, "resident_id", False), (True, "passport", True), (True, None, True), (False, None, True)]
)
def test_a_person_looks_where_the_check_leaves_something_open(real_named: bool, document: str | None, person: bool) -> None:
    assert rules.needs_audit(real_named, document) is person


def test_an_audit_is_due_by_the_same_hour_of_the_next_working_day() -> None:
    def kind(day: date) -> str:
        return "restday" if day.weekday() >= 5 else "workday"

    assert rules.audit_due(NOW, kind) == NOW + timedelta(days=3)  # Monday
    assert rules.audit_due(NOW - timedelta(days=1), kind) == NOW
    assert rules.audit_due(NOW, lambda day: "workday" if day == date(2026, 11, 21) else "restday") == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("states", "state", "code"),
    [
        ("pick:done write_card:waiting:pick", "running", "centre.moved"),
        ("pick:waiting", "running", "centre.moved"),
        ("pick:running", "undoing", "centre.ended"),
        ("pick:running", "done", "centre.ended"),
    ],
)
def test_an_order_is_worked_on_only_where_it_stands(states: str, state: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_stands(plan(states, state), "pick")
    assert (refused.value.code, refused.value.status) == (code, 409)
    assert rules.check_stands(plan("pick:running"), "pick").name == "pick"


def test_only_the_card_of_the_order_is_packed() -> None:
    rules.check_card(CARD, CARD)
    with pytest.raises(Refusal, match="It must be 8986990000000800001") as refused:
        rules.check_card("8986990000000800019", CARD)
    assert refused.value.code == "centre.other_card"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_who_turns_an_order_down_says_why(reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_refusal(reason)
    assert refused.value.code == "centre.reason"
    assert rules.check_refusal(" The picture \n is blurred ") == "The picture is blurred"


def test_three_cards_are_spoilt_at_most() -> None:
    assert [rules.may_write_again(writes) for writes in (1, 2, 3)] == [True, True, False]


def test_two_orders_never_have_one_tracking_number() -> None:
    assert rules.tracking_of("a1") == "OHA1" != rules.tracking_of("a2")


@pytest.mark.parametrize(
    ("typed", "kept"), [("广州市天河路1号", "广州市天河路1号"), (" Tianhe Road 1, \n Guangzhou ", "Tianhe Road 1, Guangzhou")]
)
def test_an_address_stands_on_one_line(typed: str, kept: str) -> None:
    assert rules.check_address(typed) == kept


@pytest.mark.parametrize("typed", ["", "home", "x" * 201, "Tianhe\x07Road 1"])
def test_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_address(typed)
    assert refused.value.code == "address.form"


@pytest.mark.parametrize(("kept", "name", "hashed"), [("h", "李雷", "other"), ("h", "韩梅梅", "h"), (None, "李雷", "h")])
def test_a_card_goes_only_to_its_buyer(kept: str | None, name: str, hashed: str) -> None:
    rules.check_shown("李雷", "h", " 李 雷", "h")
    with pytest.raises(Refusal) as refused:
        rules.check_shown("李雷", kept, name, hashed)
    assert refused.value.code == "delivery.document"


@pytest.mark.parametrize(
    ("total", "with_order", "balance", "paid"), [(59, True, 0, True), (59, False, 0, False), (0, True, 0, False), (59, False, 50, True)]
)
def test_the_first_payment_is_with_the_order_or_a_top_up(total: int, with_order: bool, balance: int, paid: bool) -> None:
    assert rules.is_paid(money(total), with_order, money(balance)) is paid


@pytest.mark.parametrize(
    ("document", "face", "paid", "missing"),
    [
        (0, 0, True, []),
        (29, 29, True, []),
        (30, 0, True, ["The document was not shown."]),
        (0, 30, True, ["The face was not compared."]),
        (0, 0, False, ["Nothing was paid yet: the first top-up is missing."]),
        (None, None, True, ["The document was not shown.", "The face was not compared."]),
    ],
)
def test_all_three_confirmations_are_needed_and_count_for_half_an_hour(
    document: int | None, face: int | None, paid: bool, missing: list[str]
) -> None:
    ago = [None if minutes is None else NOW - timedelta(minutes=minutes) for minutes in (document, face)]
    confirmed = Confirmed(ago[0], ago[1], paid)
    assert [str(text) for text in rules.not_confirmed(confirmed, NOW)] == missing
    if missing:
        with pytest.raises(Refusal) as refused:
            rules.check_confirmed(confirmed, NOW)
        assert refused.value.code == "delivery.not_confirmed" and missing[0] in str(refused.value.reason)
    else:
        rules.check_confirmed(confirmed, NOW)


@pytest.mark.parametrize(("minutes", "counts"), [(None, False), (-1, False), (0, True), (29, True), (30, False)])
def test_a_confirmation_counts_for_half_an_hour(minutes: int | None, counts: bool) -> None:
    assert rules.still_counts(None if minutes is None else NOW - timedelta(minutes=minutes), NOW) is counts


def test_a_card_comes_back_three_days_after_it_reached_the_door_or_five_after_it_left() -> None:
    assert rules.comes_back_at("hand_over", NOW) == NOW + timedelta(hours=72)
    assert rules.comes_back_at("carry", NOW) == NOW + timedelta(days=5)
