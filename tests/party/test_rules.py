"""The rules of party, as tables of cases."""

import base64
from datetime import UTC, date, datetime, timedelta

import pytest

from onehall.domains.party import rules
from onehall.domains.party.model import Slot
from onehall.kernel.refusals import Refusal
from tests.party.people import ADULT, JPEG, resident_id

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
TODAY = date(2026, 5, 1)


def code_of(work) -> str:
    with pytest.raises(Refusal) as refused:
        work()
    return refused.value.code


# 11010519491231002X is the standard's own example: weighted sum 167, 167 % 11 = 2, and "10X98765432"[2] is X
@pytest.mark.parametrize(("first", "sign"), [("11010519491231002", "X"), ("44052418800101001", "4")])
def test_check_digit_of_the_standards_examples(first, sign):
    assert rules.check_digit(first) == sign


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("resident_id", "11010519491231002x", "11010519491231002X"),
        ("resident_id", " 110105 19491231 002X ", "11010519491231002X"),
        ("passport", "e12345678", "E12345678"),
        ("hk_macau_permit", "H12345678", "H12345678"),
        ("taiwan_permit", "12345678", "12345678"),
        ("permanent_residence", "CHN110000000001", "CHN110000000001"),
    ],
)
def test_a_good_document_number_is_kept_in_one_form(kind, given, kept):
    assert rules.check_document(kind, given) == kept


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("resident_id", "110105194912310021", "document.number"),  # the last sign must be X
        ("resident_id", resident_id("19491331"), "document.number"),  # no month 13, though the check digit is right
        ("resident_id", "11010549123100", "document.number"),  # fifteen signs went out of use
        ("resident_id", "１１０１０５１９４９１２３１００２X", "document.number"),
        ("resident_id", "", "document.number"),
        ("passport", "ABCDEF", "document.number"),
        ("library_card", "1", "document.type"),
    ],
)
def test_a_bad_document_number_is_refused(kind, given, code):
    assert code_of(lambda: rules.check_document(kind, given)) == code


def test_a_resident_id_tells_the_birthday_and_its_kind():
    assert rules.born_of("11010519491231002X") == date(1949, 12, 31)
    assert rules.born_of("E12345678") is None
    assert rules.kinds_of("11010519491231002X") == ["resident_id"]
    assert rules.kinds_of("12345678") == ["passport", "taiwan_permit"]


@pytest.mark.parametrize(
    ("born", "expires", "code"),
    [
        (date(2010, 5, 1), None, ""),  # sixteen today
        (date(2010, 5, 2), None, "holder.young"),  # sixteen tomorrow
        (None, TODAY, ""),  # good through its last day
        (None, TODAY - timedelta(days=1), "document.expired"),
        (None, None, ""),
    ],
)
def test_a_holder_is_sixteen_and_the_document_good(born, expires, code):
    if code:
        assert code_of(lambda: rules.check_holder(born, expires, TODAY)) == code
    else:
        rules.check_holder(born, expires, TODAY)


def test_age_counts_from_birthday_to_birthday():
    assert [rules.age(date(2000, 2, 29), day) for day in (date(2018, 2, 28), date(2018, 3, 1))] == [17, 18]


@pytest.mark.parametrize("name", ["张伟", "迪丽热巴·迪力木拉提", "Jane Doe", "Seán O'Neill-Smith", "Martin Luther King Jr."])
def test_names_as_they_are_on_documents(name):
    assert rules.check_name(f"  {name} ") == name


@pytest.mark.parametrize("name", ["", "张", "张3", "a" * 61, "<b>x</b>", "Jane\nDoe\x00"])
def test_what_is_no_name_is_refused(name):
    assert code_of(lambda: rules.check_name(name)) == "name.invalid"


@pytest.mark.parametrize(
    ("whole", "family", "given"),
    [("张伟", "张", "伟"), ("欧阳娜娜", "欧阳", "娜娜"), ("欧阳", "欧", "阳"), ("Jane van Doe", "Doe", "Jane van"), ("Cher", "Cher", "")],
)
def test_names_in_chinese_order_and_english(whole, family, given):
    assert rules.split_name(whole) == (family, given)
    assert rules.full_name(family, given) == whole


def test_one_name_in_two_spellings():
    assert rules.same_name("JANE DOE", "Jane  Doe") and rules.same_name("迪丽热巴·迪力木拉提", "迪丽热巴迪力木拉提")
    assert not rules.same_name("张伟", "张玮")


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        ("", "face.missing"),
        ("not base64!", "face.invalid"),
        (base64.b64encode(b"GIF89a").decode(), "face.invalid"),
        (base64.b64encode(b"\xff\xd8\xff" + b"0" * 2_000_001).decode(), "face.large"),
    ],
)
def test_what_is_no_face_is_refused(picture, code):
    assert code_of(lambda: rules.check_face(picture)) == code


def test_what_is_shown_is_read_whole():
    rules.check_face(JPEG)
    shown = rules.read_shown(TODAY, " 张伟 ", "resident_id", ADULT.lower(), JPEG)
    assert (shown.name, shown.document_number, shown.staff) == ("张伟", ADULT, None)
    assert ADULT not in repr(shown) and ADULT not in str(shown)
    assert rules.read_shown(TODAY, "张伟", "resident_id", ADULT, "", staff="clerk").face == ""
    assert code_of(lambda: rules.read_shown(TODAY, "张伟", "resident_id", resident_id("20150101"), JPEG)) == "holder.young"
    assert code_of(lambda: rules.read_shown(TODAY, "张伟", "resident_id", ADULT, "")) == "face.missing"


@pytest.mark.parametrize("address", ["a@b.cn", "zhang.wei+hall@mail.example.com"])
def test_good_addresses(address):
    assert rules.check_email(f" {address} ") == address


@pytest.mark.parametrize("address", ["", "a@b", "@b.cn", "a b@c.cn", "a@b@c.cn", "a@.cn", "a" * 250 + "@b.cn"])
def test_bad_addresses(address):
    assert code_of(lambda: rules.check_email(address)) == "email.invalid"


def slot(number, token="t", minutes=30, line=None):
    return Slot(slot=number, token=token, until=NOW + timedelta(minutes=minutes), line=line)


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        ([], 1),
        ([slot(1), slot(2)], 3),
        ([slot(number) for number in range(1, 6)], None),
        ([slot(number, line="l") for number in range(1, 6)], None),
        ([slot(1, minutes=-9), *[slot(number) for number in range(2, 6)]], None),  # lapsed nine minutes ago: ten of grace
        ([slot(1, minutes=-10), *[slot(number) for number in range(2, 6)]], 1),
        ([slot(1, minutes=-99, line="l"), *[slot(number) for number in range(2, 6)]], None),  # a line keeps it for good
        ([slot(4, token="mine"), *[slot(number) for number in (1, 2, 3, 5)]], 4),
    ],
)
def test_five_places_a_person(taken, free):
    assert rules.free_slot(taken, "mine", NOW) == free


@pytest.mark.parametrize(
    ("taken", "place"),
    [
        ([slot(1, token="other"), slot(3, token="mine")], 3),
        ([slot(3, token="mine", line="ours")], 3),
        ([slot(3, token="mine", line="another")], None),
        ([slot(3, token="other")], None),
    ],
)
def test_a_line_keeps_the_place_that_its_token_holds(taken, place):
    assert rules.slot_of(taken, "mine", "ours") == place


def test_what_is_left_of_five():
    assert rules.lines_left([slot(1, line="l", minutes=-1), slot(2), slot(3, minutes=-1)], NOW) == 3  # 5 - one kept - one held
    assert rules.five_already().code == "lines.five"


def test_no_word_is_no_to_marketing_and_yes_to_chosen_offers():
    assert [rules.consents.may_market(word) for word in (None, True, False)] == [False, True, False]
    assert [rules.consents.may_personalise(word) for word in (None, True, False)] == [True, True, False]


@pytest.mark.parametrize(
    ("unit", "staff", "served"),
    [
        (None, "op.gd.gz.s1", True),
        ("op.gd.gz.s1", "op.gd.sz.s9", True),
        ("op.gd.gz.s1", "op.bj.bj.s1", False),
        ("op.gd.gz.s1", "op", True),
        ("op.gd", "op.gd2.x.y", False),
        ("op.gd.gz", None, False),
    ],
)
def test_a_counter_serves_its_province(unit, staff, served):
    assert rules.serves_here(unit, staff) is served


def test_a_no_is_said_in_words():
    assert rules.why_not("name") != rules.why_not("face")
    assert str(rules.why_not("no such code")) == "Your identity could not be confirmed."
