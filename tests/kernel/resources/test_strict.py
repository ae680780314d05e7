"""The strict suite passes over the example library, and fails over faces that lie."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from tests.conformance.face import Face
from tests.conformance.strict import CHECKS, run
from tests.kernel.resources import library
from tests.kernel.resources.conftest import WHO, Api, serve
from tests.kernel.resources.serving import serving

BODIES: dict[str, Any] = {
    "Book": {"name": "Ahab", "description": "a whale", "size": {"pages": 9}, "validFor": {"startDateTime": "2025-01-01T00:00:00Z"}},
    "Loan": library.loan(library.MEI),
    "Loan.patch": {"note": [{"text": "changed"}]},
}
CALLERS = {
    "partner": library.PARTNER,
    "reader": library.READER,
    "scopeless": msgspec.structs.replace(library.READER, scopes=frozenset()),
    "guest": library.GUEST,
    "stranger": library.OTHER,
    "clerk": library.ELSEWHERE,
}


@pytest.fixture
async def url(api: Api) -> AsyncIterator[str]:
    async with serving(serve(api.store)) as found:
        yield found


def face(url: str, place: int) -> Face:
    headers = {name: {WHO: msgspec.json.encode(who).decode()} for name, who in CALLERS.items()}
    return Face(url, library.RESOURCES[place], headers, BODIES)


async def test_an_honest_face_passes(url: str, subtests: pytest.Subtests) -> None:
    for place in range(2):
        for name in CHECKS:
            with subtests.test(check=name, place=place):
                looked = await asyncio.to_thread(run, name, face(url, place))
                assert looked or (name, place) == ("what_is_deleted_is_gone", 1)


class Liar(Face):
    """A face whose answers or questions are lost on their way."""

    forget: frozenset[str] = frozenset()

    def call(self, method: str, path: str = "", who: str = "partner", **more: Any) -> httpx.Response:
        params = dict(httpx.QueryParams(path.partition("?")[2])) | dict(more.pop("params", None) or {})
        kept = {name: value for name, value in params.items() if not self.forget & {name, name.rpartition(".")[2]}}
        return super().call(method, path.partition("?")[0], who, params=kept or None, **more)


def liar(url: str, forget: frozenset[str]) -> Liar:
    with face(url, 0) as honest:
        found = Liar(url, honest.resource, honest.headers, BODIES)
    found.forget = forget
    return found


LIES: list[tuple[str, frozenset[str]]] = [
    ("a_filter_removes_what_does_not_fit", frozenset({"name"})),
    ("a_filter_removes_what_does_not_fit", frozenset({"ne"})),
    ("comparisons_part_the_list", frozenset({"gt"})),
    ("comparisons_part_the_list", frozenset({"filter"})),
    ("fields_project", frozenset({"fields"})),
    ("pages_meet_every_row_once", frozenset({"sort"})),
    ("what_cannot_be_read_is_refused", frozenset({"limit"})),
]


async def test_a_face_that_ignores_what_is_asked_fails(api: Api, url: str, subtests: pytest.Subtests) -> None:
    for name in ("Ahab", "Bede", "Cole"):
        await api.made("/book", {"name": name})
    for check, forgotten in LIES:
        with subtests.test(check=check, forgotten=forgotten):
            assert await asyncio.to_thread(run, check, liar(url, frozenset()))
            with pytest.raises(AssertionError):
                await asyncio.to_thread(run, check, liar(url, forgotten))
