"""PDUs, alphabets and parts of messages, by vectors of a known implementation and by their own laws."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onehall.adapters.sms.smpp import letters
from onehall.adapters.sms.smpp import pdu as wire
from onehall.adapters.sms.smpp.letters import Header, Part
from onehall.adapters.sms.smpp.pdu import BadPdu, Pdu

FOLDER = Path(__file__).parents[3].parent / "shared" / "data" / "vectors"
BAD = {
    "test_decode_command_length_too_short", "test_decode_command_length_too_long", "test_decodeHeader_command_length_too_short",
    "test_decode_bad_message_length_msg_too_short", "test_decode_bad_message_length_msg_too_long",
    "test_decode_bad_message_ends_in_middle_of_option",
}  # fmt: skip


def vectors(name: str) -> list[Any]:
    path = FOLDER / f"{name}.json"
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"{path.name} is not beside the project"))]
    return [pytest.param(one, id=f"{one['test']}-{place}") for place, one in enumerate(json.loads(path.read_text()))]


def wholes(vector: dict[str, Any]) -> list[bytes]:
    """The hex of a vector that is a PDU with a header; others are single fields."""
    return [octets for octets in map(bytes.fromhex, vector["hex"]) if len(octets) >= 15 and octets[0] == 0]


@pytest.mark.parametrize("vector", vectors("smpp_pdu"))
def test_pdu_vectors(vector: dict[str, Any]) -> None:
    for octets in wholes(vector):
        if vector["test"] in BAD:
            with pytest.raises(BadPdu) as bad:
                wire.decode(octets)
            assert bad.value.status == wire.BAD_LENGTH
        else:
            read = wire.decode(octets)
            assert wire.encode(read) == octets
            assert vector["expected_facts"] == [] or (read.status, read.fields) != (0, {})
            assert not vector["test"].endswith("has_no_body") or (read.fields, read.more) == ({}, {})


def test_what_a_known_message_says() -> None:
    found = {vector.values[0]["test"]: vector.values[0] for vector in vectors("smpp_pdu") if vector.values[0]}
    if not found:
        pytest.skip("smpp_pdu.json is not beside the project")
    [octets] = wholes(found["test_DeliverSM_syniverse_MO_conversion"])
    pdu = wire.decode(octets)
    assert (pdu.name, pdu.sequence, pdu.fields["source_addr"], pdu.fields["destination_addr"]) == (
        "deliver_sm", 2676551972, "16505551234", "17735554070",
    )  # fmt: skip
    assert letters.read(pdu) == ("there is no spoon", None)
    [octets] = wholes(found["test_DeliverSM_handset_ack_conversion"])
    receipt = wire.decode(octets)
    assert (receipt.number("message_state"), receipt.option("receipted_message_id")) == (2, b"70BA8A69\0")


HEADERS = {
    "0003fa0302": Header(None, 1), "0b000324030108049cfa0302": Header(Part("16:40186", 2, 3), 12),
    "0c0804abcd030208049cfa0302": Header(Part("16:40186", 2, 3), 13), "0f0203ffffff0201ff00032403010200": Header(Part("8:36", 1, 3), 16),
    "050003240301": Header(Part("8:36", 1, 3), 6),
}  # fmt: skip


@pytest.mark.parametrize("vector", vectors("smpp_gsm7"))
def test_header_vectors(vector: dict[str, Any]) -> None:
    for octets in vector["hex"]:
        header = letters.read_header(bytes.fromhex(octets))
        assert header == HEADERS.get(octets, Header(None, header.length))


@pytest.mark.parametrize(
    ("text", "coding", "octets"),
    [
        ("@£$", 0, "000102"), ("[€]", 0, "1b3c1b651b3e"), ("余额", 8, "4f59989d"), ("a余", 8, "00614f59"), ("😀", 8, "d83dde00"),
        ("", 0, ""), ("\x1b", 8, "001b"), ("\n\r\f", 0, "0a0d1b0a"),
    ],
)  # fmt: skip
def test_letters(text: str, coding: int, octets: str) -> None:
    assert letters.encoded(text) == (coding, bytes.fromhex(octets))
    assert letters.decoded(bytes.fromhex(octets), coding) == text


@pytest.mark.parametrize(("coding", "text"), [(1, "aé"), (3, "aé"), (0xF5, ""), (4, ""), (0xF0, "aΘ"), (0x18, "慩")])
def test_other_codings(coding: int, text: str) -> None:
    octets = {1: b"a\xe9", 3: b"a\xe9", 0xF0: b"a\x19", 0x18: b"\x61\x69"}.get(coding, b"xx")
    assert letters.decoded(octets, coding) == text


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("a" * 160, [160]), ("a" * 161, [153, 8]), ("a" * 152 + "€" + "b" * 8, [152, 10]), ("余" * 70, [140]), ("余" * 71, [134, 8]),
        ("余" * 66 + "😀" * 3, [132, 12]), ("[" * 81, [152, 10]),
    ],
)  # fmt: skip
def test_a_long_text_is_cut_between_letters(text: str, sizes: list[int]) -> None:
    coding, octets = letters.encoded(text)
    assert [len(piece) for piece in letters.pieces(octets, coding)] == sizes


@given(
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=600), st.sampled_from(["udh", "sar", "payload"]),
    st.integers(0, 70_000),
)  # fmt: skip
def test_what_is_laid_into_messages_is_read_out_of_them(text: str, how: letters.Long, ref: int) -> None:
    pdus = [wire.decode(wire.encode(Pdu("submit_sm", 0, 1, dict(fields), more))) for fields, more in letters.laid(text, how, ref)]
    read = [letters.read(pdu) for pdu in pdus]
    assert "".join(words for words, _part in read) == text
    places = [part.place for _words, part in read if part]
    assert places == (list(range(1, len(pdus) + 1)) if len(pdus) > 1 else [])
    assert len({(part.ref, part.total) for _words, part in read if part}) <= 1


@given(st.binary(max_size=120))
def test_whatever_comes_is_a_pdu_or_refused(octets: bytes) -> None:
    framed = (len(octets) + 4).to_bytes(4, "big") + octets
    try:
        pdu = wire.decode(framed)
    except BadPdu as bad:
        assert bad.status
    else:
        letters.read(pdu)


@pytest.mark.parametrize(
    "fields", [{"source_addr": "1" * 21}, {"short_message": b"x" * 256}, {"service_type": "a\0b"}, {"source_ton": 256}]
)
def test_what_does_not_fit_is_not_written(fields: dict[str, Any]) -> None:
    with pytest.raises((ValueError, OverflowError)):
        wire.encode(Pdu("submit_sm", fields=fields))
