"""A hand-over's link: short, sealed, one with its six digits; and the deadline that the customer is told."""

from datetime import UTC, datetime, timedelta

import pytest

from onehall.kernel.journeys import links
from onehall.kernel.journeys.hand_over import HandOver
from onehall.kernel.journeys.rules import continue_until

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)  # twelve in Shanghai
MINUTE = timedelta(minutes=1)
JOURNEY = "0abcdefghijkl"


@pytest.mark.parametrize(
    ("kept", "minutes"),
    [((), 10), ((15,), 10), ((4,), 4), ((15, 6, 9), 6), ((-3,), 10), ((0,), 10)],
    ids=["nothing kept", "kept longer", "kept shorter", "the first of several", "let go already", "let go now"],
)  # fmt: skip
def test_it_goes_on_until_the_code_ends_or_what_is_kept_is_let_go(kept: tuple[int, ...], minutes: int) -> None:
    assert continue_until(NOON + 10 * MINUTE, [NOON + each * MINUTE for each in kept], NOON) == NOON + minutes * MINUTE


@pytest.mark.parametrize("code", ["000000", "000001", "482913", "999999"])
def test_a_token_is_read_back_from_wherever_it_stands(code: str) -> None:
    token = links.token_of(code, JOURNEY, NOON)
    assert len(token) == 16 and token.isalnum()
    for text in (token, f" {token} ", f"http://hall/h/{token}", f"https://hall.example/h/{token}/?src=x#top"):
        shown = links.read(text)
        assert shown and shown.code == code and links.is_sealed(shown, JOURNEY, NOON)


@pytest.mark.parametrize("text", ["482913", "482 913", "482-913", " 482913\n", "http://hall/c/482913"])
def test_six_digits_are_read_and_are_not_sealed(text: str) -> None:
    assert links.read(text) == links.Shown("482913")


@pytest.mark.parametrize("text", ["", "48291", "4829130", "４８２９１３", "hello", "/", "x" * 16 + "!", "zzzz" + "a" * 12, "9" * 5000])
def test_what_is_no_code_is_none(text: str) -> None:
    assert links.read(text) is None


def test_a_seal_is_good_for_its_own_hand_over_only() -> None:
    token = links.token_of("482913", JOURNEY, NOON)
    shown = links.read(token)
    assert shown and not links.is_sealed(shown, "0other", NOON) and not links.is_sealed(shown, JOURNEY, NOON + timedelta(seconds=1))
    changed = links.read(token[:-1] + ("a" if token[-1] != "a" else "b"))
    assert changed and changed.code == "482913" and not links.is_sealed(changed, JOURNEY, NOON)


def test_the_deadline_is_told_by_the_clock_of_the_operators_zone() -> None:
    made = HandOver("482913", JOURNEY, NOON + 10 * MINUTE, "t", NOON + 4 * MINUTE)
    assert made.by_clock(NOON) == "12:04" and made.by_clock(NOON - timedelta(days=1)) == NOON + 4 * MINUTE
