"""Signatures and seals of the platform's calls, by its published vectors; and what is not the platform's is refused."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onehall.adapters.wechat.envelope import BODY_MAX, Envelope, Seal, closed_in, signature
from onehall.ports.wechat import BadCall
from tests.channels.wechat.vectors import vectors

ACCOUNT, KEY = "wx49f0ab532d5d035a", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
SEALED, PLAIN = Envelope("123456", ACCOUNT, KEY), Envelope("123456", ACCOUNT)
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
NOT_OURS = {"test_wxa_decrypt_message", "test_refund_notify_decrypt_message"}  # mini programs, and WeChat Pay


@pytest.mark.parametrize("vector", vectors("wechat_crypto"))
def test_vectors(vector: dict[str, Any]) -> None:
    values, name = vector["values"], vector["test"]
    if name in NOT_OURS:
        pytest.skip("not of the official account's protocol")
    assert vector["class_attrs"] == {"token": "123456", "encoding_aes_key": KEY, "corp_id": ACCOUNT}
    now = datetime.fromtimestamp(int(values["timestamp"]), UTC)
    params = {"timestamp": values["timestamp"], "nonce": values["nonce"], "msg_signature": values.get("signature", "")}
    if name.startswith("test_check_signature"):
        right = signature("123456", values["timestamp"], values["nonce"], values["echo_str"]) == values["signature"]
        assert right is name.endswith("ok")
    elif name == "test_encrypt_message":
        luck = b"1234567890123456"
        assert SEALED.answer(values["reply"], now, values["nonce"], luck) == values["expected"]
        assert SEALED.opened(values["expected"].encode()) == values["reply"]
    else:
        body = bytes.fromhex(values["xml"]) if name == "test_decrypt_binary_message" else values["xml"].encode()
        heard = SEALED.hear(params, body, now)
        assert b"<Content><![CDATA[test]]>" in heard and b"<FromUserName><![CDATA[messense]]>" in heard


@pytest.mark.parametrize("envelope", [SEALED, PLAIN])
@pytest.mark.parametrize("message", ["", "a", "x" * 31, "y" * 32, "余额" * 500, "<xml>😀</xml>"])
def test_what_is_closed_opens(envelope: Envelope, message: str) -> None:
    params, body = envelope.call(message, NOW)
    assert envelope.hear(params, body, NOW + timedelta(minutes=5)) == message.encode()
    assert envelope.opened(envelope.answer(message, NOW).encode()) == message


@pytest.mark.parametrize("envelope", [SEALED, PLAIN])
@pytest.mark.parametrize(
    "wrong", [{"timestamp": "1"}, {"timestamp": "now"}, {"nonce": ""}, {"nonce": "other"}, {"msg_signature": "", "signature": ""}]
)
def test_a_call_that_is_not_the_platforms_is_refused(envelope: Envelope, wrong: dict[str, str]) -> None:
    params, body = envelope.call("<xml/>", NOW)
    with pytest.raises(BadCall):
        envelope.hear(params | wrong, body, NOW)


@pytest.mark.parametrize("late", [timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)])
def test_an_old_call_is_refused(late: timedelta) -> None:
    for envelope in (SEALED, PLAIN):
        params, body = envelope.call("<xml/>", NOW)
        with pytest.raises(BadCall, match="not fresh"):
            envelope.hear(params, body, NOW + late)


def test_another_accounts_message_is_refused_and_so_is_a_plain_one() -> None:
    params, body = Envelope("123456", "wxother", KEY).call("<xml/>", NOW)
    with pytest.raises(BadCall, match="another account's"):
        SEALED.hear(params, body, NOW)
    params, body = PLAIN.call("<xml/>", NOW)
    with pytest.raises(BadCall, match="not sealed"):
        SEALED.hear(params, body, NOW)
    with pytest.raises(BadCall, match="too large"):
        PLAIN.hear(params, b"x" * (BODY_MAX + 1), NOW)


@pytest.mark.parametrize("sealed", ["", "!", "AAAA", base64.b64encode(b"x" * 32).decode(), base64.b64encode(b"\0" * 64).decode()])
def test_rubbish_does_not_open(sealed: str) -> None:
    with pytest.raises(BadCall):
        Seal(KEY, ACCOUNT).open(sealed)


@pytest.mark.parametrize(
    "body",
    [b"", b"<xml>", b"\xff\xfe", b"<xml/>", b'<!DOCTYPE x [<!ENTITY e "ee">]><xml><Encrypt>&e;</Encrypt></xml>', b"<!DOCTYPE xml><xml/>"],
)
def test_what_holds_nothing_sealed_is_refused(body: bytes) -> None:
    with pytest.raises(BadCall):
        closed_in(body)
