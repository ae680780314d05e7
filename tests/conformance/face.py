"""One resource as the strict suite meets it: an address, its callers, and bodies to make it with."""

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from onehall.kernel.resources import Access, Resource

PAYLOADS = Path(__file__).parent / "payloads"
MERGE = "application/merge-patch+json"
STEPS = "application/json-patch+json"
SETTLE_SECONDS, LOOK_SECONDS = 4, 0.02
NEEDED = re.compile(r"\$\{(\w+(?:\.\w+)?)\.id\}")
Doc = dict[str, Any]


def payloads() -> dict[str, Any]:
    """Every body that the project keeps for the kits, by noun; `Noun.patch` is a merge-patch that fits the noun.

    In a noun that no kit makes, the text `${Payment.id}` stands for the id of a Payment made for the purpose, and
    `${Payment.large.id}` for one made from the body "Payment.large".
    """
    found: dict[str, Any] = {}
    for path in sorted(PAYLOADS.glob("TMF*.json")):
        found |= json.loads(path.read_text())
    return found


class Face:
    """A resource served somewhere. `headers` gives each caller's: partner, reader, guest, stranger, clerk; `busy`: it still has work."""

    def __init__(
        self, url: str, resource: Resource, headers: dict[str, dict[str, str]], bodies: dict[str, Any], others: Sequence[Resource] = (),
        busy: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        self.resource = resource
        self.others = {other.noun: other for other in others}
        self.headers = headers
        self.bodies = bodies
        self.busy = busy
        self.client = httpx.Client(base_url=url, timeout=30, verify=False)

    def __enter__(self) -> "Face":
        return self

    def __exit__(self, *_raised: object) -> None:
        self.client.close()

    @property
    def body(self) -> Doc:
        """A fresh body to POST."""
        return self._body_of(self.resource.noun)

    @property
    def creatable(self) -> bool:
        """Whether partners may create it, and we have a body to do so."""
        open_ = self.resource.create is not None and self.resource.may_write is not Access.NOBODY
        return open_ and self.resource.noun in self.bodies

    @cached_property
    def change(self) -> Doc:
        """A merge-patch that fits: the project's own, else a description."""
        given = self.bodies.get(f"{self.resource.noun}.patch")
        return dict(given) if given else {"description": "changed by the strict suite"}

    def call(self, method: str, path: str = "", who: str = "partner", **more: Any) -> httpx.Response:
        """This will send a request for the collection, or for what lies under it."""
        url = path if path.startswith("/tmf-api") else self.resource.path + path
        return self.client.request(method, url, headers={**self.headers[who], **more.pop("headers", {})}, **more)

    def page(self, query: str = "", **words: Any) -> tuple[list[Doc], int]:
        """This will give the first page of a list and its total."""
        answer = self.call("GET", f"?{query}" if query else "", params=words or None)
        assert answer.status_code in (200, 206), answer.text
        rows = answer.json()
        total = int(answer.headers["X-Total-Count"])
        assert int(answer.headers["X-Result-Count"]) == len(rows)
        assert answer.status_code == (206 if len(rows) < total else 200)
        return rows, total

    def walk(self, query: str = "") -> Iterator[Doc]:
        """This will give every row of a list, page by page."""
        offset = 0
        while True:
            rows, total = self.page(f"{query}&limit=1000&offset={offset}")
            yield from rows
            offset += len(rows)
            if not rows or offset >= total:
                return

    def _body_of(self, name: str) -> Doc:
        text = json.dumps(self.bodies[name])
        for needed in set(NEEDED.findall(text)):
            answer = self.call("POST", self.others[needed.split(".")[0]].path, json=self._body_of(needed))
            assert answer.status_code in (201, 202), (needed, answer.text)
            text = text.replace(f"${{{needed}.id}}", answer.json()["id"])
        body: Doc = json.loads(text)
        return body

    def make(self) -> Doc:
        """This will create one."""
        answer = self.call("POST", json=self.body)
        assert answer.status_code == (202 if self.resource.asynchronous else 201), answer.text
        made: Doc = answer.json()
        return made

    def settled(self) -> Doc:
        """This will create one and wait until the house has done what follows from it."""
        made = self.make()
        self.rest()
        return self.state(made["id"])[0]

    def rest(self) -> None:
        """This will wait until the house has done what follows from what was made before; where nothing follows, no time."""
        until = time.monotonic() + SETTLE_SECONDS
        while self.resource.state and self.busy() and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)

    def some(self) -> Doc:
        """This will give one that is there, made if need be."""
        rows, _total = self.page("limit=1")
        if rows:
            return rows[0]
        return self.make()

    def state(self, id_: str) -> tuple[Doc, str]:
        """This will read one, with its ETag."""
        answer = self.call("GET", f"/{id_}")
        assert answer.status_code == 200, answer.text
        return answer.json(), answer.headers["ETag"]


def refused(answer: httpx.Response, status: int) -> Doc:
    """This will check that an answer is a TMF630 error of this status."""
    assert answer.status_code == status, (answer.request.method, str(answer.request.url), answer.status_code, answer.text)
    body: Doc = answer.json()
    assert {"code", "reason", "message", "status", "referenceError", "@type"} <= body.keys()
    assert (body["status"], body["@type"]) == (str(status), "Error")
    return body


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """This will give the scalar attributes of a body with their dotted paths; lists are looked into."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name.replace("@", "").replace("_", "").isalnum():
                yield from leaves(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part, path)
    elif value is not None:
        yield path, value


def values_at(body: Doc, path: str) -> list[Any]:
    """This will give what stands at a dotted path."""
    return [value for found, value in leaves(body) if found == path]
