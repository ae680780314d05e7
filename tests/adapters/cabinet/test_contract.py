"""What every cabinet does with commands, whoever made it; the simulated one passes here, and a real one has to."""

from pathlib import Path

import msgspec
import pytest

from onehall.adapters.cabinet.simulated import SimulatedCabinet
from onehall.ports.cabinet import SERVICES, Message, command


@pytest.fixture
def cabinet(tmp_path: Path) -> SimulatedCabinet:
    """A cabinet with nothing on its readers."""
    return SimulatedCabinet("k1", tmp_path)


async def asked(cabinet: SimulatedCabinet, service: str, name: str, request: int = 7, **payload: object) -> list[Message]:
    """All that comes back for a command."""
    return [message async for message in cabinet.ask(service, command(name, request, dict(payload), 1000))]


@pytest.mark.parametrize("service", SERVICES)
async def test_a_command_is_acknowledged_and_ends_in_one_completion(cabinet: SimulatedCabinet, service: str) -> None:
    found = await asked(cabinet, service, "Common.Status", 41)
    assert [message.header.type for message in found] == ["acknowledge", "completion"]
    assert {message.header.request_id for message in found} == {41}
    assert found[-1].ended_well and found[-1].payload == {"common": {"device": "online"}}


async def test_an_unknown_command_is_said_to_be_none(cabinet: SimulatedCabinet) -> None:
    found = await asked(cabinet, "printer", "Printer.Sing")
    assert [message.header.completion_code for message in found] == [None, "unsupportedCommand"]


async def test_messages_have_the_shape_of_the_standard(cabinet: SimulatedCabinet) -> None:
    sent = command("CashAcceptor.CashInStart", 3, {"of": "d1"}, 30_000)
    assert msgspec.to_builtins(sent) == {
        "header": {"type": "command", "name": "CashAcceptor.CashInStart", "requestId": 3, "timeout": 30_000}, "payload": {"of": "d1"},
    }  # fmt: skip
    ended = [message async for message in cabinet.ask("cash", sent)][-1]
    assert msgspec.to_builtins(ended)["header"] == {
        "type": "completion", "name": "CashAcceptor.CashInStart", "requestId": 3, "completionCode": "success",
    }  # fmt: skip


async def test_notes_go_from_the_slot_to_escrow_to_the_drawer(cabinet: SimulatedCabinet) -> None:
    assert not cabinet.insert(5_000), "no cash-in is open"
    await asked(cabinet, "cash", "CashAcceptor.CashInStart", of="d1")
    assert cabinet.insert(5_000) and cabinet.insert(2_000)
    assert [message.header.name for message in await cabinet.heard()] == ["CashAcceptor.ItemsInsertedEvent"] * 2
    found = await asked(cabinet, "cash", "CashAcceptor.CashIn", accept=[5_000])
    assert [message.header.type for message in found] == ["acknowledge", "event", "completion"] and found[-1].payload == {"items": [5_000]}
    refused = await asked(cabinet, "cash", "CashAcceptor.CashIn", accept=[5_000])
    assert refused[1].header.name == "CashAcceptor.InputRefuseEvent" and cabinet.works.tray == [2_000]
    assert cabinet.works.taken == 0
    ended = await asked(cabinet, "cash", "CashAcceptor.CashInEnd")
    assert ended[-1].payload == {"items": [5_000]} and cabinet.works.taken == 5_000
    assert (await asked(cabinet, "cash", "CashAcceptor.CashInEnd"))[-1].header.completion_code == "sequenceError"


async def test_notes_of_a_cash_in_that_is_rolled_back_come_out(cabinet: SimulatedCabinet) -> None:
    await asked(cabinet, "cash", "CashAcceptor.CashInStart", of="d1")
    cabinet.insert(10_000)
    await asked(cabinet, "cash", "CashAcceptor.CashIn")
    assert (await asked(cabinet, "cash", "CashAcceptor.CashInRollback"))[-1].payload == {"items": [10_000]}
    assert cabinet.take() == [10_000] and cabinet.works.taken == 0


async def test_one_token_gives_money_out_once(cabinet: SimulatedCabinet) -> None:
    first = await asked(cabinet, "cash", "CashDispenser.Dispense", token="d1", amount=3_000)
    again = await asked(cabinet, "cash", "CashDispenser.Dispense", token="d1", amount=3_000)
    assert first[-1].payload == again[-1].payload == {"items": [2_000, 1_000]}
    assert cabinet.works.taken == -3_000
    much = await asked(cabinet, "cash", "CashDispenser.Dispense", token="d2", amount=1_000_000)
    assert much[-1].header.completion_code == "commandErrorCode"


async def test_a_jam_is_told_and_what_lies_inside_outlives_the_program(cabinet: SimulatedCabinet) -> None:
    await asked(cabinet, "cash", "CashAcceptor.CashInStart", of="d1")
    cabinet.insert(5_000)
    await asked(cabinet, "cash", "CashAcceptor.CashIn")
    cabinet.jam("cash")
    assert (await asked(cabinet, "cash", "CashAcceptor.CashInEnd"))[-1].header.completion_code == "hardwareError"
    after = SimulatedCabinet("k1", cabinet.path.parent)
    assert after.works.escrow == [5_000] and after.works.jams == ["cash"]
    after.jam("cash", False)
    assert (await asked(after, "cash", "CashAcceptor.CashInEnd"))[-1].payload == {"items": [5_000]}


@pytest.mark.parametrize(
    ("service", "name", "thing", "payload"),
    [
        ("id_reader", "CardReader.ReadRawData", {"id_card": {"name": "李雷"}}, {"chip": {"name": "李雷"}}),
        ("camera", "Camera.TakePicture", {"face": "abc"}, {"pictureFile": "abc"}),
        ("scanner", "BarcodeReader.Read", {"scanned": "http://x/c/123456"}, {"barcodeData": "http://x/c/123456"}),
        ("card_reader", "CardReader.ReadRawData", {"bank_card": {"number": "62"}}, {"track2": "62"}),
    ],
)
async def test_readers_read_what_lies_on_them(
    cabinet: SimulatedCabinet, service: str, name: str, thing: dict[str, object], payload: dict[str, object]
) -> None:
    assert (await asked(cabinet, service, name))[-1].header.completion_code == "timeOut"
    cabinet.put(**thing)
    assert (await asked(cabinet, service, name))[-1].payload == payload
