"""Who calls in the strict suite: partners with and without scopes, a stranger, a clerk of nowhere, a guest."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from onehall.kernel import ids
from onehall.kernel.identity import partners, sessions
from onehall.kernel.store import Store, Tx
from tests.ground.house import House

STRANGER = ids.new_id(4001, datetime(2025, 1, 1))
PARTNERS = {"partner": ("tmf:read", "tmf:write"), "reader": ("tmf:read",), "scopeless": ()}


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
