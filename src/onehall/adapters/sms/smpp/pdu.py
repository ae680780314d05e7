"""SMPP 3.4 on the wire: PDUs with their fields in order, and optional parameters after them (SMPP v3.4, chapters 4 and 5)."""

import struct
from typing import Any, Final

import msgspec

HEADER: Final = 16
LENGTH_MAX: Final = 70_000  # a message_payload holds 64 kB
RESPONSE: Final = 0x80000000
COMMANDS: Final[dict[str, int]] = {
    "generic_nack": 0x80000000, "bind_receiver": 1, "bind_transmitter": 2, "query_sm": 3, "submit_sm": 4, "deliver_sm": 5, "unbind": 6,
    "replace_sm": 7, "cancel_sm": 8, "bind_transceiver": 9, "outbind": 0x0B, "enquire_link": 0x15, "submit_multi": 0x21,
    "alert_notification": 0x102, "data_sm": 0x103,
}  # fmt: skip
UNANSWERED: Final = frozenset({"generic_nack", "outbind", "alert_notification"})
NAMES: Final = {number: name for name, number in COMMANDS.items()} | {
    number | RESPONSE: f"{name}_resp" for name, number in COMMANDS.items() if name not in UNANSWERED
}
NUMBERS: Final = {name: number for number, name in NAMES.items()}

OK: Final = 0x00
BAD_LENGTH: Final = 0x02
BAD_COMMAND: Final = 0x03
NOT_BOUND: Final = 0x04
SYSTEM_ERROR: Final = 0x08
QUEUE_FULL: Final = 0x14
THROTTLED: Final = 0x58
TRY_LATER: Final = 0x64  # ESME_RX_T_APPN: the receiver cannot take it now
REFUSED: Final = 0x65  # ESME_RX_P_APPN: it never will


def _address(which: str, longest: int = 21) -> tuple[tuple[str, int | str], ...]:
    return ((f"{which}_ton", 1), (f"{which}_npi", 1), (f"{which}_addr", f"{longest}"))


_BIND: Final[tuple[tuple[str, int | str], ...]] = (
    ("system_id", "16"), ("password", "9"), ("system_type", "13"), ("interface_version", 1), ("addr_ton", 1), ("addr_npi", 1),
    ("address_range", "41"),
)  # fmt: skip
_MESSAGE: Final[tuple[tuple[str, int | str], ...]] = (
    ("service_type", "6"), *_address("source"), *_address("destination"), ("esm_class", 1), ("protocol_id", 1), ("priority_flag", 1),
    ("schedule_delivery_time", "17"), ("validity_period", "17"), ("registered_delivery", 1), ("replace_if_present_flag", 1),
    ("data_coding", 1), ("sm_default_msg_id", 1), ("short_message", "octets"),
)  # fmt: skip
BODIES: Final[dict[str, tuple[tuple[str, int | str], ...]]] = {
    "bind_receiver": _BIND, "bind_transmitter": _BIND, "bind_transceiver": _BIND,
    "bind_receiver_resp": (("system_id", "16"),), "bind_transmitter_resp": (("system_id", "16"),),
    "bind_transceiver_resp": (("system_id", "16"),), "submit_sm": _MESSAGE, "deliver_sm": _MESSAGE,
    "submit_sm_resp": (("message_id", "65"),), "deliver_sm_resp": (("message_id", "65"),),
    "query_sm": (("message_id", "65"), *_address("source")),
    "query_sm_resp": (("message_id", "65"), ("final_date", "17"), ("message_state", 1), ("error_code", 1)),
    "alert_notification": (*_address("source", 65), *_address("esme", 65)), "outbind": (("system_id", "16"), ("password", "9")),
}  # fmt: skip
"""The fields of each kind, in order: a number of octets, or a C string of so many at most; `octets` has its length before it."""
TAGS: Final[dict[str, int]] = {
    "user_message_reference": 0x0204, "sar_msg_ref_num": 0x020C, "sar_total_segments": 0x020E, "sar_segment_seqnum": 0x020F,
    "receipted_message_id": 0x001E, "message_state": 0x0427, "network_error_code": 0x0423, "message_payload": 0x0424,
    "source_subaddress": 0x0202, "dest_subaddress": 0x0203, "dest_addr_subunit": 0x0005, "ms_availability_status": 0x0422,
    "sc_interface_version": 0x0210, "alert_on_message_delivery": 0x130C,
}  # fmt: skip


class BadPdu(ValueError):
    """What came is no PDU; `status` is what to answer, `sequence` to what, where that could be read."""

    def __init__(self, why: str, status: int = SYSTEM_ERROR, sequence: int = 0) -> None:
        super().__init__(why)
        self.status, self.sequence = status, sequence


class Pdu(msgspec.Struct, frozen=True):
    """One PDU: its kind by name, status, sequence number, fields by name, and optional parameters by tag."""

    name: str
    status: int = OK
    sequence: int = 0
    fields: dict[str, Any] = {}
    more: dict[int, bytes] = {}

    @property
    def is_answer(self) -> bool:
        """This will tell whether it answers one of ours."""
        return bool(NUMBERS[self.name] & RESPONSE)

    def option(self, name: str) -> bytes | None:
        """This will give an optional parameter."""
        return self.more.get(TAGS[name])

    def number(self, name: str) -> int | None:
        """This will give an optional parameter that is a number."""
        value = self.option(name)
        return int.from_bytes(value, "big") if value else None


def encode(pdu: Pdu) -> bytes:
    """This will write a PDU. An answer that says no has no body.

    :raises ValueError: a field is longer than it may be.
    """
    body = b""
    if not (pdu.is_answer and pdu.status):
        body = b"".join(_written(name, kind, pdu.fields) for name, kind in BODIES.get(pdu.name, ()))
        body += b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in pdu.more.items())
    return struct.pack(">IIII", HEADER + len(body), NUMBERS[pdu.name], pdu.status, pdu.sequence) + body


def decode(octets: bytes) -> Pdu:
    """This will read one whole PDU.

    :raises BadPdu: it is none.
    """
    if len(octets) < HEADER:
        raise BadPdu("shorter than a header", BAD_LENGTH)
    length, number, status, sequence = struct.unpack(">IIII", octets[:HEADER])
    if length != len(octets):
        raise BadPdu(f"says {length} octets, has {len(octets)}", BAD_LENGTH, sequence)
    if number not in NAMES:
        raise BadPdu(f"no command {number:#x}", BAD_COMMAND, sequence)
    name, rest = NAMES[number], octets[HEADER:]
    if number & RESPONSE and status and not rest:
        return Pdu(name, status, sequence)
    try:
        fields, at = _fields(name, rest)
        return Pdu(name, status, sequence, fields, _options(rest[at:]) if name in BODIES else {})
    except (IndexError, ValueError, struct.error) as error:
        raise BadPdu(f"{name}: {error}", BAD_LENGTH, sequence) from error


def _fields(name: str, body: bytes) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    at = 0
    for field, kind in BODIES.get(name, ()):
        if isinstance(kind, int):
            found[field] = int.from_bytes(_piece(body, at, kind), "big")
            at += kind
        elif kind == "octets":
            length = _piece(body, at, 1)[0]
            found[field] = _piece(body, at + 1, length)
            at += 1 + length
        else:
            end = body.index(b"\0", at, at + int(kind))
            found[field] = body[at:end].decode("latin-1")
            at = end + 1
    if name not in BODIES and body:
        raise ValueError(f"{len(body)} octets that do not belong to it")
    return found, at


def _piece(body: bytes, at: int, length: int) -> bytes:
    if at + length > len(body):
        raise ValueError(f"ends at {len(body)}, in the middle of a field")
    return body[at : at + length]


def _options(rest: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(rest):
        tag, length = struct.unpack(">HH", _piece(rest, at, 4))
        found[tag] = _piece(rest, at + 4, length)
        at += 4 + length
    return found


def _written(name: str, kind: int | str, fields: dict[str, Any]) -> bytes:
    value = fields.get(name, b"" if kind == "octets" else 0 if isinstance(kind, int) else "")
    if isinstance(kind, int):
        return int(value).to_bytes(kind, "big")
    octets = value if isinstance(value, bytes) else str(value).encode("latin-1")
    longest = 255 if kind == "octets" else int(kind) - 1
    if len(octets) > longest or (kind != "octets" and b"\0" in octets):
        raise ValueError(f"{name} has {len(octets)} octets, may have {longest}")
    return bytes([len(octets)]) + octets if kind == "octets" else octets + b"\0"
