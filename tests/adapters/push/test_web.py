"""Web Push: what the adapter sends can be opened by the browser alone, and is signed by the house's own key."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import http_ece
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from onehall.adapters.push.web import WebPush, topic
from onehall.kernel.jobs import Later
from onehall.ports.push import Device

SECRET = bytes(range(16))
ADDRESS = "https://push.example/send/abc"


def plain(raw: bytes) -> str:
    """Bytes as browsers write them."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Service:
    """A push service on the other end of the wire: it keeps what it is sent, and answers with a status."""

    def __init__(self, status: int = 201) -> None:
        self.status, self.requests = status, list[httpx.Request]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.status)


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    """A browser's own key."""
    return ec.generate_private_key(ec.SECP256R1())


def device(key: ec.EllipticCurvePrivateKey) -> Device:
    """The browser as it names itself."""
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Device(ADDRESS, plain(public), plain(SECRET))


def push(folder: Path, service: Callable[[httpx.Request], httpx.Response]) -> WebPush:
    """The adapter, with a wire to a service."""
    return WebPush(folder, "mailto:push@example.org", client=httpx.AsyncClient(transport=httpx.MockTransport(service)))


async def test_only_the_browser_can_read_it(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    service = Service()
    assert await push(tmp_path, service).send(device(key), "您的账单已出", "j1:d1") is True
    sent = service.requests[0]
    assert "账单".encode() not in sent.content
    assert http_ece.decrypt(sent.content, private_key=key, auth_secret=SECRET, version="aes128gcm").decode() == "您的账单已出"
    assert (sent.headers["content-encoding"], sent.headers["ttl"], sent.headers["topic"]) == ("aes128gcm", "43200", "j1d1")


async def test_it_is_signed_by_the_house_for_this_service(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    service = Service()
    ours = push(tmp_path, service)
    await ours.send(device(key), "x", "k")
    scheme, _space, parts = service.requests[0].headers["authorization"].partition(" ")
    fields = dict(part.strip().split("=", 1) for part in parts.split(","))
    assert scheme == "vapid" and fields["k"] == ours.public_key
    assert Vapid02.verify(service.requests[0].headers["authorization"]) is not False
    claims = fields["t"].split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert (said["aud"], said["sub"]) == ("https://push.example", "mailto:push@example.org")


def test_the_house_makes_its_key_once_and_for_itself(tmp_path: Path) -> None:
    first, again = push(tmp_path, Service()), push(tmp_path, Service())
    assert first.public_key == again.public_key and len(base64.urlsafe_b64decode(first.public_key + "=")) == 65
    assert (tmp_path / "push.pem").stat().st_mode & 0o777 == 0o600
    assert push(tmp_path / "other", Service()).public_key != first.public_key


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_told_of(tmp_path: Path, key: ec.EllipticCurvePrivateKey, status: int) -> None:
    assert await push(tmp_path, Service(status)).send(device(key), "x", "k") is False


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_a_busy_service_is_asked_later(tmp_path: Path, key: ec.EllipticCurvePrivateKey, status: int) -> None:
    with pytest.raises(Later):
        await push(tmp_path, Service(status)).send(device(key), "x", "k")


async def test_a_service_out_of_reach_is_asked_later(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away", request=request)

    with pytest.raises(Later):
        await push(tmp_path, away).send(device(key), "x", "k")


def test_a_topic_is_as_services_take_it() -> None:
    assert topic("job:" + "a" * 40) == "a" * 32 and topic("") == "word"
