"""The platform's messages are read as it documents them; documents with types or entities are refused."""

from typing import Any

import pytest

from onehall.channels.wechat import messages
from onehall.kernel.refusals import Refusal
from tests.channels.wechat.vectors import vectors

SAID = {"msg.type": lambda heard: "event" if heard.event else heard.kind, "msg.event": lambda heard: heard.kind,
        "msg.scene_id": lambda heard: heard.key, "event.scene_id": lambda heard: heard.key, "msg.key": lambda heard: heard.key,
        "event.key": lambda heard: heard.key, "event.source": lambda heard: heard.openid, "event.target": lambda heard: heard.account,
        "msg.ticket": lambda heard: heard.parts["Ticket"], "event.ticket": lambda heard: heard.parts["Ticket"],
        "event.status": lambda heard: heard.parts.get("Status"), "event.scan_result": lambda heard: heard.key,
        "event.latitude": lambda heard: float(heard.parts["Latitude"]), "msg.url": lambda heard: heard.key,
        "event.url": lambda heard: heard.key, "event.label": lambda heard: heard.parts["SendLocationInfo"]["Label"]}  # fmt: skip
OTHERS = {"test_parse_subscribe_scan_product_event", "test_scan_code_push_event"}  # keys of events that the hall does not listen to


@pytest.mark.parametrize("vector", [*vectors("wechat_messages"), *vectors("wechat_events")])
def test_vectors(vector: dict[str, Any]) -> None:
    heard = messages.read(vector["values"]["xml"].strip().encode())
    assert heard.openid and heard.kind and heard.at >= 0
    for one in vector["asserts"] if vector["test"] not in OTHERS else ():
        named = next((part for part in one if part in SAID), None)
        wanted = next((part for part in one if part != named), None)
        if named and wanted and wanted[:1] in "'0123456789":
            assert SAID[named](heard) == eval(wanted), one  # a literal out of the vectors


TEXT = "<xml><ToUserName>hall</ToUserName><FromUserName>li</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>{}</xml>"


def test_a_voice_is_read_by_its_words_and_a_scanned_address_whole() -> None:
    assert messages.read(TEXT.format("<Recognition>查余额</Recognition>").encode()).text == "查余额"
    event = "<xml><ToUserName>h</ToUserName><FromUserName>li</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>{}</xml>"
    scanned = "<Event>scancode_waitmsg</Event><EventKey>x</EventKey><ScanCodeInfo><ScanResult>http://hall/c/123456</ScanResult></ScanCodeInfo>"
    heard = messages.read(event.format(scanned).encode())
    assert (heard.kind, heard.key) == ("scancode_waitmsg", "http://hall/c/123456")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"hello", b"\x00", b"<xml>", b"<other/>", b"<xml/>", b"\xff\xfe<\x00", TEXT.replace("li", "").encode(),
        TEXT.replace("<CreateTime>1", "<CreateTime>x").encode(), TEXT.replace("li", "l" * 65).encode(),
        b'<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><FromUserName>&b;</FromUserName></xml>',
        b'<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml><FromUserName>li</FromUserName></xml>',
        b'<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><FromUserName>&x;</FromUserName></xml>',
        TEXT.format("<A/>" * 300).encode(), b'<?xml version="1.0" encoding="rubbish"?><xml/>',
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal, match="body.invalid"):
        messages.read(body)


@pytest.mark.parametrize("words", ["a ]]> b", "]]>", "]]]]>>", "余额 <b>&amp;", "a\x00\x08b", "😀"])
def test_a_reply_is_read_back_as_it_was_written(words: str) -> None:
    reply = messages.text("li", "hall", words, 7).replace("<Content>", "<MsgId>1</MsgId><Content>")
    heard = messages.read(reply.encode())
    assert heard.text == words.replace("\x00", "").replace("\x08", "") and heard.openid == "hall" and heard.account == "li"


def test_a_long_reply_is_cut_between_letters() -> None:
    assert messages.cut("余" * 682) == "余" * 682  # 2046 bytes
    assert messages.cut("余" * 683) == "余" * 681 + "…"  # 3 * 681 + 3 = 2046
