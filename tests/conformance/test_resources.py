"""Every resource of the house, by every strict check, over HTTP, with the demo operator open."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import httpx
import pytest

from onehall import app
from onehall.kernel import ids, settings
from onehall.kernel.identity import partners, sessions
from onehall.kernel.resources import Resource
from onehall.kernel.store import Store, Tx
from tests.conformance import listening
from tests.conformance.face import Face, payloads
from tests.conformance.strict import CHECKS, run
from tests.ground.house import House

BODIES = payloads()
STRANGER = ids.new_id(4001, datetime(2025, 1, 1))
PARTNERS = {"partner": ("tmf:read", "tmf:write"), "reader": ("tmf:read",), "scopeless": ()}


def _name(resource: Resource) -> str:
    return f"{resource.api}-{resource.name}"


async def _tokens(dsn: str, secrets: dict[str, str]) -> dict[str, str]:
    store = await Store(dsn, pool_size=2).open()

    async def do(home: int, work: Callable[[Tx], Any]) -> Any:
        async with store.edge(home) as tx:
            return await work(tx)

    try:
        for name, scopes in PARTNERS.items():
            secrets[name] = await do(ids.home_for(f"strict-{name}"), lambda tx: partners.add(tx, f"strict-{name}", name, scopes))  # noqa: B023
        stranger = await do(4001, lambda tx: sessions.log_in(tx, STRANGER, app=True))
        clerk = await do(4001, lambda tx: sessions.log_in_staff(tx, STRANGER, "onehall.nowhere.none.s0", ("clerk",)))
        return {"stranger": stranger.token, "clerk": clerk.token}
    finally:
        await store.close()


@pytest.fixture(scope="module")
def headers(house: House) -> Iterator[dict[str, dict[str, str]]]:
    """What each caller sends to say who they are."""
    secrets: dict[str, str] = {}
    tokens = asyncio.run(_tokens(house.dsn, secrets))
    for name, secret in secrets.items():
        form = {"grant_type": "client_credentials", "client_id": f"strict-{name}", "client_secret": secret}
        answer = httpx.post(f"{house.url}/oauth/token", data=form)
        assert answer.status_code == 200, answer.text
        tokens[name] = answer.json()["access_token"]
    yield {"guest": {}} | {name: {"authorization": f"Bearer {token}"} for name, token in tokens.items()}


@pytest.mark.parametrize("resource", app.RESOURCES, ids=_name)
def test_what_can_be_created_has_a_body_for_the_kits(resource: Resource) -> None:
    assert resource.create is None or resource.may_write == "nobody" or resource.noun in BODIES


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("resource", app.RESOURCES, ids=_name)
def test_a_resource_is_strict(house: House, headers: dict[str, dict[str, str]], resource: Resource, name: str) -> None:
    if not run(name, Face(house.url, resource, headers, BODIES, app.RESOURCES)):
        pytest.skip("the resource does not offer this, or there is none")


@pytest.mark.parametrize("resource", [one for one in app.RESOURCES if one.create and one.noun in BODIES], ids=_name)
def test_what_is_made_is_told_to_listeners(house: House, headers: dict[str, dict[str, str]], resource: Resource) -> None:
    with ExitStack() as open_:
        heard = open_.enter_context(listening.listening())
        face = open_.enter_context(Face(house.url, resource, headers, BODIES, app.RESOURCES))
        hub = f"/tmf-api/{resource.api}/{resource.version}/hub"
        answer = face.call("POST", hub, json={"callback": heard.url, "query": f"eventType={resource.event('create')}"})
        assert answer.status_code == 201, answer.text
        made = face.make()
        notice = heard.wait(lambda notice: notice["event"][resource.name]["id"] == made["id"])
        assert (notice["eventType"], notice["eventTime"][-1]) == (resource.event("create"), "Z")
        assert face.call("DELETE", f"{hub}/{answer.json()['id']}").status_code == 204


def test_the_suite_speaks_with_the_houses_own_secret(house: House) -> None:
    assert settings.current().secret == "s" * 48 and house.url
