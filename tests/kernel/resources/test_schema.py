"""The OpenAPI document, and what a fuzzer finds by it: no 500."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.kernel.resources import library
from tests.kernel.resources.conftest import Api, serve
from tests.kernel.resources.serving import serving


async def test_the_document_names_every_operation(api: Api) -> None:
    answer = await api.get("/tmf-api/openapi.json")
    document = answer.json()
    offered = {path.removeprefix(f"/tmf-api/{library.API}/v4"): set(verbs) - {"parameters"} for path, verbs in document["paths"].items()}
    assert offered == {
        "/book": {"get", "post"},
        "/book/{id}": {"get", "patch", "delete"},
        "/loan": {"get", "post"},
        "/loan/{id}": {"get", "patch"},
        "/hub": {"post"},
        "/hub/{id}": {"get", "delete"},
    }
    assert document["components"]["schemas"]["Loan"]["required"] == ["relatedParty", "days"]
    assert (answer.status_code, document["openapi"]) == (200, "3.1.0")


@pytest.mark.slow
async def test_a_fuzzer_finds_no_error_of_ours(api: Api, tmp_path: Path) -> None:
    for _turn in range(3):
        await api.made("/book", {"name": "Ahab"})
        await api.made("/loan", library.loan(library.MEI))
    partner = '{"partner": "p1", "scopes": ["tmf:read", "tmf:write"], "by": "bearer"}'
    async with serving(serve(api.store)) as url:
        run = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "schemathesis.cli",
            "run",
            f"{url}/tmf-api/openapi.json",
            "-u",
            url,
            "-H",
            f"x-test-who: {partner}",
            "--checks",
            "not_a_server_error",
            "--mode",
            "all",
            "--max-examples",
            "1",
            "--seed",
            "1",
            "--generation-database",
            "none",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=tmp_path,
        )
        said, _nothing = await run.communicate()
    assert run.returncode == 0, said.decode()[-4000:]
