"""Logs tell what happened and not what is private."""

import json
from collections.abc import Iterator

import pytest
import structlog

from onehall.kernel import telemetry
from onehall.kernel.settings import Settings


@pytest.fixture(autouse=True)
def lines_as_json() -> Iterator[None]:
    telemetry.configure(Settings(log_form="json", log_level="info"))
    yield
    structlog.reset_defaults()


def written(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_line_says_what_when_and_how_grave(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.log.info("order placed", order="o1", count=3)
    line = written(capsys)
    assert (line["event"], line["level"], line["order"], line["count"]) == ("order placed", "info", "o1", 3)
    assert str(line["timestamp"]).endswith("Z")


def test_less_grave_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.log.debug("detail")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["password", "code", "token", "document", "Authorization", "client_secret"])
def test_secrets_are_left_out_wherever_they_stand(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.log.info("login", **{name: "hunter2"}, deep={"list": [{name: "hunter2"}]})
    assert "hunter2" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("11010519491231002X", "110***X"),
        ("of 110105194912310021.", "of 110***1."),
        ("110105491231002", "110***2"),
        ("13800138000", "13800138000"),
        ("4111111111111111111111", "4111111111111111111111"),
    ],
)
def test_identity_documents_are_masked_in_any_text(said: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.log.info("event", said=said, among=[said])
    line = written(capsys)
    assert (line["said"], line["among"]) == (shown, [shown])


def test_they_are_masked_in_an_error_too(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("no person 11010519491231002X")
    except ValueError:
        telemetry.log.exception("failed")
    line = written(capsys)
    assert "no person 110***X" in str(line["exception"])
    assert "Traceback" in str(line["exception"])
