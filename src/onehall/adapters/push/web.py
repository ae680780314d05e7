"""Web Push (RFC 8030, 8291, 8292): words sealed for one browser, signed by the key that the house made for itself."""

import asyncio
import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode
from pywebpush import WebPusher

from onehall.kernel.jobs import Later
from onehall.ports.push import Device

KEY_FILE: Final = "push.pem"
LIVES_SECONDS: Final = 12 * 3600
GONE: Final = frozenset({404, 410})
NOT_NOW: Final = frozenset({408, 425, 429})
CODING: Final = "aes128gcm"


class WebPush:
    """The push services of real browsers. `contact` is where they reach us when something is wrong: mailto:..."""

    def __init__(self, folder: Path, contact: str, *, client: httpx.AsyncClient | None = None) -> None:
        self.vapid, self.contact = house_key(folder), contact
        self.client = client or httpx.AsyncClient(timeout=10, follow_redirects=False)

    @property
    def public_key(self) -> str:
        """This will give our public key as browsers take it."""
        raw = self.vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return str(b64urlencode(raw))

    async def send(self, device: Device, text: str, key: str) -> bool:
        """This will hand words to the browser's push service; `key` is their topic, so that a repeat replaces what still waits.

        :raises Later: the service is busy, or cannot be reached.
        """
        headers, body = await asyncio.to_thread(self.sealed, device, text)
        try:
            answer = await self.client.post(device.endpoint, content=body, headers=headers | {"Topic": topic(key)})
        except httpx.HTTPError as away:
            raise Later(f"the push service cannot be reached: {type(away).__name__}") from away
        if answer.status_code in NOT_NOW or answer.status_code >= 500:
            raise Later(f"the push service says {answer.status_code}")
        return answer.status_code not in GONE

    def sealed(self, device: Device, text: str) -> tuple[dict[str, str], bytes]:
        """This will seal words for one browser and sign for its push service; gives headers and body."""
        subscription = {"endpoint": device.endpoint, "keys": {"p256dh": device.key, "auth": device.secret}}
        body: Any = WebPusher(subscription).encode(text.encode(), content_encoding=CODING)["body"]
        at = urlsplit(device.endpoint)
        signed = self.vapid.sign({"aud": f"{at.scheme}://{at.netloc}", "sub": self.contact})
        headers = {"TTL": str(LIVES_SECONDS), "Content-Encoding": CODING, "Content-Type": "application/octet-stream", "Urgency": "normal"}
        return headers | {"Authorization": str(signed["Authorization"])}, bytes(body)


def house_key(folder: Path) -> Vapid02:
    """This will read the house's own key for push, making it at first use for its owner only."""
    path = folder / KEY_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = Vapid02()
        made.generate_keys()
        draft = path.with_name(f".{KEY_FILE}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_bytes(made.private_pem())
        try:
            os.link(draft, path)  # of two processes the first wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key: Vapid02 = Vapid02.from_file(str(path))
    return key


def topic(key: str) -> str:
    """This will give a topic as push services take it: 32 letters at most, of base64url."""
    return "".join(sign for sign in key if sign.isascii() and (sign.isalnum() or sign in "-_"))[-32:] or "word"
