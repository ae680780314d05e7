"""The decisions of inventory, as tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from onehall.domains.inventory import rules
from onehall.domains.inventory.model import Line, Number, Pattern, Wanted
from onehall.kernel.i18n import Named
from onehall.kernel.money import Money, money
from onehall.kernel.refusals import Refusal

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
LINE = Line(
    home=1, id="x", party="p", number="18600001357", offering="p59", name=Named({"en": "Ice"}), status="active", created=NOW,
    activated=NOW - timedelta(days=200),
)  # fmt: skip


@pytest.mark.parametrize(
    ("number", "shape", "but", "right"),
    [
        ("18612348888", "AAAA", "", True), ("18612348888", "AABB", "", False), ("18612344444", "AAAA", "4", False),
        ("18612341212", "ABAB", "", True), ("18612341111", "ABAB", "", False), ("18612347766", "AABB", "", True),
        ("18612341234", "ABCD", "", True), ("18612342468", "ABCD", "", False), ("18612344321", "DCBA", "", True),
        ("18612340123", "ABCD", "", True), ("18612347890", "ABCD", "", False), ("18612341235", "ABCD", "", False),
        ("18612341234", "ABCD", "4", False), ("18600123123", "ABCABC", "", True), ("18600000888", "888", "", True),
        ("18600008880", "888", "", False), ("18612312123", "ABCABC", "", False), ("18600009119", "ABBA", "", True),
        ("18677778888", "AAAABBBB", "", True), ("18688888888", "AAAABBBB", "", False),
    ],
)  # fmt: skip
def test_a_shape_fits_the_end_of_a_number(number: str, shape: str, but: str, right: bool) -> None:
    assert rules.fits(number, shape, but) is right


def test_a_number_stands_in_its_finest_tier() -> None:
    patterns = [Pattern(10, "AABB"), Pattern(4, "8888"), Pattern(5, "AAAA", "4"), Pattern(7, "ABCABC"), Pattern(12, "ABC")]
    cases = {"18612348888": 4, "18612347777": 5, "18612344444": 0, "18612347788": 10, "18612123123": 7, "18612342123": 12, "18612340000": 5}
    assert {number: rules.tier(number, patterns) for number in cases} == cases
    many = rules.tier_of_many(patterns)
    assert {number: many(number) for number in cases} == cases


def test_many_numbers_get_the_tier_that_each_gets_alone() -> None:
    patterns = [
        Pattern(1, "AAAAAA"),
        Pattern(3, "ABABAB"),
        Pattern(4, "ABCABC"),
        Pattern(5, "AABBCC"),
        Pattern(6, "FEDCBA"),
        Pattern(7, "ABAB"),
    ]
    many = rules.tier_of_many(patterns)
    numbers = [f"186{place * 7_777_777 % 100_000_000:08}" for place in range(3_000)]
    numbers += ["18600999999", "18600121212", "18600365365", "18600112233", "18600987654", "18600654321", "18600345678"]
    assert [many(number) for number in numbers] == [rules.tier(number, patterns) for number in numbers]
    assert [many(number) for number in numbers[-7:]] == [1, 3, 4, 5, 6, 6, 0]


def test_a_mask_names_the_digits_of_the_last_eight() -> None:
    assert rules.tail_mask("18600000008") == 0b1_0000_0001  # 0 and 8; the 1 and 6 before the last eight do not count
    assert rules.tail_mask("18612345678") == 0b1_1111_1110


@pytest.mark.parametrize(("text", "bare"), [("186 0000 1357", "18600001357"), ("9123-4567", "91234567"), ("18600001357", "18600001357")])
def test_a_number_is_written_as_bare_digits(text: str, bare: str) -> None:
    assert rules.check_number(text) == bare


@pytest.mark.parametrize("text", ["", "012345678", "123", "1860000135x", "1" * 16, "١٢٣٤٥٦٧٨"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="number.form"):
        rules.check_number(text)


@pytest.mark.parametrize(
    ("state", "minutes", "token", "right"),
    [
        ("free", None, None, True), ("held", 5, "other", False), ("held", 5, "me", True), ("held", -1, "other", True),
        ("held", 0, "other", True),
        ("sold", None, "me", False), ("resting", 5, None, False), ("resting", 0, None, True), ("resting", None, None, False),
    ],
)  # fmt: skip
def test_a_number_can_be_had_when_free_lapsed_or_ones_own(state: str, minutes: int | None, token: str | None, right: bool) -> None:
    until = None if minutes is None else NOW + timedelta(minutes=minutes)
    assert rules.may_have(state, until, token, "me", NOW) is right


@pytest.mark.parametrize(
    ("state", "token", "line", "pool", "right"),
    [
        ("free", None, None, None, True), ("free", None, None, "office", False), ("held", "me", None, "office", True),
        ("held", "me", None, None, True), ("held", "other", None, None, False), ("resting", None, None, None, False),
        ("sold", "me", "ours", None, True), ("sold", "me", "another", None, False),
    ],
)  # fmt: skip
def test_a_number_is_sold_to_its_holder_or_of_the_open_stock(
    state: str, token: str | None, line: str | None, pool: str | None, right: bool
) -> None:
    number = Number("18600000000", state, 0, NOW + timedelta(minutes=5), token, line, pool=pool)
    assert rules.may_be_sold(number, "me", "ours", NOW) is right


def test_a_used_number_rests_ninety_days_an_unused_one_does_not() -> None:
    assert rules.rest_until(NOW, unused=True) is None
    assert rules.rest_until(NOW, unused=False) == NOW + timedelta(days=90)


@pytest.mark.parametrize(
    ("when", "now", "right"),
    [
        ("now", NOW, NOW),
        ("next_month", NOW, datetime(2026, 3, 31, 16, tzinfo=UTC)),  # midnight of 1 April in Shanghai
        ("next_month", datetime(2026, 12, 31, 15, 59, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("next_month", datetime(2026, 12, 31, 16, tzinfo=UTC), datetime(2027, 1, 31, 16, tzinfo=UTC)),  # it is January there already
    ],
)  # fmt: skip
def test_a_change_counts_now_or_from_the_first(when: str, now: datetime, right: datetime) -> None:
    assert rules.effective(when, now) == right


def test_a_change_counts_at_no_other_time() -> None:
    with pytest.raises(Refusal, match="effective.unknown"):
        rules.effective("tomorrow", NOW)


@pytest.mark.parametrize(
    ("start", "months", "right"),
    [
        (NOW, 0, None), (NOW, 12, datetime(2027, 3, 10, 8, tzinfo=UTC)),
        (datetime(2026, 8, 31, 4, tzinfo=UTC), 6, datetime(2027, 2, 28, 4, tzinfo=UTC)),
        (datetime(2026, 12, 15, 4, tzinfo=UTC), 1, datetime(2027, 1, 15, 4, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_a_contract_ends_so_many_months_on(start: datetime, months: int, right: datetime | None) -> None:
    assert rules.bound_until(start, months) == right


def test_a_line_is_suspended_for_reasons_on_the_list() -> None:
    assert rules.check_reason("loss") == "loss"
    assert rules.left_after(frozenset({"loss", "arrears"}), "loss") == {"arrears"}
    with pytest.raises(Refusal, match="suspend.reason"):
        rules.check_reason("mood")


def test_only_the_reason_that_is_there_can_be_taken_away() -> None:
    still = replace(LINE, status="suspended", suspended_why=frozenset({"arrears"}))
    rules.check_restorable(still, "arrears")
    with pytest.raises(Refusal, match="line.other_reason"):
        rules.check_restorable(still, "loss")
    with pytest.raises(Refusal, match="line.not_suspended"):
        rules.check_restorable(LINE, "loss")


def test_a_contract_binds_the_plan() -> None:
    rules.check_may_change(LINE, NOW)
    rules.check_may_change(replace(LINE, contract_until=NOW), NOW)
    with pytest.raises(Refusal, match="line.contract"):
        rules.check_may_change(replace(LINE, contract_until=NOW + timedelta(seconds=1)), NOW)
    with pytest.raises(Refusal, match="line.status"):
        rules.check_may_change(replace(LINE, status="terminated"), NOW)


@pytest.mark.parametrize(
    ("digits", "right"), [("89869900000000000011", True), ("89869900000000000012", False), ("79927398713", True), ("0", True)]
)
def test_luhn(digits: str, right: bool) -> None:
    assert rules.luhn(digits) is right


@pytest.mark.parametrize("text", ["89869900000000000012", "79869900000000000011", "898699", "", "89869900000000000١٤"])
def test_a_card_with_a_wrong_number_is_refused(text: str) -> None:
    assert rules.check_iccid("8986 9900 0000 0000 0011") == "89869900000000000011"
    with pytest.raises(Refusal, match="iccid.form"):
        rules.check_iccid(text)


@pytest.mark.parametrize(
    ("state", "code"), [(None, "sim.unknown"), ("reserved", "sim.taken"), ("active", "sim.taken"), ("spoilt", "sim.taken")]
)
def test_only_a_card_in_stock_is_given_out(state: str | None, code: str) -> None:
    rules.check_usable("stock")
    with pytest.raises(Refusal, match=code):
        rules.check_usable(state)


def test_a_sim_is_replaced_three_times_a_month_and_one_at_a_time() -> None:
    rules.check_replacement(LINE, 2, False)
    for line, made, under_way, code in (
        (LINE, 3, False, "sim.too_often"), (LINE, 0, True, "sim.replacing"), (replace(LINE, status="created"), 0, False, "line.status"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match=code):
            rules.check_replacement(line, made, under_way)
    assert rules.month_start(datetime(2026, 3, 31, 16, tzinfo=UTC)) == datetime(2026, 3, 31, 16, tzinfo=UTC)  # 1 April in Shanghai
    assert rules.month_start(NOW) == datetime(2026, 2, 28, 16, tzinfo=UTC)


def test_a_card_has_its_price_a_profile_is_free() -> None:
    assert rules.replacement_fee("plastic") == money(10)
    assert rules.replacement_fee("esim") == money(0)
    with pytest.raises(Refusal, match="sim.kind"):
        rules.replacement_fee("wooden")


@pytest.mark.parametrize(
    ("changes", "same", "owed", "first"),
    [
        ({}, True, 0, None), ({}, False, 0, "The name or the document is not that of the line's holder."),
        ({"status": "suspended"}, True, 0, "The line is not in service."), ({}, True, 1, "¥0.01 are still to be paid."),
        ({"activated": NOW - timedelta(days=119)}, True, 0, "The line has been in service for less than 120 days."),
        ({"activated": NOW - timedelta(days=120)}, True, 0, None),
        ({"activated": None}, True, 0, "The line has been in service for less than 120 days."),
        ({"contract_until": NOW}, True, 0, None),
    ],
)  # fmt: skip
def test_whoever_may_not_leave_is_told_each_reason(changes: dict[str, Any], same: bool, owed: int, first: str | None) -> None:
    reasons = rules.port_out_reasons(replace(LINE, **changes), same, Money(owed), NOW)
    assert [str(reason) for reason in reasons] == ([first] if first else [])


def test_a_contract_and_a_lock_bind_until_the_later_ends() -> None:
    day = timedelta(days=1)
    assert rules.in_contract(replace(LINE, contract_until=NOW + day, lock_until=NOW + 2 * day), NOW) == NOW + 2 * day
    assert rules.in_contract(replace(LINE, contract_until=NOW - day), NOW) is None
    assert len(rules.port_out_reasons(replace(LINE, contract_until=NOW + day, status="suspended"), False, Money(5), NOW)) == 4
    assert rules.stayed_long_enough(NOW - timedelta(days=119, hours=23), NOW) is False


def test_a_port_code_counts_until_it_expires() -> None:
    rules.check_port_code(NOW + timedelta(seconds=1), NOW)
    for expires in (None, NOW):
        with pytest.raises(Refusal, match="port.code"):
            rules.check_port_code(expires, NOW)


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("", Wanted()), ("   ", Wanted()), ("refresh", Wanted()), ("换一批", Wanted()),
        ("ends 88, no 4", Wanted(ends="88", without="4")), ("尾号88 不含4", Wanted(ends="88", without="4")),
        ("尾号88不含4", Wanted(ends="88", without="4")), ("尾号８８，不要 4 和 7", Wanted(ends="88", without="47")),
        ("ends 8 8", Wanted(ends="88")), ("ending with 666", Wanted(ends="666")), ("88 ending", Wanted(ends="88")),
        ("88结尾", Wanted(ends="88")),
        ("without 4 and 7, ends 8", Wanted(ends="8", without="47")), ("no 47", Wanted(without="47")), ("with no 4", Wanted(without="4")),
        ("contains 520", Wanted(contains=("520",))), ("含520", Wanted(contains=("520",))),
        ("contains 520 and 13", Wanted(contains=("520", "13"))),
        ("start 186", Wanted(starts="186")), ("186开头", Wanted(starts="186")), ("starts with 186 ends 8", Wanted(starts="186", ends="8")),
        ("186", Wanted(starts="186")), ("1 8 6", Wanted(starts="186")), ("1314", Wanted(contains=("1314",))),
        ("88", Wanted(contains=("88",))),
        ("186 0000 1357", Wanted(ends="18600001357")), ("1860000", Wanted(starts="1860000")),
        ("tier 3", Wanted(tier=3)), ("3级", Wanted(tier=3)), ("第三级靓号", Wanted(tier=3)), ("等级 5 尾号 8", Wanted(tier=5, ends="8")),
        ("ordinary", Wanted(tier=0)), ("普通号码 尾号6", Wanted(tier=0, ends="6")), ("靓号", Wanted(nice=True)),
        ("I would", None), ("blah", None), ("ends 8x", None), ("no 0123456789", None), ("ends 4, no 4", None), ("尾号4 不含4", None),
        ("contains 123456789", None), ("x" * 61, None), ("'; DROP TABLE number; --", None), ("١٢", None),
    ],
)  # fmt: skip
def test_words_say_which_number_is_wanted(words: str, right: Wanted | None) -> None:
    if right is not None:
        assert rules.wanted(words) == right
        return
    with pytest.raises(Refusal, match="number.words"):
        rules.wanted(words)


def test_what_contradicts_itself_is_refused() -> None:
    assert rules.check_wanted(Wanted(ends="8", without="4")) == Wanted(ends="8", without="4")
    with pytest.raises(Refusal, match="number.words"):
        rules.check_wanted(Wanted(contains=("47",), without="7"))
