"""How the people of a day reach the house: each has an address, a bag of cookies, and sends requests to the app in this process."""

from collections.abc import Iterable
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec

from onehall.traffic import Answer

HOST: Final = "hall.example"
BOUNDARY: Final = "one-part-ends-here"
KINDS: Final = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
HOPS_MAX: Final = 6
Asgi = Any


class Page(msgspec.Struct, frozen=True):
    """A page as a browser shows it: where one is in the end, and what stands there."""

    status: int
    path: str
    text: str


class Door:
    """The way of one person into the house. `seed` names them; `address` is where they come from; `language` is what they read."""

    def __init__(self, app: Asgi, seed: str, address: str = "127.0.0.1", language: str = "zh-CN", device: str = "") -> None:
        self.app = app
        self.seed = seed
        self.address = address
        self.language = language
        self.device = device
        self.cookies: dict[str, str] = {}

    async def send(self, method: str, path: str, body: bytes = b"", *, token: str = "", key: str = "", kind: str = "json") -> Answer:
        """This will send a request as a program does, without cookies; `kind`: json, form or page."""
        more = {"authorization": f"Bearer {token}"} if token else {}
        more |= {"idempotency-key": key} if key else {}
        answer, _headers = await self.call(method, path, body, more, KINDS.get(kind, "") if body else "")
        return answer

    async def see(self, path: str) -> Page:
        """This will go to a page as a browser does, and on to where it leads."""
        return await self._browse("GET", path)

    async def post(self, path: str, fields: dict[str, Any]) -> Page:
        """This will send a form as a browser does; a field of bytes is a file, and makes the form one of several parts."""
        if any(isinstance(value, bytes) for value in fields.values()):
            return await self._browse("POST", path, _parts(fields), f"multipart/form-data; boundary={BOUNDARY}")
        return await self._browse("POST", path, urlencode(fields).encode(), KINDS["form"])

    async def _browse(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Page:
        for _hop in range(HOPS_MAX):
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            answer, headers = await self.call(method, path, body, {"cookie": cookies, "accept": "text/html"}, kind)
            self.keep(headers)
            to = next((value for name, value in headers if name == b"location"), b"").decode()
            if answer.status not in (302, 303) or not to:
                return Page(answer.status, path, answer.body.decode())
            method, path, body, kind = "GET", _own(to), b"", ""
        return Page(310, path, "")

    def keep(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """This will keep the cookies of an answer, as a browser does."""
        for name, value in headers:
            if name == b"set-cookie":
                for one in SimpleCookie(value.decode()).values():
                    self.cookies.pop(one.key, None)
                    if one.value:
                        self.cookies[one.key] = one.value

    async def call(
        self, method: str, path: str, body: bytes, more: dict[str, str], kind: str = KINDS["json"]
    ) -> tuple[Answer, list[tuple[bytes, bytes]]]:
        """This will send a request with headers of one's own and give the answer with its headers."""
        where, _mark, query = path.partition("?")
        given = {"host": HOST, "accept-language": self.language, "user-agent": self.device, "content-type": kind, **more}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": where,
            "raw_path": where.encode(), "query_string": query.encode(), "root_path": "", "client": (self.address, 40_000),
            "server": (HOST, 80), "state": {}, "headers": [(name.encode(), value.encode()) for name, value in given.items() if value],
        }  # fmt: skip
        scope["headers"].append((b"content-length", str(len(body)).encode()))  # type: ignore[attr-defined]
        heard: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            heard.append(message)

        await self.app(scope, receive, send)
        text = b"".join(one.get("body", b"") for one in heard if one["type"] == "http.response.body")
        return Answer(heard[0]["status"], text), list(heard[0].get("headers", ()))


def _own(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _parts(fields: dict[str, Any]) -> bytes:
    found = b""
    for name, value in fields.items():
        file = isinstance(value, bytes)
        more = f'; filename="{name}.jpg"\r\nContent-Type: image/jpeg' if file else ""
        found += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()
        found += (value if file else str(value).encode()) + b"\r\n"
    return found + f"--{BOUNDARY}--\r\n".encode()
