"""A simulated WeChat platform: followers who keep what they are sent, QR codes, and a menu; to be used by hand under /sim/wechat."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from onehall.adapters.switches import Switches
from onehall.adapters.wechat.envelope import Envelope
from onehall.kernel import ids
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from onehall.ports.wechat import Scene

MESSAGES_MAX = 200
SCENE_LENGTH_MAX = 64
MENU = ":menu"  # no openid


class Said(msgspec.Struct, frozen=True):
    """A message in a simulated chat; `kind`: "to" (the follower got it), "from" (they wrote it), "notice" (by template)."""

    id: str
    kind: str
    text: str
    at: datetime


class SimulatedWechat(Envelope):
    """Followers in a table. Calls are signed and sealed as the platform does, by the same token and key."""

    def __init__(self, store: Store, token: str, account: str = "wxsimulated0000001", key: str = "") -> None:
        super().__init__(token, account, key)
        self.store = store
        self.switches = Switches(store, "wechat")

    async def send_text(self, openid: str, text: str, key: str) -> None:
        """This will put words into a follower's chat, once per key.

        :raises Later: it was told to be out of reach. :raises Refusal: `wechat.refused`, it was told to fail.
        """
        await self._obey()
        await self.keep(openid, text, key, "to")

    async def send_template(self, openid: str, template: str, words: Mapping[str, str], url: str, key: str) -> None:
        """This will put a notice into a follower's chat, once per key.

        :raises Later: it was told to be out of reach. :raises Refusal: `wechat.refused`, it was told to fail.
        """
        await self._obey()
        await self.keep(openid, "\n".join([template, *(f"{name}: {value}" for name, value in words.items()), url]).strip(), key, "notice")

    async def make_scene(self, value: str, seconds: int) -> Scene:
        """This will make a QR code whose scanning under /sim/wechat tells us `value`.

        :raises Later: it was told to be out of reach. :raises Refusal: `wechat.refused`, the value is too long, or it was told to fail.
        """
        await self._obey()
        if not 0 < len(value) <= SCENE_LENGTH_MAX:
            raise _refused()
        return Scene(value, f"sim-wechat:{value}", "", self.store.clock.now() + timedelta(seconds=seconds))

    async def set_menu(self, buttons: list[dict[str, Any]]) -> None:
        """This will set the menu under every chat.

        :raises Later: it was told to be out of reach. :raises Refusal: `wechat.refused`, it was told to fail.
        """
        await self._obey()
        async with self.store.edge(ids.home_for(MENU)) as tx:
            await tx.write(
                "INSERT INTO sim_wechat (home, id, openid, key, kind, text, at) VALUES ($1, $2, $3, $3, $3, $4, $5) "
                "ON CONFLICT (home, openid, kind, key) DO UPDATE SET text = excluded.text, at = excluded.at",
                tx.home, tx.new_id(), MENU, msgspec.json.encode(buttons).decode(), tx.now,
            )  # fmt: skip

    async def menu(self) -> list[dict[str, Any]]:
        """This will give the menu under every chat."""
        async with self.store.edge(ids.home_for(MENU)) as tx:
            row = await tx.read_one("SELECT text FROM sim_wechat WHERE home = $1 AND openid = $2", tx.home, MENU)
        return msgspec.json.decode(row["text"], type=list[dict[str, Any]]) if row else []

    async def keep(self, openid: str, text: str, key: str, kind: str) -> None:
        """This will put a text into a chat, once per key."""
        async with self.store.edge(ids.home_for(openid)) as tx:
            await tx.write(
                "INSERT INTO sim_wechat (home, id, openid, key, kind, text, at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                "ON CONFLICT DO NOTHING",
                tx.home, tx.new_id(), openid, key, kind, text, tx.now,
            )  # fmt: skip

    async def messages(self, openid: str) -> list[Said]:
        """This will give a chat, oldest first."""
        async with self.store.edge(ids.home_for(openid)) as tx:
            rows = await tx.read(
                "SELECT id, kind, text, at FROM sim_wechat WHERE home = $1 AND openid = $2 ORDER BY id DESC LIMIT $3",
                tx.home, openid, MESSAGES_MAX,
            )  # fmt: skip
        return [Said(**dict(row)) for row in reversed(rows)]

    async def followers(self) -> list[str]:
        """This will name those who have a chat, the latest first."""
        async with self.store.edge(0) as tx:
            rows = await tx.read(
                "-- fan-out: a page of the simulated world\n"
                "SELECT openid, max(at) AS last FROM sim_wechat WHERE kind <> $1 GROUP BY openid ORDER BY last DESC LIMIT 100",
                MENU,
            )
        return [str(row["openid"]) for row in rows]

    async def _obey(self) -> None:
        if await self.switches.obey():
            raise _refused()


def _refused() -> Refusal:
    return Refusal("wechat.refused", _("WeChat does not take this."), 422)
