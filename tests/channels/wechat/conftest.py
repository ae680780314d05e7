"""A house worked by hand, and followers who write to it in WeChat."""

import re
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from onehall.channels.wechat import messages
from tests.ground.counter import Counter, served

APART = timedelta(seconds=1)  # an event has no id but its time
Place = tuple[Counter, httpx.AsyncClient]


class Follower:
    """Somebody with a chat with the hall."""

    def __init__(self, counter: Counter, client: httpx.AsyncClient, openid: str) -> None:
        self.counter, self.client, self.openid = counter, client, openid

    async def say(self, text: str, id_: str = "") -> str:
        """This will write; gives the words of the reply, none when there is none."""
        id_ = id_ or str(secrets.randbelow(10**15))
        return await self.send(f"<MsgType>text</MsgType><Content><![CDATA[{text}]]></Content><MsgId>{id_}</MsgId>")

    async def does(self, event: str, key: str = "") -> str:
        """This will press, scan, follow, or stop following."""
        self.counter.store.clock.move(APART)
        return await self.send(f"<MsgType>event</MsgType><Event>{event}</Event><EventKey>{key}</EventKey>")

    def plain(self, parts: str) -> str:
        """This will give a message as the platform writes it."""
        at = int(self.counter.store.clock.now().timestamp())
        return f"<xml><ToUserName>hall</ToUserName><FromUserName>{self.openid}</FromUserName><CreateTime>{at}</CreateTime>{parts}</xml>"

    async def send(self, parts: str) -> str:
        """This will have the platform bring a message."""
        platform = self.counter.world.wechat
        params, body = platform.call(self.plain(parts), self.counter.store.clock.now())
        answer = await self.client.post("/wechat", params=params, content=body)
        assert answer.status_code == 200, answer.text
        if answer.text == "success":
            return ""
        reply = platform.opened(answer.content)
        found = re.search(r"<ToUserName><!\[CDATA\[(.*?)\]\]>.*<Content><!\[CDATA\[(.*)\]\]></Content>", reply, re.DOTALL)
        assert found and found[1] == self.openid, reply
        assert len(found[2].encode()) <= messages.TEXT_BYTES_MAX
        return found[2]

    async def chat(self) -> list[str]:
        """This will give what was written to them outside of replies."""
        return [one.text for one in await self.counter.world.wechat.messages(self.openid)]

    async def link(self, phone: str) -> str:
        """This will prove to be the customer of a phone, by a code, at the first question that wants one."""
        await self.say("0000")
        await self.does("CLICK", "line.suspend")
        await self.say(phone)
        await self.counter.settle()
        code = (await self.counter.world.sms.messages(phone))[-1].text[:6]
        return await self.say(code)


@pytest.fixture
async def place(demo_database: str) -> AsyncIterator[Place]:
    """A house over the demo operator, and a client in this process."""
    async with served(demo_database) as opened:
        yield opened


@pytest.fixture
def maria(place: Place) -> Follower:
    """Maria reads English, has 158.00 on Hall 99; her phone is 18600010002."""
    return Follower(*place, "oMaria")
