"""The command `onehall agent`: a program on standard input and output, whose person is asked in its own way."""

import os
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from mcp_types import ElicitResult

from onehall.kernel.settings import current
from tests.channels.agent.programs import code_of, shown
from tests.conformance.people import Person
from tests.conformance.place import Place
from tests.conftest import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_program_beside_the_customer(place: Place, tmp_path: Path, mode: str) -> None:
    import asyncio

    counter, person = place.counter, await Person(balance=12_300).settle(place.counter)
    kept, words = tmp_path / "token", [sys.executable, "-m", "onehall.cli", "agent", "--url", current().url]
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    claim = await asyncio.create_subprocess_exec(
        *words, "--token-file", str(kept), "--code", await code_of(place, person, "ask"), env=env, stdout=asyncio.subprocess.PIPE
    )
    said, _wrong = await claim.communicate()
    assert claim.returncode == 0 and said.decode().startswith("Clara may act now"), said
    assert kept.stat().st_mode & 0o077 == 0

    async def asked(context, params) -> ElicitResult:
        box = params.requested_schema["properties"]["value"]
        return ElicitResult(action="accept", content={"value": True if box["type"] == "boolean" else box["oneOf"][0]["const"]})

    server = StdioServerParameters(command=words[0], args=[*words[1:], "--token-file", str(kept)], env=env)
    async with Client(server, elicitation_callback=asked, mode=mode) as client:
        assert "123" in shown(await client.call_tool("balance.check", {}))["said"]["text"]
        assert shown(await client.call_tool("plan.change", {}))["state"] == "done"
    assert await counter.one("SELECT count(*) FROM product_order WHERE party = $1", person.party) == 1
