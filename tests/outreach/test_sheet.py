"""A sheet of codes on paper."""

import re

from onehall.pages.codes.sheet import Card, sheet, spaced


def cards(count: int) -> list[Card]:
    """Some cards, one with Chinese words and one with a long name."""
    titles = ["Hall 59", "畅享59元", "A family bundle with a rather long name that needs two lines"]
    return [Card(f"k7m29q{place:02}", f"http://hall/q/k7m29q{place:02}", titles[place % 3], "广州天河营业厅") for place in range(count)]


def test_twelve_cards_stand_on_a_page() -> None:
    for count, wanted in ((1, 1), (12, 1), (13, 2), (25, 3)):
        found = re.search(rb"/Count (\d+)", sheet(cards(count), "en", "Codes"))
        assert found and int(found[1]) == wanted


def test_the_same_cards_give_the_same_bytes() -> None:
    assert sheet(cards(3), "zh-CN", "Codes") == sheet(cards(3), "zh-CN", "Codes")
    assert sheet(cards(3), "zh-CN", "Codes") != sheet(cards(4), "zh-CN", "Codes")


def test_a_code_is_written_as_it_is_read_aloud() -> None:
    assert spaced("k7m29qxd") == "K7M2 9QXD"
