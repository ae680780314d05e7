"""While the stories are told, every statement that is sent is read: none of a request spans two homes."""

from collections.abc import Iterator

import pytest

from tests.ground.homes import fanned, recorded, spanning

SEEN_MIN = 50


@pytest.fixture(scope="module", autouse=True)
def no_statement_spans_two_homes() -> Iterator[None]:
    """What a story's statements bind is checked when its module is over."""
    with recorded() as sent:
        yield
    assert "\n".join(spanning(sent)) == ""
    assert "\n".join(fanned(sent)) == ""
    assert not sent or len([one for one in sent if one.homes]) > SEEN_MIN
