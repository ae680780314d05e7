"""A fuzzer goes over the JSON channel, and over the TM Forum APIs as a customer: no 500. (A stranger there: test_owners.)"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from onehall import app
from onehall.hall import Caller
from onehall.kernel.functions import FUNCTIONS, Proof
from onehall.kernel.identity import sessions
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from tests.conformance.people import Person
from tests.ground.counter import Counter
from tests.ground.house import House

assert app.DOMAINS  # the catalogue of functions is full once the app is loaded

JSON, TMF = "/openapi/openapi.json", "/tmf-api/openapi.json"
CUSTOMER = "SELECT party FROM product WHERE number = '18600010001'"
EXAMPLES = {JSON: ["1"], TMF: ["1", "--phases", "fuzzing"]}


async def _log_in(dsn: str) -> str:
    store = await Store(dsn, pool_size=2).open()
    try:
        async with store.edge(0) as tx:
            row = await tx.read_one(CUSTOMER)
        assert row
        async with store.edge(row["party"]) as tx:
            return (await sessions.log_in(tx, row["party"], app=True)).token
    finally:
        await store.close()


@pytest.fixture
def customer(house: House) -> dict[str, str]:
    """What a customer's app sends to say who it is."""
    return {"authorization": f"Bearer {asyncio.run(_log_in(house.dsn))}"}


@pytest.mark.slow
@pytest.mark.parametrize(("document", "who"), [(JSON, "guest"), (JSON, "customer"), (TMF, "customer")])
def test_no_request_makes_an_error_of_ours(
    house: House, headers: dict[str, dict[str, str]], customer: dict[str, str], document: str, who: str, tmp_path: Path
) -> None:
    sent = headers | {"customer": customer}
    said = [word for name, value in sent[who].items() for word in ("-H", f"{name}: {value}")]
    command = [sys.executable, "-m", "schemathesis.cli", "run", house.url + document, "-u", house.url, *said]
    limits = ["--checks", "not_a_server_error", "--mode", "all", "--seed", "1", "--max-examples", *EXAMPLES[document]]
    quiet = ["--generation-database", "none", "--include-path-regex", "^/(api|tmf-api|sms)/", "--exclude-path", "/api/logout"]
    run = subprocess.run([*command, *limits, *quiet], capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 0, (run.stdout + run.stderr)[-4000:]


NASTY: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1.5, "", " ", "\x00", "\ud800", "'; DROP TABLE journey", "{name}", "9" * 400, "²", "𝟓𝟎", "١٢", "yes",
    [], [[]], {}, {"value": None}, {"value": {"value": []}}, {"method": "cash"}, {"phone": 5, "code": []}, {"name": "\x00", "data": "%%%"},
)  # fmt: skip


@pytest.mark.parametrize("channel", ["api", "desk"])
async def test_no_answer_makes_an_error_of_ours(counter: Counter, channel: str) -> None:
    """Each function's questions, as far as a first sensible answer leads, are answered with all that nobody should answer."""
    person = await Person().settle(counter)
    caller = person.logged_in(counter, "api", Proof.REAL_NAME) if channel == "api" else person.served_by(counter)
    for function in sorted(FUNCTIONS):
        for value in NASTY:
            await _tries(counter, caller, function, value)


@contextmanager
def _refusing() -> Iterator[None]:
    """A refusal is an answer; one of 500 and more is an error of ours, like anything else that is raised."""
    try:
        yield
    except Refusal as refusal:
        assert refusal.status < 500, refusal


async def _tries(counter: Counter, caller: Caller, function: str, value: Any) -> None:
    names = ("line", "amount", "number", "offer", "pack", "words", "city", "payment", "document", "name", "first", "prove", "agree")
    with _refusing():
        await counter.hall.start(caller, function, {name: value for name in names})
    with _refusing():
        view = await counter.hall.start(caller, function)
        for _question in range(2):
            if view.question is None:
                return
            with _refusing():
                await counter.hall.options(caller, view.id, str(value), 10**9)
            with _refusing():
                view = await counter.answer(caller, view, value)
            if view.question and view.question.get("options"):
                view = await counter.answer(caller, view, view.question["options"][0]["value"])
