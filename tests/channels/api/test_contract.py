"""The JSON channel's contract, word for word, over real HTTP against the running house."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.ground.counter import FACE
from tests.ground.house import House

JOURNEY = {"id", "function", "state", "question", "said"}
QUESTION = {"key", "turn", "kind", "text"}
NUMBER = "18600010001"
OTHER = "18600020001"


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    """An app that keeps no cookies."""
    with httpx.Client(base_url=house.url, timeout=30, verify=False) as opened:
        opened.event_hooks["response"].append(lambda _answer: opened.cookies.clear())
        yield opened


def code_of(client: httpx.Client, phone: str, at_least: int = 1) -> str:
    """The latest code on a simulated phone, once it has come."""
    for _look in range(100):
        messages = client.get(f"/sim/phones/{phone}/messages").json()
        if len(messages) >= at_least:
            return str("".join(sign for sign in messages[-1]["text"] if sign.isdigit())[:6])
        time.sleep(0.05)
    raise AssertionError("no message came")


@pytest.fixture(scope="module")
def tokens(house: House) -> dict[str, str]:
    """Bearer tokens of two customers, by the two steps of logging in."""
    found = {}
    with httpx.Client(base_url=house.url, timeout=30, verify=False) as client:
        for phone in (NUMBER, OTHER):
            asked = client.post("/api/login", json={"phone": phone})
            assert asked.status_code == 202 and asked.json() == {"sent": True, "seconds": 300}
            granted = client.post("/api/login/code", json={"phone": phone, "code": code_of(client, phone)})
            assert granted.status_code == 200 and {"token", "token_type", "expires"} == granted.json().keys()
            found[phone] = granted.json()["token"]
    return found


def bearer(token: str, **more: str) -> dict[str, str]:
    """The headers of a customer."""
    return {"authorization": f"Bearer {token}"} | more


def begin(client: httpx.Client, function: str, headers: dict[str, str] | None = None, **given: Any) -> dict[str, Any]:
    """A journey that was begun."""
    answer = client.post("/api/journeys", json={"function": function, "given": given}, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/journeys/{answer.json()['id']}"
    assert answer.json().keys() >= JOURNEY
    return dict(answer.json())


def reply(client: httpx.Client, view: dict[str, Any], value: Any, headers: dict[str, str] | None = None, **other: Any) -> httpx.Response:
    """The answer to an answer."""
    body = {"key": view["question"]["key"], "turn": view["question"]["turn"], "value": value} | other
    return client.post(f"/api/journeys/{view['id']}/answers", json=body, headers=headers)


def test_the_functions_are_listed(client: httpx.Client) -> None:
    listed = client.get("/api/functions").json()
    assert len(listed) >= 30
    opening = next(one for one in listed if one["name"] == "line.open")
    assert opening == {
        "name": "line.open", "title": "Open a line", "family": "sell", "proof": "none", "words": ["KH"],
        "asks": ["attach", "choose", "confirm", "enter", "pay", "prove", "wait"], "finishes_here": True,
    }  # fmt: skip
    assert not any(one["name"] == "refund.hand_over" for one in listed)  # staff only
    found = client.get("/api/functions", params={"q": "balance"}, headers={"accept-language": "en"}).json()
    assert {"balance.check", "balance.history"} <= {one["name"] for one in found}
    chinese = client.get("/api/functions", headers={"accept-language": "zh-CN"}).json()
    assert next(one["title"] for one in chinese if one["name"] == "line.open") == "号码开户"


def test_a_customer_is_told_their_balance_and_no_other(client: httpx.Client, tokens: dict[str, str]) -> None:
    view = begin(client, "balance.check", bearer(tokens[NUMBER]))
    assert (view["state"], view["question"]) == ("done", None)
    assert view["said"]["text"] == "Your balance is ¥86.50."
    assert view["said"]["facts"][0]["raw"] == {"minor": 8650, "currency": "CNY"}
    assert {"function": "topup", "title": "Top up"} in view["said"]["next"]
    answer = client.post("/api/journeys", json={"function": "balance.check", "line": OTHER}, headers=bearer(tokens[NUMBER]))
    assert answer.status_code == 404 and answer.json()["code"] == "line.none"


def test_wrong_codes_open_nothing(client: httpx.Client) -> None:
    client.post("/api/login", json={"phone": "18600030001"})
    answer = client.post("/api/login/code", json={"phone": "18600030001", "code": "abcdef"})
    assert (answer.status_code, answer.json()["code"]) == (422, "otp.wrong")
    assert client.post("/api/login", json={"phone": "18600030001"}).status_code == 429
    assert client.post("/api/login", json={"phone": "none"}).status_code == 422
    assert client.get("/api/journeys", headers=bearer("forged")).status_code == 401


def test_a_token_ends_with_its_logout(client: httpx.Client) -> None:
    client.post("/api/login", json={"phone": "18600010002"})
    code = code_of(client, "18600010002")
    token = client.post("/api/login/code", json={"phone": "18600010002", "code": code}).json()["token"]
    assert client.get("/api/journeys", headers=bearer(token)).status_code == 200
    assert client.post("/api/logout", headers=bearer(token)).status_code == 204
    assert client.get("/api/journeys", headers=bearer(token)).status_code == 401


def test_a_wrong_answer_leaves_the_question_as_it_was(client: httpx.Client) -> None:
    view = begin(client, "number.tier")
    assert view["state"] == "asking" and view["question"].keys() >= QUESTION
    assert (view["question"]["key"], view["question"]["kind"], view["question"]["text"]) == ("number", "enter", "Which number?")
    answer = reply(client, view, "not a number")
    assert answer.status_code == 422 and answer.json().keys() >= JOURNEY | {"code", "reason", "status"}
    assert answer.json()["question"]["turn"] == view["question"]["turn"]
    assert client.get(f"/api/journeys/{view['id']}").json()["question"] == view["question"]
    for value in (None, [], {"a": 1}, True, 7.5, "x" * 5000, "\x00"):
        assert reply(client, view, value).status_code == 422, value
    assert reply(client, view, NUMBER).json()["state"] == "done"


def test_an_answer_to_an_old_question_changes_nothing(client: httpx.Client) -> None:
    view = begin(client, "plan.compare")
    second = reply(client, view, "hall-59").json()
    assert second["question"]["key"] == "second"
    for other in ({"turn": view["question"]["turn"], "key": "first"}, {"turn": 99}, {"key": "nonsense"}):
        answer = reply(client, second, "hall-99", **other)
        assert answer.status_code == 200 and answer.json()["question"] == second["question"]
    assert reply(client, view, "hall-59").json()["question"] == second["question"]
    assert reply(client, second, "hall-99").json()["state"] == "done"


def test_the_same_key_begins_one_journey(client: httpx.Client, tokens: dict[str, str]) -> None:
    headers = bearer(tokens[NUMBER], **{"idempotency-key": "once"})
    first, again = (begin(client, "plan.compare", headers) for _time in range(2))
    assert first["id"] == again["id"]
    other = begin(client, "plan.compare", bearer(tokens[OTHER], **{"idempotency-key": "once"}))
    assert other["id"] != first["id"]
    long = client.post("/api/journeys", json={"function": "help"}, headers={"idempotency-key": "k" * 201})
    assert (long.status_code, long.json()["code"]) == (400, "key.invalid")


def test_a_long_list_is_searched(client: httpx.Client) -> None:
    view = begin(client, "line.open", offer="hall-59")
    assert view["question"]["search"] is True
    found = client.get(f"/api/journeys/{view['id']}/options", params={"q": "ends 88, no 4"}).json()
    assert found and all(one["value"].endswith("88") and "4" not in one["value"] for one in found)
    assert all("holds" not in one for one in found)
    nonsense = client.get(f"/api/journeys/{view['id']}/options", params={"q": "zzz"})
    assert (nonsense.status_code, nonsense.json()["code"]) == (422, "number.words")


def test_a_journey_is_handed_over_once(client: httpx.Client, tokens: dict[str, str]) -> None:
    view = begin(client, "line.open", offer="hall-59")
    made = client.post(f"/api/journeys/{view['id']}/handover").json()
    assert made.keys() == {"code", "url", "token", "expires", "until"} and len(made["code"]) == 6
    assert made["url"].endswith(f"/h/{made['token']}") and made["until"] == made["expires"]
    taken = client.post(f"/api/handovers/{made['code']}", headers=bearer(tokens[NUMBER]))
    assert taken.status_code == 200 and taken.json()["question"]["key"] == "number"
    again = client.post(f"/api/handovers/{made['code']}", headers=bearer(tokens[OTHER]))
    assert (again.status_code, again.json()["code"]) == (409, "handover.used")
    assert client.post("/api/handovers/nothing").status_code == 404
    mine = client.get("/api/journeys", headers=bearer(tokens[NUMBER])).json()
    assert taken.json()["id"] in [one["id"] for one in mine]
    stranger = client.get(f"/api/journeys/{taken.json()['id']}", headers=bearer(tokens[OTHER]))
    assert stranger.status_code == 404


def test_a_guest_opens_a_line_by_json_alone(client: httpx.Client, house: House) -> None:
    view = begin(client, "line.open", offer="hall-8")
    view = reply(client, view, view["question"]["options"][-1]["value"]).json()
    assert (view["question"]["kind"], view["question"]["key"]) == ("prove", "prove")
    face = {"name": "f.jpg", "data": FACE}
    shown = {"name": "韩梅梅", "document_type": "resident_id", "document_number": "110101199003072869", "face": face}
    wrong = reply(client, view, shown | {"document_number": "110101199003072860"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "document.number")
    view = reply(client, view, shown).json()
    for _look in range(200):
        view = client.get(f"/api/journeys/{view['id']}").json()
        if view["state"] != "waiting":
            break
        time.sleep(0.05)
    assert view["question"]["key"] == "sim", view


@pytest.mark.parametrize(("function", "state"), [("help", "done"), ("line.open", "asking")])
def test_a_source_of_letters_that_cannot_be_kept_is_no_error(client: httpx.Client, function: str, state: str) -> None:
    answer = client.post("/api/journeys", json={"function": function, "source": "poster\0"})
    assert (answer.status_code, answer.json()["state"]) == (201, state)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400), ({"function": 7}, 400), ({"function": "no.such"}, 404), ({"function": "refund.hand_over"}, 404), ([], 400),
        ({"function": "x" * 101}, 400), ({"function": "help", "given": []}, 400), ({"function": "help", "line": 5}, 400),
    ],
)  # fmt: skip
def test_bad_bodies_are_refused(client: httpx.Client, body: Any, status: int) -> None:
    answer = client.post("/api/journeys", json=body)
    assert answer.status_code == status and answer.json().keys() >= {"code", "reason", "status"}
