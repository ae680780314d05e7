"""The hall for a program on the customer's own machine: MCP on standard input and output, passed on to the house over HTTP."""

from pathlib import Path
from typing import Any

import httpx
import httpx2
from mcp import Client
from mcp.client import ClientRequestContext
from mcp.client.streamable_http import streamable_http_client
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ElicitRequestFormParams,
    ElicitResult,
    ErrorData,
    InputRequiredResult,
    ListToolsResult,
    PaginatedRequestParams,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from onehall import __version__
from onehall.channels.agent.server import INSTRUCTIONS

Context = ServerRequestContext[Any, Any]
SECONDS_MAX = 60
ROUNDS_MAX = 20


class Refused(Exception):
    """The house does not take this code."""


def claim(url: str, code: str, kept: Path) -> str:
    """This will take up a grant by its code and keep its token for its owner only; gives the program's name.

    :raises Refused: the house says no; the reason.
    """
    answer = httpx.post(f"{url}/mcp/claim", json={"code": code}, timeout=SECONDS_MAX)
    shown = answer.json()
    if answer.status_code != 200:
        raise Refused(shown.get("reason", answer.status_code))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(shown["token"])
    return str(shown["agent"])


async def serve(url: str, token: str) -> None:
    """This will serve on standard input and output until they end."""
    passing = Passing(url, token)
    server: Server[Any] = Server(
        "onehall", version=__version__, instructions=INSTRUCTIONS, on_list_tools=passing.list_tools, on_call_tool=passing.call_tool
    )
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


class Passing:
    """Passes calls on, and back what the house asks of the person, in the way that the program's side knows."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    async def list_tools(self, ctx: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        """This will list the tools of the house."""
        async with httpx2.AsyncClient(headers=self.headers, timeout=SECONDS_MAX) as http, self._client(http, None) as client:
            return await client.list_tools()

    async def call_tool(self, ctx: Context, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
        """This will pass a call on."""
        capabilities = ctx.session.client_capabilities
        asks = ctx if capabilities is not None and capabilities.elicitation is not None else None
        async with httpx2.AsyncClient(headers=self.headers, timeout=SECONDS_MAX) as http, self._client(http, asks) as client:
            if ctx.protocol_version not in MODERN_PROTOCOL_VERSIONS:
                return await client.call_tool(params.name, params.arguments)
            return await client.session.call_tool(
                params.name, params.arguments, input_responses=params.input_responses, request_state=params.request_state,
                allow_input_required=True,
            )  # fmt: skip

    def _client(self, http: httpx2.AsyncClient, asks: Context | None) -> Client:
        async def asked(context: ClientRequestContext, params: Any) -> ElicitResult | ErrorData:
            if asks is None or not isinstance(params, ElicitRequestFormParams):
                return ElicitResult(action="cancel")
            return await asks.session.elicit_form(params.message, params.requested_schema, asks.request_id)

        transport = streamable_http_client(f"{self.url}/mcp", http_client=http)
        return Client(transport, elicitation_callback=asked if asks else None, input_required_max_rounds=ROUNDS_MAX)
