"""The envelope of the platform's calls: SHA-1 signatures over sorted words, and AES-256-CBC around sealed messages.

As the platform documents it: the key is the account's 43 letters in Base64, the first half of the key is the vector, the padding is
PKCS#7 to blocks of 32, and what is sealed is 16 bytes of luck, the length in network order, the message, and the account's id.
"""

import base64
import binascii
import hmac
import secrets
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha1
from typing import Final
from xml.etree.ElementTree import ParseError

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from onehall.ports.wechat import BadCall

BLOCK: Final = 32
LUCK: Final = 16
KEY_LETTERS: Final = 43
FRESH: Final = timedelta(minutes=5)
BODY_MAX: Final = 64 * 1024
WORD_MAX: Final = 128


def signature(*words: str) -> str:
    """This will sign words: SHA-1 over them, sorted and put together."""
    return sha1("".join(sorted(words)).encode()).hexdigest()


class Seal:
    """Seals and opens messages of one account. :raises ValueError: the key is not 43 letters of Base64."""

    def __init__(self, key: str, account: str) -> None:
        if len(key) != KEY_LETTERS:
            raise ValueError(f"a key has {KEY_LETTERS} letters")
        self._key = base64.b64decode(f"{key}=", validate=True)
        self._account = account.encode()

    def seal(self, message: str, luck: bytes = b"") -> str:
        """This will seal a message; `luck` is 16 random bytes, made where they are not given."""
        words = message.encode()
        plain = (luck or secrets.token_bytes(LUCK)) + struct.pack(">I", len(words)) + words + self._account
        missing = BLOCK - len(plain) % BLOCK
        sealing = self._cipher().encryptor()
        return base64.b64encode(sealing.update(plain + bytes([missing]) * missing) + sealing.finalize()).decode()

    def open(self, sealed: str) -> bytes:
        """This will open a sealed message.

        :raises BadCall: it was not sealed for this account.
        """
        try:
            closed = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadCall("not Base64") from error
        if not closed or len(closed) % LUCK:
            raise BadCall("not whole blocks")
        opening = self._cipher().decryptor()
        plain = opening.update(closed) + opening.finalize()
        padded = plain[-1]
        if not 1 <= padded <= BLOCK or len(plain) < LUCK + 4 + padded or plain[-padded:] != bytes([padded]) * padded:
            raise BadCall("wrong padding")
        plain = plain[LUCK:-padded]
        length = struct.unpack(">I", plain[:4])[0]
        message, account = plain[4 : 4 + length], plain[4 + length :]
        if len(message) != length or not hmac.compare_digest(account, self._account):
            raise BadCall("another account's")
        return message

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))


class Envelope:
    """Opens the platform's calls and closes our replies, for one account. With a key everything must be sealed."""

    def __init__(self, token: str, account: str, key: str = "") -> None:
        self.token, self.account = token, account
        self.sealed = Seal(key, account) if key else None

    def echo(self, params: Mapping[str, str], now: datetime) -> str:
        """This will check that the platform asks whether we are there; gives its word.

        :raises BadCall: it is not the platform.
        """
        self._check(params, params.get("signature", ""), now)
        return params.get("echostr", "")[:WORD_MAX]

    def hear(self, params: Mapping[str, str], body: bytes, now: datetime) -> bytes:
        """This will open a call.

        :raises BadCall: bad signature, too old, another account's, or not sealed where it must be.
        """
        if len(body) > BODY_MAX:
            raise BadCall("too large")
        if self.sealed is None:
            self._check(params, params.get("signature", ""), now)
            return body
        closed = closed_in(body)
        self._check(params, params.get("msg_signature", ""), now, closed)
        return self.sealed.open(closed)

    def answer(self, message: str, now: datetime, nonce: str = "", luck: bytes = b"") -> str:
        """This will close a reply."""
        if self.sealed is None:
            return message
        closed, at, nonce = self.sealed.seal(message, luck), str(int(now.timestamp())), nonce or secrets.token_hex(8)
        signed = signature(self.token, at, nonce, closed)
        return (
            f"<xml>\n<Encrypt><![CDATA[{closed}]]></Encrypt>\n<MsgSignature><![CDATA[{signed}]]></MsgSignature>\n"
            f"<TimeStamp>{at}</TimeStamp>\n<Nonce><![CDATA[{nonce}]]></Nonce>\n</xml>"
        )

    def opened(self, reply: bytes) -> str:
        """This will open a reply of ours, as the platform does.

        :raises BadCall: it is not sealed as it should be.
        """
        return reply.decode() if self.sealed is None else self.sealed.open(closed_in(reply)).decode()

    def call(self, message: str, now: datetime, nonce: str = "") -> tuple[dict[str, str], bytes]:
        """This will close a message as the platform does: the parameters of the call, and its body."""
        at, nonce = str(int(now.timestamp())), nonce or secrets.token_hex(8)
        params = {"timestamp": at, "nonce": nonce, "signature": signature(self.token, at, nonce)}
        if self.sealed is None:
            return params, message.encode()
        closed = self.sealed.seal(message)
        params |= {"encrypt_type": "aes", "msg_signature": signature(self.token, at, nonce, closed)}
        return params, f"<xml><ToUserName>{self.account}</ToUserName><Encrypt><![CDATA[{closed}]]></Encrypt></xml>".encode()

    def _check(self, params: Mapping[str, str], shown: str, now: datetime, *closed: str) -> None:
        at, nonce = params.get("timestamp", ""), params.get("nonce", "")
        if not nonce or len(nonce) > WORD_MAX or not (at.isascii() and at.isdigit() and len(at) <= 12):
            raise BadCall("no time, or no nonce")
        if not hmac.compare_digest(signature(self.token, at, nonce, *closed).encode(), shown.encode()):
            raise BadCall("wrong signature")
        if abs(now.timestamp() - int(at)) > FRESH.total_seconds():
            raise BadCall("not fresh")


def closed_in(body: bytes) -> str:
    """This will give what is sealed in a call.

    :raises BadCall: nothing is.
    """
    try:
        found = fromstring(body, forbid_dtd=True).findtext("Encrypt")
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BadCall("no XML") from error
    if not found:
        raise BadCall("not sealed")
    return str(found)
