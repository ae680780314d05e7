"""The platform's messages as XML: what a follower wrote or did, and the text that goes back."""

import re
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

TEXT_BYTES_MAX: Final = 2048
SCENE: Final = "qrscene_"
NAME_MAX: Final = 64
KEY_MAX: Final = 128
PARTS_MAX: Final = 200
UNWRITTEN: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Heard(msgspec.Struct, frozen=True):
    """What a follower wrote or did. `kind`: text, image, voice, ..., or the event: subscribe, subscribe_scan, unsubscribe, click, scan, ...

    `key` is the menu button's, or the scene that was scanned; `parts` is all that the platform said, by its own names.
    """

    account: str
    openid: str
    kind: str
    at: int
    id: str
    text: str = ""
    key: str = ""
    event: bool = False
    parts: dict[str, Any] = {}


def read(body: bytes) -> Heard:
    """This will read a message of the platform.

    :raises Refusal: `body.invalid`, 400: no XML, one with a document type or entities, or without sender.
    """
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise _unread() from error
    if root.tag != "xml" or sum(1 for _part in root.iter()) > PARTS_MAX:
        raise _unread()
    parts = {child.tag: _value(child) for child in root}
    words = {name: value for name, value in parts.items() if isinstance(value, str)}
    openid, account, at = words.get("FromUserName", ""), words.get("ToUserName", ""), words.get("CreateTime", "")
    if not openid or max(len(openid), len(account)) > NAME_MAX or not (at.isascii() and at.isdigit() and len(at) <= 12):
        raise _unread()
    return _heard(words, parts, openid, account, int(at))


def text(openid: str, account: str, words: str, at: int) -> str:
    """This will write a text reply."""
    return (
        f"<xml><ToUserName>{_quoted(openid)}</ToUserName><FromUserName>{_quoted(account)}</FromUserName>"
        f"<CreateTime>{at}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>{_quoted(cut(words))}</Content></xml>"
    )


def cut(words: str) -> str:
    """This will cut a text to what one message may hold, between letters."""
    encoded = words.encode()
    return words if len(encoded) <= TEXT_BYTES_MAX else encoded[: TEXT_BYTES_MAX - 3].decode("utf-8", "ignore") + "…"


def _heard(words: dict[str, str], parts: dict[str, Any], openid: str, account: str, at: int) -> Heard:
    kind = words.get("MsgType", "").lower()
    if kind != "event":
        id_ = words.get("MsgId") or f"{at}"
        return Heard(account, openid, kind, at, id_[:NAME_MAX], words.get("Content") or words.get("Recognition", ""), parts=parts)
    event, key = words.get("Event", "").lower(), words.get("EventKey", "")
    if event == "subscribe" and key.startswith(SCENE):
        event, key = "subscribe_scan", key.removeprefix(SCENE)
    scanned = parts.get("ScanCodeInfo")
    if event == "scancode_waitmsg" and isinstance(scanned, dict):
        key = str(scanned.get("ScanResult", ""))[-KEY_MAX:]
    return Heard(account, openid, event, at, f"{at}:{event}:{key}"[:200], key=key[:KEY_MAX], event=True, parts=parts)


def _value(element: Element) -> Any:
    """The words of an element, or what is in it by name; of several of one name there is a list."""
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in element:
        value = _value(child)
        found[child.tag] = [*(found[child.tag] if isinstance(found[child.tag], list) else [found[child.tag]]), value] if (
            child.tag in found
        ) else value
    return found


def _quoted(words: str) -> str:
    """Words as CDATA; signs that no XML may hold are left out."""
    return "<![CDATA[" + UNWRITTEN.sub("", words).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _unread() -> Refusal:
    return Refusal("body.invalid", _("This is no message of the platform."), 400)
