"""Where notices may be sent: a caller must not make the house call addresses of their choice.

The setting `callbacks` names the hosts; `*` stands for any host whose every address is public. This machine itself is
called only when it is named, or while the world is simulated.
"""

import asyncio
import ipaddress
import ssl
from functools import cache
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx

from onehall.kernel import settings
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
ANY_PUBLIC: Final = "*"


def check(callback: str) -> SplitResult:
    """This will refuse a callback that is not an http(s) address of an allowed host; gives it taken apart.

    :raises Refusal: `hub.callback`, 400.
    """
    plain = callback.isascii() and callback.isprintable() and " " not in callback
    try:
        parts = urlsplit(callback if plain else "")
        plain = parts.port != 0 and parts.username is None and parts.password is None
    except ValueError:
        parts, plain = urlsplit(""), False
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not plain or not (named(host) or _may_be_public(host)):
        raise _refused()
    return parts


def named(host: str) -> bool:
    """This will tell whether a host may be called whatever its address."""
    now = settings.current()
    return host in now.callbacks or (now.simulated and host in LOOPBACK)


async def post(callback: str, text: str, headers: dict[str, str], timeout: float) -> int:
    """This will POST to a callback and give the status. A host that is not named is called at the address that was checked.

    :raises Refusal: the address is not one that we call.  :raises httpx.HTTPError, OSError: no answer.
    """
    parts = check(callback)
    host = parts.hostname or ""
    url, extensions = httpx.URL(callback), {}
    if not named(host):
        url = url.copy_with(host=await _public_address(host, url.port or (443 if parts.scheme == "https" else 80)))
        headers, extensions = {**headers, "Host": parts.netloc}, {"sni_hostname": host}
    async with httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False, verify=_trust()) as client:
        answer = await client.post(url, content=text.encode(), headers=headers, extensions=extensions)
    return answer.status_code


@cache
def _trust() -> ssl.SSLContext:
    """Whom we believe who they are: read once, as reading the authorities takes twenty times as long as a notice."""
    return httpx.create_ssl_context(trust_env=False)


def _may_be_public(host: str) -> bool:
    if ANY_PUBLIC not in settings.current().callbacks or not host or host in LOOPBACK:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        top = host.rstrip(".").rpartition(".")
        return bool(top[0]) and top[2][:1].isalpha()


async def _public_address(host: str, port: int) -> str:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(ipaddress.ip_address(address).is_global for address in addresses):
        raise _refused()
    return addresses[0]


def _refused() -> Refusal:
    return Refusal("hub.callback", _("We do not send notices to this address."), 400, attribute="callback")
