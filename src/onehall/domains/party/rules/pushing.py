"""What is decided of telling a customer things in their browsers."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Final

from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

PUSH_DEVICES_MAX: Final = 5
ADDRESS_LENGTH_MAX: Final = 1_000
KEY_BYTES, SECRET_BYTES = 65, 16
_ADDRESS: Final = re.compile(r"https://([a-z0-9.-]+)(:443)?/[!-~]*", re.IGNORECASE)


def check_push(endpoint: str, key: str, secret: str, hosts: Sequence[str]) -> None:
    """Somebody is told things at a known push service only, and under keys as browsers make them.

    `hosts` names the services: a host, or `*.` before what many hosts end in.
    :raises Refusal: `push.invalid`, 422.
    """
    found = _ADDRESS.fullmatch(endpoint) if len(endpoint) <= ADDRESS_LENGTH_MAX else None
    known = found is not None and any(_is_of(found[1].lower(), host) for host in hosts)
    if not known or _size(key) != KEY_BYTES or _size(secret) != SECRET_BYTES:
        raise Refusal("push.invalid", _("This browser cannot be told things."), 422)


def _is_of(host: str, service: str) -> bool:
    return host.endswith(service[1:]) if service.startswith("*.") else host == service


def _size(text: str) -> int:
    try:
        return len(base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True))
    except (binascii.Error, ValueError):
        return 0
