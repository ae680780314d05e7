"""Texts are cut so that each message is one segment, as 3GPP TS 23.038 counts them."""

import pytest

from onehall.channels.sms import segments

PLAIN = "plain, and too long to stand beside it"


@pytest.mark.parametrize(
    ("text", "length", "gsm"),
    [
        ("", 0, True), ("abc", 3, True), ("a[b]", 6, True), ("€", 2, True), ("^{}\\[~]|€", 18, True), ("¥100", 4, True),
        ("余额", 2, False), ("a余", 2, False), ("[余]", 3, False), ("😀", 2, False), ("“quoted”", 8, False),
        ("`", 1, False), ("\n", 1, True),
    ],
)  # fmt: skip
def test_a_text_is_as_long_as_the_network_counts_it(text: str, length: int, gsm: bool) -> None:
    assert (segments.length(text), segments.is_gsm(text)) == (length, gsm)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a" * 160, True), ("a" * 161, False), ("[" * 80, True), ("[" * 81, False), ("a" * 159 + "€", False), ("a" * 158 + "€", True),
        ("余" * 70, True), ("余" * 71, False), ("a" * 69 + "余", True), ("a" * 70 + "余", False), ("😀" * 35, True), ("😀" * 36, False),
    ],
)  # fmt: skip
def test_a_segment_holds_160_or_70(text: str, fits: bool) -> None:
    assert segments.fits(text) is fits


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("one\ntwo", ["one\ntwo"]),
        ("a" * 100 + "\n" + "b" * 59, ["a" * 100 + "\n" + "b" * 59]),
        ("a" * 100 + "\n" + "b" * 60, ["a" * 100, "b" * 60]),
        ("a" * 161, ["a" * 160, "a"]),
        ("word " * 40, [("word " * 32).strip(), ("word " * 8).strip()]),
        ("余" * 71, ["余" * 70, "余"]),
        ("plain, and too long to stand beside it " * 3 + "\n余额", ["plain, and too long to stand beside it " * 2 + PLAIN, "余额"]),
    ],
)  # fmt: skip
def test_a_text_is_cut_between_lines_else_between_words(text: str, messages: list[str]) -> None:
    assert segments.cut(text) == messages


@pytest.mark.parametrize("text", ["[余]" * 200, "😀" * 400, "ab " * 900, "€" * 500, "x" * 69 + "😀" + "y" * 300, "余 " * 300])
def test_whatever_is_cut_fits_and_nothing_is_lost(text: str) -> None:
    messages = segments.cut(text)
    assert all(segments.fits(message) for message in messages)
    if len(messages) < segments.MESSAGES_MAX:
        assert "".join(messages).replace(" ", "") == text.replace(" ", "")
    for message in messages:
        message.encode("utf-16")  # no sign is cut in half
