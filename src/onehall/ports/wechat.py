"""WeChat's official-account platform: what it tells us by signed calls, and what we ask of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec


class BadCall(Exception):
    """The call is not the platform's own, or not fresh, or is not meant for us."""


class Scene(msgspec.Struct, frozen=True):
    """A QR code for a scene: the text that it holds, the address of its picture, and when it ends."""

    value: str
    text: str
    picture: str
    expires: datetime


class Wechat(Protocol):
    """The platform, as one official account sees it."""

    def echo(self, params: Mapping[str, str], now: datetime) -> str:
        """This will give what the platform wants to hear when it looks whether we are there.

        :raises BadCall: it is not the platform.
        """

    def hear(self, params: Mapping[str, str], body: bytes, now: datetime) -> bytes:
        """This will check a call and give the message in it, as plain XML.

        :raises BadCall: bad signature, too old, another account's, or not sealed where it must be.
        """

    def answer(self, message: str, now: datetime) -> str:
        """This will give a reply as it goes back: sealed where the account is sealed."""

    async def send_text(self, openid: str, text: str, key: str) -> None:
        """This will write to a follower outside of a reply; the same `key` is sent once, as far as the platform can tell.

        :raises Later: it cannot be reached, or not now. :raises Refusal: `wechat.refused`, it will never take this.
        """

    async def send_template(self, openid: str, template: str, words: Mapping[str, str], url: str, key: str) -> None:
        """This will send a notice by a template of the account; it may be sent at any time.

        :raises Later: it cannot be reached, or not now. :raises Refusal: `wechat.refused`.
        """

    async def make_scene(self, value: str, seconds: int) -> Scene:
        """This will make a QR code that tells us `value` when it is scanned.

        :raises Later: it cannot be reached, or not now. :raises Refusal: `wechat.refused`.
        """

    async def set_menu(self, buttons: list[dict[str, object]]) -> None:
        """This will set the menu under the chat: `{"type": "click", "name", "key"}` or `{"name", "sub_button": [...]}`.

        :raises Later: it cannot be reached, or not now. :raises Refusal: `wechat.refused`.
        """
