"""Programs at the hall: a customer who lets one act for them, and an MCP client that is one, over real HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
from mcp import Client
from mcp.client import ClientRequestContext
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, ElicitRequestFormParams, ElicitResult

from onehall.kernel.settings import current
from tests.conformance.people import Person
from tests.conformance.place import Place

SCOPES = ("look", "ask", "spend")
Answers = Callable[[ElicitRequestFormParams], ElicitResult]


async def allowed(place: Place, person: Person, scope: str = "ask", *, day: int = 0, each: int = 0, name: str = "Clara") -> str:
    """This will have a customer let a program act for them at a page of theirs; gives its token."""
    place.counter.store.clock.move(timedelta(seconds=30))  # all of a module come from one address, and codes are tried slowly
    code = await code_of(place, person, scope, day=day, each=each, name=name)
    answer = await place.client.post("/mcp/claim", json={"code": code})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


async def code_of(place: Place, person: Person, scope: str, *, day: int = 0, each: int = 0, name: str = "Clara") -> str:
    """This will give the code that the customer is shown."""
    counter, caller = place.counter, person.logged_in(place.counter, "web")
    view = await counter.hall.start(caller, "agent.allow", {"agent": name})
    answers: list[Any] = [scope, *([str(day), str(each)] if scope == "spend" else []), "7", True]
    for answer in answers:
        view = await counter.answer(caller, view, answer)
    assert view.state == "done" and view.said, view
    return str(view.said["facts"][0]["value"])


@asynccontextmanager
async def program(token: str = "", answers: Answers | None = None, mode: str = "auto") -> AsyncIterator[Client]:
    """This will connect the SDK's own client over real HTTP; with `answers` its person answers forms."""

    async def asked(context: ClientRequestContext, params: Any) -> ElicitResult:
        assert answers is not None and isinstance(params, ElicitRequestFormParams)
        return answers(params)

    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx2.AsyncClient(headers=headers, timeout=60, verify=False) as http:
        transport = streamable_http_client(f"{current().url}/mcp", http_client=http)
        async with Client(transport, elicitation_callback=asked if answers else None, mode=mode, input_required_max_rounds=20) as client:
            yield client


def shown(result: CallToolResult) -> dict[str, Any]:
    """This will give the structure of a result that is no refusal."""
    assert not result.is_error, result.structured_content
    found: dict[str, Any] = result.structured_content
    return found


def code(result: CallToolResult) -> str:
    """This will give the code of a refusal."""
    assert result.is_error, result.structured_content
    return str(result.structured_content["code"])


def answer_of(view: dict[str, Any], value: Any) -> dict[str, Any]:
    """This will give the arguments that answer the open question."""
    return {"journey": view["journey"], "key": view["question"]["key"], "turn": view["question"]["turn"], "value": value}
