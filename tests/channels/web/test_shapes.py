"""How numbers, prices and moments are set in type."""

import pytest

from onehall.channels.web import shapes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¥99.00", ("¥", "99", "")),
        ("CN¥3,026.40", ("¥", "3,026", ".40")),
        ("-¥3.20", ("-¥", "3", ".20")),
        ("S$25", ("S$", "25", "")),
        ("free", ("", "free", "")),
    ],
)
def test_price(text: str, expected: tuple[str, str, str]) -> None:
    assert shapes.price(text) == expected


@pytest.mark.parametrize(
    ("number", "grouped"), [("18612348888", "186 1234 8888"), ("91234567", "9123 4567"), ("12345", "12345")]
)
def test_group(number: str, grouped: str) -> None:
    assert shapes.group(number) == grouped


def test_phones_leaves_other_digits_alone() -> None:
    said = "Order 1986123488880001: 18612348888 for ¥30261040.00"
    assert shapes.phones(said) == "Order 1986123488880001: 186\u00a01234\u00a08888 for ¥30261040.00"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "186 1234 <b>8866</b>"),
        ("ends 66, no 4", "186 1234 88<b>66</b>"),
        ("含 1234", "186 <b>1234</b> 8866"),
        ("no 88", "186 1234 <b>8866</b>"),
        ("348", "186 12<b>34 8</b>866"),
        ("999", "186 1234 <b>8866</b>"),
    ],
)
def test_digits_marks_what_was_wanted(query: str, expected: str) -> None:
    assert shapes.digits("18612348866", query) == expected


def test_digits_escapes_what_is_no_number() -> None:
    assert shapes.digits("<b>") == "&lt;b&gt;"


def test_shelves_keep_the_order_of_first_sight() -> None:
    options = [{"value": "1", "group": "B"}, {"value": "2", "group": "A"}, {"value": "3", "group": "B"}]
    assert [(name, [o["value"] for o in each]) for name, each in shapes.shelves(options)] == [("B", ["1", "3"]), ("A", ["2"])]


def test_bars_are_told_in_words_and_escaped() -> None:
    drawn = shapes.bars([{"label": "<Jul>", "value": 10}, {"label": "Aug", "value": 20}])
    assert 'aria-label="&lt;Jul&gt;: 10, Aug: 20"' in drawn
    assert drawn.count("<rect") == 2 and 'height="38.00%"' in drawn  # 10 / 20 * 76


def test_clock_speaks_the_operators_zone() -> None:
    assert shapes.clock("2025-11-22T06:32:00+00:00") == "11-22 14:32"  # UTC+8


def test_sections_put_facts_under_headings() -> None:
    labels = ("Fee", "By itself: 10 GB", "单独订购：短信", "Condition", "Condition")
    laid = shapes.sections([{"label": label, "value": str(place)} for place, label in enumerate(labels)])
    assert [(head, [(fact["label"], fact["value"]) for fact in some]) for head, some in laid] == [
        ("", [("Fee", "0")]),
        ("By itself", [("10 GB", "1")]),
        ("单独订购", [("短信", "2")]),
        ("Condition", [("", "3"), ("", "4")]),
    ]
