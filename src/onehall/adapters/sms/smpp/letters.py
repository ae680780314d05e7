"""The letters of short messages: the GSM 7-bit alphabet and UCS-2 as octets, headers of parts, and long messages in parts or whole."""

import struct
from typing import Final, Literal

import msgspec

from onehall.adapters.sms.smpp.pdu import TAGS, Pdu

BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)  # 3GPP TS 23.038, 6.2.1
EXTENDED: Final = {"\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65}
_OF: Final = {letter: octet for octet, letter in enumerate(BASIC)}
_BY: Final = {octet: letter for letter, octet in EXTENDED.items()}
ESCAPE: Final = 0x1B
GSM: Final = 0x00
LATIN: Final = 0x03
ASCII: Final = 0x01
UCS2: Final = 0x08
SINGLE: Final = {GSM: 160, UCS2: 140}  # octets of a message of one part: an unpacked letter of seven bits is an octet here
PART: Final = {GSM: 153, UCS2: 134}
PARTS_MAX: Final = 20
UDHI: Final = 0x40
Long = Literal["udh", "sar", "payload"]


class Part(msgspec.Struct, frozen=True):
    """A part of a long message, as it came: which message by its reference, its place of how many."""

    ref: str
    place: int
    total: int


class Header(msgspec.Struct, frozen=True):
    """A user data header: which part it says this is, if it says so."""

    part: Part | None
    length: int


def encoded(text: str) -> tuple[int, bytes]:
    """This will give the coding and octets of a text: GSM letters one an octet, else UCS-2 (with pairs beyond it)."""
    octets = bytearray()
    for letter in text:
        if letter in EXTENDED:
            octets += bytes([ESCAPE, EXTENDED[letter]])
        elif letter in _OF and letter != "\x1b":
            octets.append(_OF[letter])
        else:
            return UCS2, text.encode("utf-16-be", "replace")
    return GSM, bytes(octets)


def decoded(octets: bytes, coding: int) -> str:
    """This will read octets; what no alphabet has becomes a question mark."""
    if coding == UCS2 or coding & 0xFC == 0x18:
        return octets.decode("utf-16-be", "replace")
    if coding in (LATIN, ASCII):
        return octets.decode("latin-1")
    if coding & 0xF4 == 0xF4 or (coding != GSM and coding & 0xF0 != 0xF0):  # octets of some program
        return ""
    letters, escaped = [], False
    for octet in octets:
        if octet == ESCAPE and not escaped:
            escaped = True
            continue
        letters.append(_BY.get(octet, "?") if escaped else BASIC[octet] if octet < len(BASIC) else "?")
        escaped = False
    return "".join(letters)


def pieces(octets: bytes, coding: int) -> list[bytes]:
    """This will cut a text's octets into parts; no letter is cut in half."""
    if len(octets) <= SINGLE[coding]:
        return [octets]
    found: list[bytes] = []
    while octets and len(found) < PARTS_MAX:
        end = min(PART[coding], len(octets))
        if end < len(octets) and _splits(octets, end, coding):
            end -= 1 if coding == GSM else 2
        found.append(octets[:end])
        octets = octets[end:]
    return found


def _splits(octets: bytes, end: int, coding: int) -> bool:
    """Whether a cut would part an escape from its letter, or the halves of a pair."""
    return octets[end - 1] == ESCAPE if coding == GSM else 0xD8 <= octets[end - 2] <= 0xDB


def laid(text: str, how: Long, ref: int) -> list[tuple[dict[str, object], dict[int, bytes]]]:
    """This will lay a text into the fields and optional parameters of as many messages as it takes."""
    coding, octets = encoded(text)
    parts = pieces(octets, coding)
    if len(parts) == 1:
        return [({"data_coding": coding, "short_message": octets}, {})]
    if how == "payload":
        return [({"data_coding": coding, "short_message": b""}, {TAGS["message_payload"]: octets})]
    if how == "sar":
        return [({"data_coding": coding, "short_message": part}, _sar(ref, len(parts), place)) for place, part in enumerate(parts, 1)]
    header = [bytes([5, 0, 3, ref & 0xFF, len(parts), place]) for place in range(1, len(parts) + 1)]
    return [
        ({"data_coding": coding, "esm_class": UDHI, "short_message": head + part}, {}) for head, part in zip(header, parts, strict=True)
    ]


def read(pdu: Pdu) -> tuple[str, Part | None]:
    """This will read the text of a message that came, and which part of a longer one it is."""
    octets = pdu.option("message_payload") or pdu.fields.get("short_message", b"")
    part = _sar_of(pdu)
    if pdu.fields.get("esm_class", 0) & UDHI:
        header = read_header(octets)
        octets, part = octets[header.length :], header.part or part
    return decoded(octets, pdu.fields.get("data_coding", 0)), part


def read_header(octets: bytes) -> Header:
    """This will read a user data header. Of one element that is there twice the last counts, as 3GPP TS 23.040 has it."""
    if not octets or octets[0] + 1 > len(octets):
        return Header(None, 0)
    end, at, part = octets[0] + 1, 1, None
    while at + 2 <= end:
        kind, length = octets[at], octets[at + 1]
        value = octets[at + 2 : at + 2 + length]
        if at + 2 + length > end:
            break
        if kind == 0x00 and length == 3:
            part = Part(f"8:{value[0]}", value[2], value[1])
        elif kind == 0x08 and length == 4:
            part = Part(f"16:{struct.unpack('>H', value[:2])[0]}", value[3], value[2])
        at += 2 + length
    return Header(part if part and 0 < part.place <= part.total else None, end)


def _sar(ref: int, total: int, place: int) -> dict[int, bytes]:
    return {
        TAGS["sar_msg_ref_num"]: struct.pack(">H", ref & 0xFFFF), TAGS["sar_total_segments"]: bytes([total]),
        TAGS["sar_segment_seqnum"]: bytes([place]),
    }  # fmt: skip


def _sar_of(pdu: Pdu) -> Part | None:
    ref, total, place = (pdu.number(name) for name in ("sar_msg_ref_num", "sar_total_segments", "sar_segment_seqnum"))
    if ref is None or not total or not place or place > total or total == 1:
        return None
    return Part(f"sar:{ref}", place, total)
