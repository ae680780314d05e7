"""The WeChat platform over HTTPS, as it documents it: an access token for two hours, JSON both ways, `errcode` 0 for yes."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import httpx
import msgspec

from onehall.adapters.wechat.envelope import Envelope
from onehall.kernel.i18n import _
from onehall.kernel.jobs import Later
from onehall.kernel.refusals import Refusal
from onehall.ports.wechat import Scene

TIMEOUT_SECONDS: Final = 10.0
EARLY: Final = timedelta(minutes=5)  # a token is renewed before it ends
PICTURE: Final = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket="
STALE: Final = frozenset({40001, 40014, 42001})  # the token is not, or no longer, good
BUSY: Final = frozenset({-1, 45009, 45011, 45047, 50002})  # busy, or too many calls
BODY_MAX: Final = 64 * 1024


class OfficialWechat(Envelope):
    """One official account. `now` is the house's clock."""

    def __init__(self, api: str, account: str, secret: str, token: str, key: str, now: Callable[[], datetime]) -> None:
        super().__init__(token, account, key)
        self._secret, self._now = secret, now
        self._client = httpx.AsyncClient(base_url=api, timeout=TIMEOUT_SECONDS, follow_redirects=False)
        self._access, self._until = "", None  # type: tuple[str, datetime | None]
        self._renewing = asyncio.Lock()

    async def send_text(self, openid: str, text: str, key: str) -> None:
        """This will write to a follower who wrote to us in the last two days.

        :raises Later: it cannot be reached, or not now. :raises Refusal: `wechat.refused`, it will never take this.
        """
        await self._ask("/cgi-bin/message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": text}})

    async def send_template(self, openid: str, template: str, words: Mapping[str, str], url: str, key: str) -> None:
        """This will send a notice; the platform itself takes the same `key` once.

        :raises Later: it cannot be reached, or not now. :raises Refusal: `wechat.refused`.
        """
        values = {name: {"value": value} for name, value in words.items()}
        body = {"touser": openid, "template_id": template, "url": url, "data": values, "client_msg_id": key[:32]}
        await self._ask("/cgi-bin/message/template/send", body)

    async def make_scene(self, value: str, seconds: int) -> Scene:
        """This will make a QR code.

        :raises Later: it cannot be reached, or not now. :raises Refusal: `wechat.refused`.
        """
        wanted = {"expire_seconds": seconds, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": value}}}
        made = await self._ask("/cgi-bin/qrcode/create", wanted)
        lasts = made.get("expire_seconds")
        until = self._now() + timedelta(seconds=lasts if isinstance(lasts, int) else seconds)
        return Scene(value, str(made.get("url", "")), PICTURE + quote(str(made.get("ticket", "")), safe=""), until)

    async def set_menu(self, buttons: list[dict[str, Any]]) -> None:
        """This will set the menu under the chat.

        :raises Later: it cannot be reached, or not now. :raises Refusal: `wechat.refused`.
        """
        await self._ask("/cgi-bin/menu/create", {"button": buttons})

    async def close(self) -> None:
        """This will close the connections."""
        await self._client.aclose()

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One call; a token that the platform no longer takes is renewed once."""
        for attempt in (1, 2):
            access = await self._token(renew=attempt == 2)
            said = await self._post(path, body, {"access_token": access})
            if said.get("errcode", 0) not in STALE:
                break
        return _yes(said)

    async def _token(self, *, renew: bool) -> str:
        async with self._renewing:
            if renew or self._until is None or self._now() >= self._until:
                wanted = {"grant_type": "client_credential", "appid": self.account, "secret": self._secret, "force_refresh": renew}
                said = _yes(await self._post("/cgi-bin/stable_token", wanted, {}))
                self._access = str(said.get("access_token", ""))
                self._until = self._now() + timedelta(seconds=int(said.get("expires_in", 0))) - EARLY
            return self._access

    async def _post(self, path: str, body: dict[str, Any], params: dict[str, str]) -> dict[str, Any]:
        try:
            answer = await self._client.post(path, params=params, content=msgspec.json.encode(body))
            if answer.status_code >= 500 or len(answer.content) > BODY_MAX:
                raise Later(f"the platform says {answer.status_code}")
            said = msgspec.json.decode(answer.content)
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            raise Later(f"the platform cannot be reached: {type(error).__name__}") from error
        if not isinstance(said, dict):
            raise Later("the platform says nothing that we know")
        return said


def _yes(said: dict[str, Any]) -> dict[str, Any]:
    code = said.get("errcode", 0)
    if code in BUSY or code in STALE:
        raise Later(f"the platform says {code}")
    if code:
        raise Refusal("wechat.refused", _("WeChat does not take this."), 422, errcode=code)
    return said
