"""What a code may be, to whom an order is credited, who is next: tables of cases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from onehall.domains.outreach import Owner, Tenure, Ticket, Touch, rules
from onehall.kernel.refusals import Refusal

AT = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
TIANHE, YUEXIU = "onehall.gd.gz.s1", "onehall.gd.gz.s2"


def touch(code: str, hours_before: float, **owner: str) -> Touch:
    """A scan some hours before the order."""
    return Touch(f"{code}@{hours_before}", code, "store", Owner(**owner), AT - timedelta(hours=hours_before))


def ticket(number: int, state: str = "waiting", calls: int = 0) -> Ticket:
    """A place in the queue."""
    return Ticket(str(number), TIANHE, date(2026, 5, 4), number, state, "web", AT, calls=calls)


@pytest.mark.parametrize("text", ["k7m29qxd", "K7M2-9QXD", "k7m2 9qxd"])
def test_a_code_is_read_as_people_type_it(text: str) -> None:
    assert rules.check_code(text) == "k7m29qxd"
    assert rules.code_in(text) == "k7m29qxd"


@pytest.mark.parametrize("text", ["", "k7m29qx", "k7m29qxdd", "k7m29qxo", "k7m29qx1", "onehall.gd.gz.s1"])
def test_what_is_no_code_is_not_there(text: str) -> None:
    with pytest.raises(Refusal) as no:
        rules.check_code(text)
    assert no.value.status == 404
    assert rules.code_in(text) is None


def test_no_source_names_no_code() -> None:
    assert rules.code_in(None) is None


@pytest.mark.parametrize(
    ("kind", "owner", "offering", "fits"),
    [
        ("store", Owner(unit=TIANHE), None, True), ("store", Owner(), None, False), ("clerk", Owner(unit=TIANHE, staff="s"), None, True),
        ("clerk", Owner(unit=TIANHE), None, False), ("clerk", Owner(staff="s"), None, False),
        ("shelf", Owner(unit=TIANHE), "hall-59", True),
        ("shelf", Owner(unit=TIANHE), None, False), ("campaign", Owner(campaign="Spring"), None, True), ("campaign", Owner(), None, False),
        ("campaign", Owner(campaign="x" * 61), None, False), ("poster", Owner(unit=TIANHE), None, False),
    ],
)  # fmt: skip
def test_a_code_names_what_its_kind_needs(kind: str, owner: Owner, offering: str | None, fits: bool) -> None:
    if fits:
        rules.check_owner(kind, owner, offering)
        return
    with pytest.raises(Refusal) as no:
        rules.check_owner(kind, owner, offering)
    assert no.value.status == 422


def test_codes_are_made_up_to_five_hundred_at_once() -> None:
    assert rules.check_count(1) == 1 and rules.check_count(500) == 500
    for count in (0, 501):
        with pytest.raises(Refusal):
            rules.check_count(count)


def test_a_code_belongs_to_who_had_it_then() -> None:
    given = [Tenure(AT - timedelta(days=9), Owner(staff="chen")), Tenure(AT - timedelta(days=2), Owner(staff="lin"))]
    assert rules.owner_at(given, AT).staff == "lin"
    assert rules.owner_at(given, AT - timedelta(days=2)).staff == "lin"
    assert rules.owner_at(given, AT - timedelta(days=2, seconds=1)).staff == "chen"
    assert rules.owner_at(given, AT - timedelta(days=30)).staff == "chen"  # before it was made: the first
    assert rules.owner_at([], AT) == Owner()


@pytest.mark.parametrize(("here", "centre", "found"), [(3, 0, "here"), (1, 9, "here"), (0, 9, "centre"), (0, 0, "none")])
def test_the_centre_sells_what_the_store_has_not(here: int, centre: int, found: str) -> None:
    assert rules.availability(here, centre) == found


def test_a_scan_counts_for_seven_days() -> None:
    assert rules.shown_since(AT) == AT - timedelta(days=30)
    assert rules.counts(touch("a", 0), AT) and rules.counts(touch("a", 7 * 24), AT)
    assert not rules.counts(touch("a", 7 * 24 + 0.01), AT) and not rules.counts(touch("a", -0.01), AT)


def test_nobody_scans_for_another() -> None:
    assert rules.is_own_scan(None, None)
    assert not rules.is_own_scan("clerk", None) and not rules.is_own_scan(None, "program")


def test_scans_within_ten_minutes_are_one() -> None:
    assert rules.scan_moment(AT) == rules.scan_moment(AT + timedelta(minutes=9, seconds=59)) == AT
    assert rules.scan_moment(AT + timedelta(minutes=10)) == AT + timedelta(minutes=10)


def test_store_clerk_and_campaign_are_credited_each_to_their_latest_scan() -> None:
    weighed = rules.weigh(
        [touch("clerk", 72, unit=TIANHE, staff="chen"), touch("poster", 48, campaign="Spring"), touch("shelf", 24, unit=TIANHE),
         touch("old", 200, unit=YUEXIU, staff="lin", campaign="Winter")], AT
    )  # fmt: skip
    assert [(one.touch.code, one.verdict, one.credits) for one in weighed] == [
        ("shelf", "credited", ("unit",)), ("poster", "credited", ("campaign",)), ("clerk", "credited", ("staff",)), ("old", "too_old", ()),
    ]  # fmt: skip
    assert rules.credited(weighed) == Owner(TIANHE, "chen", "Spring")
    assert rules.leading_code(weighed) == "shelf"


def test_a_clerk_loses_a_sale_to_another_store_scanned_later() -> None:
    weighed = rules.weigh([touch("clerk", 72, unit=TIANHE, staff="chen"), touch("other", 24, unit=YUEXIU)], AT)
    assert [(one.touch.code, one.verdict) for one in weighed] == [("other", "credited"), ("clerk", "other_store")]
    assert rules.credited(weighed) == Owner(YUEXIU)


def test_another_clerk_of_the_store_scanned_later_keeps_it() -> None:
    scans = [touch("lin", 96, unit=YUEXIU, staff="lin"), touch("chen", 72, unit=TIANHE, staff="chen"), touch("door", 24, unit=YUEXIU)]
    weighed = rules.weigh(scans, AT)
    assert rules.credited(weighed) == Owner(YUEXIU, "lin")
    assert [one.verdict for one in weighed] == ["credited", "other_store", "credited"]


def test_an_earlier_scan_yields_to_a_later_one_and_a_later_order_has_no_scan() -> None:
    weighed = rules.weigh([touch("one", 5, unit=TIANHE), touch("two", 3, unit=TIANHE), touch("late", -1, unit=YUEXIU)], AT)
    assert [(one.touch.code, one.verdict) for one in weighed] == [("late", "after"), ("two", "credited"), ("one", "later_scan")]


def test_no_scan_credits_nobody() -> None:
    assert rules.credited(rules.weigh([], AT)) == Owner() and rules.leading_code(()) is None


def test_the_code_a_journey_came_by_counts_unless_it_is_the_latest_scan_anyway() -> None:
    began = touch("shelf", 1)
    assert rules.is_news(began, [])
    assert rules.is_news(began, [touch("shelf", 5), touch("other", 3)])
    assert not rules.is_news(began, [touch("other", 5), touch("shelf", 3)])
    assert not rules.is_news(began, [touch("shelf", 3), touch("other", 0.5)])  # what was scanned after it began is later anyway


@pytest.mark.parametrize(
    ("channel", "by_code", "found"),
    [("web", True, "O2M"), ("desk", True, "O2M"), ("web", False, "SELF"), ("sms", False, "SELF"), ("desk", False, "DESK"),
     ("kiosk", False, "KIOSK"), ("hotline", False, "HOTLINE"), ("tmf", False, "API"), ("agent", False, "API")],
)  # fmt: skip
def test_an_order_has_the_access_type_of_how_it_came(channel: str, by_code: bool, found: str) -> None:
    assert rules.access_type(channel, by_code) == found


def test_a_ticket_is_a_letter_and_three_digits() -> None:
    assert rules.ticket_number(1) == "A001" and rules.ticket_number(123) == "A123"
    assert rules.check_number("a001") == rules.check_number(" 1 ") == "A001"
    for wrong in ("", "A", "B001", "0", "10000", "一"):
        with pytest.raises(Refusal) as no:
            rules.check_number(wrong)
        assert no.value.code == "ticket.form"


def test_a_queue_is_full_at_two_hundred() -> None:
    rules.check_room(199)
    with pytest.raises(Refusal) as no:
        rules.check_room(200)
    assert no.value.code == "queue.full"


def test_who_came_first_is_called_first_and_who_missed_it_once_more_at_the_end() -> None:
    line = [ticket(3), ticket(1, calls=1), ticket(2), ticket(4, "called")]
    assert rules.next_in_line(line) == line[2]
    assert rules.next_in_line([line[1], line[3]]) == line[1]
    assert rules.next_in_line([]) is None
    assert [rules.ahead(one, line) for one in line[:3]] == [1, 2, 0]


def test_a_place_is_gone_after_the_second_call_in_vain() -> None:
    assert rules.to_end_with(ticket(1, calls=1), came=True) == "served"
    assert rules.to_end_with(ticket(1, calls=1), came=False) == "waiting"
    assert rules.to_end_with(ticket(1, calls=2), came=False) == "no_show"


def test_one_order_for_codes_makes_them_for_all_that_is_named() -> None:
    chen, lin = Owner(TIANHE, "chen"), Owner(YUEXIU, "lin")
    assert rules.wished("store", [TIANHE, YUEXIU], [chen], ["hall-59"], "Spring", 1) == ((Owner(TIANHE), None), (Owner(YUEXIU), None))
    assert rules.wished("clerk", [], [chen, lin], [], "", 1) == ((chen, None), (lin, None))
    shelf = rules.wished("shelf", [TIANHE, YUEXIU], [], ["hall-59", "light-29"], "", 2)
    assert len(shelf) == 8 and shelf[0] == shelf[1] == (Owner(TIANHE), "hall-59")
    assert rules.wished("campaign", [], [], [], "Spring", 3) == ((Owner(campaign="Spring"), None),) * 3
    assert rules.wished("poster", [], [], [], "", 1) == ((Owner(), None),)


def test_kept_since_is_never_less_than_what_is_shown() -> None:
    assert rules.kept_since(AT, 90) == AT - timedelta(days=90)
    assert rules.kept_since(AT, 3) == AT - timedelta(days=31) < rules.shown_since(AT)
