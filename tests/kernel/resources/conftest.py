"""`api`: the example library served over HTTP; each call says who makes it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar, Request
from litestar.datastructures import State

from onehall.channels.tmf import router
from onehall.kernel.identity.who import Who
from onehall.kernel.store import Store
from tests.kernel.resources import library

WHO = "x-test-who"


class Api:
    """A client that speaks as someone: `await api.get("/book", who=CUSTOMER)`."""

    def __init__(self, client: httpx.AsyncClient, store: Store) -> None:
        self.client = client
        self.store = store

    async def __call__(self, method: str, path: str, who: Who = library.PARTNER, **more: Any) -> httpx.Response:
        headers = {WHO: msgspec.json.encode(who).decode(), **more.pop("headers", {})}
        url = path if path.startswith("/tmf-api") else f"/tmf-api/{library.API}/v4{path}"
        return await self.client.request(method, url, headers=headers, **more)

    async def get(self, path: str, who: Who = library.PARTNER, **more: Any) -> httpx.Response:
        return await self("GET", path, who, **more)

    async def post(self, path: str, body: Any, who: Who = library.PARTNER, **more: Any) -> httpx.Response:
        return await self("POST", path, who, json=body, **more)

    async def patch(
        self, path: str, body: Any, who: Who = library.PARTNER, media: str = "application/merge-patch+json", **more: Any
    ) -> httpx.Response:
        headers = {"content-type": media, **more.pop("headers", {})}
        return await self("PATCH", path, who, content=msgspec.json.encode(body), headers=headers, **more)

    async def made(self, path: str, body: Any, who: Who = library.PARTNER) -> dict[str, Any]:
        answer = await self.post(path, body, who)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def names(self, query: str) -> list[str]:
        answer = await self.get(f"/book?sort=name&{query}")
        assert answer.status_code in (200, 206), answer.text
        return [book["name"] for book in answer.json()]


async def caller(request: Request) -> Who:
    return msgspec.json.decode(request.headers.get(WHO, "{}"), type=Who)


def serve(store: Store) -> Litestar:
    return Litestar([router(library.RESOURCES, caller)], state=State({"store": store}), openapi_config=None)


@pytest.fixture
async def api(store: Store) -> AsyncIterator[Api]:
    await library.build(store)
    transport = httpx.ASGITransport(serve(store), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://library") as client:
        yield Api(client, store)


@pytest.fixture
async def shelf(api: Api) -> Api:
    """Five books."""
    for body in (
        {"name": "Ahab", "size": {"pages": 120, "weight": 1.5}, "isRare": True, "note": [{"author": "li", "text": "first"}]},
        {"name": "Bell, Book", "size": {"pages": 9}, "isRare": False, "validFor": {"startDateTime": "2025-03-01T00:00:00Z"}},
        {"name": "Chén", "size": {"pages": 300}, "lifecycleStatus": "Retired", "note": [{"author": "wu"}, {"author": "li"}]},
        {"name": "Dune", "size": {"pages": 300}, "validFor": {"startDateTime": "2025-03-01T08:00:00.500+08:00"}, "code": "42"},
        {"name": "Eel", "code": 42, "validFor": {"startDateTime": "2024-12-31T23:00:00Z"}},
    ):
        await api.made("/book", body)
    return api
