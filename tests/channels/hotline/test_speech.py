"""Sums, numbers, dates and units as a voice says them."""

import pytest

from onehall.channels.hotline.speech import number, spoken

CASES = [
    ("¥1,234.50", "one thousand two hundred and thirty-four yuan and fifty fen", "一千二百三十四元五角"),
    ("¥2.05", "two yuan and five fen", "两元零五分"),
    ("-¥0.05", "minus five fen", "负五分"),
    ("¥0.00", "zero yuan", "零元"),
    ("18612348888", "one eight six, one two three four, eight eight eight eight", "幺八六，幺二三四，八八八八"),
    ("186****8888", "ending in eight eight eight eight", "尾号八八八八"),
    ("110***********477X", "ending in four seven seven X", "尾号四七七X"),
    ("李*.", "李.", "李某."),
    ("012345", "zero one two three four five", "零幺二三四五"),
    ("12.5 GB", "twelve point five gigabytes", "十二点五吉字节"),
    ("06h05f0z2r", "zero six h zero five f zero z two r", "零 六 h 零 五 f 零 z 二 r"),
    ("202611-D4PG30507J-1", "two zero two six one one D four P G three zero five zero seven J one",
     "二 零 二 六 一 一 D 四 P G 三 零 五 零 七 J 一"),
    ("80%", "eighty per cent", "百分之八十"),
    ("A012", "A zero one two", "A零幺二"),
    ("2026-12-01 10:30", "the first of December twenty twenty-six ten thirty", "二零二六年十二月一日 十点三十分"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "english", "chinese"), CASES)
def test_it_is_said_as_people_say_it(text: str, english: str, chinese: str) -> None:
    assert (spoken(text, "en"), spoken(text, "zh-CN")) == (english, chinese)


def test_a_date_in_words() -> None:
    assert spoken("Your plan changes on Dec 1, 2026.", "en") == "Your plan changes on the first of December twenty twenty-six."


@pytest.mark.parametrize(
    ("value", "chinese"),
    [(0, "零"), (10, "十"), (12, "十二"), (20, "二十"), (102, "一百零二"), (110, "一百一十"), (1005, "一千零五"), (2000, "两千"),
     (10_000, "一万"), (20_000, "两万"), (100_000, "十万"), (120_034, "十二万零三十四")],
)  # fmt: skip
def test_chinese_numbers(value: int, chinese: str) -> None:
    assert number(value, "zh-CN") == chinese
