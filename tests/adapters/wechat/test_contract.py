"""The platform's port: the simulated one, and the real one against a double that speaks the documented JSON."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar, Request, Response, post

from onehall.adapters.wechat.official import OfficialWechat
from onehall.adapters.wechat.simulated import SimulatedWechat
from onehall.kernel.jobs import Later
from onehall.kernel.refusals import Refusal
from onehall.kernel.store import Store
from onehall.ports.wechat import Wechat

MENU: list[dict[str, Any]] = [{"type": "click", "name": "Check balance", "key": "balance.check"}]


class Double:
    """The platform's HTTP side: `codes` are errcodes to give next, whatever is asked; `asked` is what was asked, by path."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.codes: list[int] = []
        self.tokens = 0

    def app(self) -> Litestar:
        """This will make the application."""

        @post("/cgi-bin/stable_token", status_code=200)
        async def token(request: Request[Any, Any, Any]) -> dict[str, Any]:
            said = await request.json()
            if (said["grant_type"], said["appid"], said["secret"]) != ("client_credential", "wxapp", "app-secret"):
                return {"errcode": 40125, "errmsg": "invalid appsecret"}
            self.tokens += 1
            return {"access_token": f"token-{self.tokens}", "expires_in": 7200}

        @post(["/cgi-bin/message/custom/send", "/cgi-bin/message/template/send", "/cgi-bin/qrcode/create", "/cgi-bin/menu/create"])
        async def ask(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
            if request.query_params.get("access_token") != f"token-{self.tokens}":
                return Response({"errcode": 40001, "errmsg": "invalid credential"}, status_code=200)
            if self.codes:
                return Response({"errcode": self.codes.pop(0), "errmsg": "as told"}, status_code=200)
            self.asked.append((request.url.path, await request.json()))
            made = {"ticket": "gQ/+x==", "expire_seconds": 60, "url": "http://weixin.qq.com/q/kZgfwMTm72WWPkovabbI"}
            return Response(made if request.url.path.endswith("qrcode/create") else {"errcode": 0, "errmsg": "ok"}, status_code=200)

        return Litestar([token, ask])


@asynccontextmanager
async def real(store: Store, double: Double, secret: str = "app-secret") -> AsyncIterator[OfficialWechat]:
    """The real adapter, its calls carried to the double in this process."""
    wechat = OfficialWechat("http://platform", "wxapp", secret, "token", "", store.clock.now)
    await wechat.close()
    wechat._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=double.app()), base_url="http://platform")
    try:
        yield wechat
    finally:
        await wechat.close()


@pytest.mark.parametrize("kind", ["simulated", "official"])
async def test_the_contract(store: Store, kind: str) -> None:
    double = Double()
    async with real(store, double) as official:
        simulated = SimulatedWechat(store, "token", "wxapp")
        wechat: Wechat = official if kind == "official" else simulated
        await wechat.send_text("oLi", "您的余额为¥86.50。", "k1")
        await wechat.send_template("oLi", "tpl", {"amount": "50"}, "https://hall/j/1", "k2")
        scene = await wechat.make_scene("123456", 60)
        await wechat.set_menu(MENU)
        assert scene.value == "123456" and scene.text
        assert timedelta(seconds=55) < scene.expires - store.clock.now() <= timedelta(seconds=60)
        if kind == "simulated":
            assert [(one.kind, one.text) for one in await simulated.messages("oLi")] == [
                ("to", "您的余额为¥86.50。"), ("notice", "tpl\namount: 50\nhttps://hall/j/1"),
            ]  # fmt: skip
            assert await simulated.menu() == MENU
        else:
            assert double.asked == [
                ("/cgi-bin/message/custom/send", {"touser": "oLi", "msgtype": "text", "text": {"content": "您的余额为¥86.50。"}}),
                ("/cgi-bin/message/template/send", {
                    "touser": "oLi", "template_id": "tpl", "url": "https://hall/j/1", "data": {"amount": {"value": "50"}},
                    "client_msg_id": "k2",
                }),
                ("/cgi-bin/qrcode/create", {
                    "expire_seconds": 60, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "123456"}},
                }),
                ("/cgi-bin/menu/create", {"button": MENU}),
            ]  # fmt: skip
            assert double.tokens == 1 and scene.picture.endswith("ticket=gQ%2F%2Bx%3D%3D")


@pytest.mark.parametrize("kind", ["simulated", "official"])
@pytest.mark.parametrize("no", [True, False])
async def test_later_is_told_from_never(store: Store, kind: str, no: bool) -> None:
    double = Double()
    double.codes = [45015 if no else 45009]  # out of the time for replies; too many calls
    async with real(store, double) as official:
        simulated = SimulatedWechat(store, "token", "wxapp")
        await simulated.switches.turn("fail" if no else "later", 1)
        wechat: Wechat = official if kind == "official" else simulated
        with pytest.raises(Refusal if no else Later):
            await wechat.send_text("oLi", "x", "k")
        await wechat.send_text("oLi", "y", "k2")
        assert [one.text for one in await simulated.messages("oLi")] == (["y"] if kind == "simulated" else [])
        assert len(double.asked) == (kind == "official")


async def test_a_token_that_no_longer_counts_is_renewed_once(store: Store) -> None:
    double = Double()
    async with real(store, double) as wechat:
        await wechat.send_text("oLi", "x", "1")
        double.codes = [40001]
        await wechat.send_text("oLi", "x", "2")
        assert double.tokens == 2
        double.codes = [42001, 42001]
        with pytest.raises(Later, match="42001"):
            await wechat.send_text("oLi", "x", "3")


async def test_a_token_is_renewed_before_it_ends(store: Store) -> None:
    double = Double()
    async with real(store, double) as wechat:
        await wechat.send_text("oLi", "x", "1")
        wechat._until = store.clock.now()
        await wechat.send_text("oLi", "x", "2")
        assert double.tokens == 2


async def test_a_wrong_secret_is_a_no_and_nobody_there_is_later(store: Store) -> None:
    async with real(store, Double(), secret="wrong") as wechat:
        with pytest.raises(Refusal, match="wechat.refused"):
            await wechat.send_text("oLi", "x", "1")
    away = OfficialWechat("http://127.0.0.1:1", "wxapp", "s", "token", "", store.clock.now)
    with pytest.raises(Later):
        await away.send_text("oLi", "x", "1")
    await away.close()


async def test_words_of_rubbish_are_later(store: Store) -> None:
    async with real(store, Double()) as wechat:
        for answer in (b"<html>", json.dumps([1]).encode(), b""):

            def rubbish(_request: httpx.Request, answer: bytes = answer) -> httpx.Response:
                return httpx.Response(200, content=answer)

            wechat._client = httpx.AsyncClient(transport=httpx.MockTransport(rubbish), base_url="http://platform")
            with pytest.raises(Later):
                await wechat.send_text("oLi", "x", "1")
