"""What every page of the hall is sent with, and where it may lead."""

import pytest

from onehall.channels.web import journeys, replies


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/me?x=1", "/me?x=1"), (None, "/"), ("", "/"), ("me", "/"), ("https://evil.example/", "/"), ("//evil.example/me", "/"),
        ("/\\evil.example", "/"), ("/" + "a" * 500, "/"), ("/" + "a" * 499, "/" + "a" * 499),
    ],
)  # fmt: skip
def test_a_login_leads_to_a_page_of_ours_alone(path: str | None, own: str) -> None:
    assert replies.own_path(path) == own


def test_a_page_is_kept_by_no_cache_and_framed_by_no_site() -> None:
    headers = replies.html("").headers
    assert headers["Cache-Control"] == "private, no-store"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self';" in policy and policy.endswith("form-action 'self'; frame-ancestors 'none'")


def test_a_code_that_was_typed_is_not_shown_again() -> None:
    assert journeys._typed({"phone": "18612345678", "code": "123456", "face": {"data": "x"}}) == {"phone": "18612345678"}
