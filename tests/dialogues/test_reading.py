"""What a message means: a word with what follows it, or an answer to the open question."""

from typing import Any

import pytest

from onehall import app
from onehall.dialogues import reading
from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.journeys import CHANNELS

assert app.DOMAINS  # the catalogue of functions is full once the app is loaded
OFFERED = [one for one in FUNCTIONS.values() if CHANNELS["sms"].fits(one)]


@pytest.mark.parametrize(
    ("text", "function", "given"),
    [
        ("CXYE", "balance.check", {}), ("cxye", "balance.check", {}), ("CZ", "topup", {}), ("CZ 50", "topup", {"amount": "50"}),
        ("cz 50 18600010002", "topup", {"amount": "50", "number": "18600010002"}), ("CZ#50", "topup", {"amount": "50"}),
        ("CXXZ#李一鸣#110101199003070134", "port_out.check", {"name": "李一鸣", "document": "110101199003070134"}),
        ("0000", "menu", {}), ("菜单", "menu", {}), ("帮助", "help", {}), ("TD", "consent.stop", {}),
    ],
)  # fmt: skip
def test_a_word_calls_a_function(text: str, function: str, given: dict[str, Any]) -> None:
    called = reading.keyword(reading.plain(text), OFFERED)
    assert called is not None and (called.function.name, called.given) == (function, given)


@pytest.mark.parametrize("text", ["", " ", "#", "hello", "50", "CXYE50", "ＣＸＹ", "\x00"])
def test_other_words_call_nothing(text: str) -> None:
    assert reading.keyword(reading.plain(text), OFFERED) is None


def test_wide_letters_and_wild_spaces_are_read() -> None:
    assert reading.plain("　ＣＺ　 ５０\n") == "CZ 50"
    assert reading.plain("a\x00b") == "ab"


CHOOSE: dict[str, Any] = {"kind": "choose"}
PROVE: dict[str, Any] = {"kind": "prove", "fields": [{"name": "phone", "required": False}]}


@pytest.mark.parametrize(
    ("text", "question", "shown", "value"),
    [
        ("2", CHOOSE, ["a", "b"], "b"), ("0", CHOOSE, ["a"], "0"), ("3", CHOOSE, ["a", "b"], "3"), ("b", CHOOSE, ["a", "b"], "b"),
        ("²", CHOOSE, ["a", "b"], "²"), ("Y", {"kind": "confirm"}, [], "yes"), ("是", {"kind": "confirm"}, [], "yes"),
        ("n", {"kind": "confirm"}, [], "no"), ("取消", {"kind": "confirm"}, [], "no"), ("maybe", {"kind": "confirm"}, [], "maybe"),
        ("123456", {"kind": "prove", "fields": [{"name": "code"}]}, [], {"code": "123456"}),
        ("123456", {"kind": "prove"}, [], {"code": "123456"}),
        ("OK", PROVE, [], {"phone": ""}), ("18600010001", PROVE, [], {"phone": "18600010001"}), ("50", {"kind": "enter"}, [], "50"),
    ],
)  # fmt: skip
def test_an_answer_is_read_by_the_question(text: str, question: dict[str, Any], shown: list[str], value: Any) -> None:
    assert reading.answer(text, question, shown) == value
