"""A simulated cabinet: it obeys commands as a real one does, keeps what lies in it on disk, and jams when told to."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from onehall.adapters.cabinet import works as inside
from onehall.adapters.cabinet.works import Works
from onehall.ports.cabinet import SERVICES, Code, Message, answer, unsolicited

NAMES_MAX = 50
PAPER_MAX = 20
Outcome = tuple[Code, dict[str, Any]]
JAMMED: Code = "hardwareError"


class SimulatedCabinet:
    """One cabinet. `hands` of a customer and a technician are the methods below `ask`."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.path = folder / "works.json"
        self._told: list[Message] = []

    @property
    def works(self) -> Works:
        """This will give what lies in it now."""
        return inside.read(self.path)

    async def ask(self, service: str, command: Message) -> AsyncIterator[Message]:
        """This will obey a command of one of its services."""
        yield answer(command, "acknowledge")
        does = _COMMANDS.get((service, command.header.name))
        if does is None:
            yield answer(command, "completion", code="unsupportedCommand")
            return
        works = self.works
        if service in works.jams and not command.header.name.startswith("Common."):
            yield answer(command, "completion", code=JAMMED, why=f"{service} is jammed")
            return
        events: list[tuple[str, dict[str, Any]]] = []
        code, payload = does(works, command.payload, events)
        inside.write(self.path, works)
        for name, said in events:
            yield answer(command, "event", name, said)
        yield answer(command, "completion", payload=payload, code=code)

    async def heard(self) -> list[Message]:
        """This will give what happened by itself since the last call."""
        told, self._told = self._told, []
        return told

    def insert(self, note: int) -> bool:
        """This will push a note into the slot; with no cash-in open it comes out again. False: it came out."""
        works = self.works
        if works.cash_in != "active" or "cash" in works.jams or note not in works.drawer:
            return False
        works.mouth.append(note)
        inside.write(self.path, works)
        self._told.append(unsolicited("CashAcceptor.ItemsInsertedEvent"))
        return True

    def put(self, **things: Any) -> None:
        """This will lay things on the readers: `id_card`, `face`, `bank_card`, `scanned`."""

        def lay(works: Works) -> None:
            for name, thing in things.items():
                setattr(works, name, thing)

        self._change(lay)

    def take(self) -> list[int]:
        """This will take what lies in the tray: notes, and a SIM card."""
        notes = self.works.tray

        def empty(works: Works) -> None:
            works.tray, works.sim_out = [], ""

        self._change(empty)
        self._told.append(unsolicited("CashAcceptor.ItemsTakenEvent"))
        return notes

    def jam(self, service: str, jammed: bool = True) -> None:
        """This will jam a service, or have a technician free it."""
        self._change(lambda works: setattr(works, "jams", sorted({*works.jams, service} if jammed else {*works.jams} - {service})))

    def _change(self, change: Callable[[Works], Any]) -> None:
        works = self.works
        change(works)
        inside.write(self.path, works)


class Cabinets:
    """The simulated cabinets of a house, each in a folder of its own; there is one as soon as it is called by its name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, SimulatedCabinet] = {}

    def get(self, name: str) -> SimulatedCabinet:
        """This will give a cabinet.

        :raises KeyError: there are too many.
        """
        if name not in self._made:
            if len(self._made) >= NAMES_MAX:
                raise KeyError(name)
            self._made[name] = SimulatedCabinet(name, self.folder / name)
        return self._made[name]

    def __iter__(self) -> Iterator[SimulatedCabinet]:
        return iter(list(self._made.values()))


def _read_id(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    return ("success", {"chip": works.id_card}) if works.id_card else ("timeOut", {})


def _picture(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    return ("success", {"pictureFile": works.face}) if works.face else ("timeOut", {})


def _scan(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    return ("success", {"barcodeData": works.scanned}) if works.scanned else ("timeOut", {})


def _read_card(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    return ("success", {"track2": works.bank_card["number"]}) if works.bank_card else ("timeOut", {})


def _cash_in_start(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    if works.cash_in == "active":
        return "sequenceError", {}
    works.cash_in, works.of, works.mouth, works.escrow, works.stacked = "active", str(payload.get("of", "")), [], [], []
    return "success", {}


def _cash_in(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    """Of the notes in the slot one is looked at: it goes into escrow, or out again when it is none that may come next."""
    if works.cash_in != "active":
        return "sequenceError", {}
    if not works.mouth:
        return "timeOut", {}
    note = works.mouth.pop(0)
    if note not in payload.get("accept", works.drawer):
        works.tray.append(note)
        events.append(("CashAcceptor.InputRefuseEvent", {"reason": "notAccepted", "note": note}))
        return "commandErrorCode", {"refused": note}
    events.append(("CashAcceptor.SubCashInEvent", {"note": note}))
    works.escrow.append(note)
    return "success", {"items": [note]}


def _cash_in_end(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    if works.cash_in != "active":
        return "sequenceError", {}
    for note in works.escrow:
        works.drawer[note] = works.drawer.get(note, 0) + 1
    works.tray += works.mouth
    works.cash_in, works.stacked, works.escrow, works.mouth = "ended", works.escrow, [], []
    return "success", {"items": works.stacked}


def _cash_in_rollback(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    if works.cash_in != "active":
        return "sequenceError", {}
    back = [*works.escrow, *works.mouth]
    works.tray += back
    works.cash_in, works.escrow, works.mouth = "returned", [], []
    return "success", {"items": back}


def _cash_in_status(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    items = works.stacked if works.cash_in == "ended" else works.escrow
    return "success", {"status": works.cash_in, "of": works.of, "items": items}


def _dispense(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    """The same token is given out once."""
    token, amount = str(payload["token"]), int(payload["amount"])
    if token in works.given:
        return "success", {"items": works.given[token]}
    notes = inside.pick(works.drawer, amount)
    if notes is None:
        return "commandErrorCode", {"errorCode": "notDispensable"}
    for note in notes:
        works.drawer[note] -= 1
    works.tray += notes
    works.given[token] = notes
    return "success", {"items": notes}


def _denominate(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    notes = inside.pick(works.drawer, int(payload["amount"]))
    return ("success", {"items": notes}) if notes is not None else ("commandErrorCode", {"errorCode": "notDispensable"})


def _dispense_sim(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    if works.sim_out:
        return "success", {"iccid": works.sim_out}
    if not works.sims:
        return "commandErrorCode", {"errorCode": "empty"}
    works.sim_out = works.sims.pop(0)
    return "success", {"iccid": works.sim_out}


def _print(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
    works.paper = [*works.paper, str(payload["text"])][-PAPER_MAX:]
    return "success", {}


def _status(service: str) -> Callable[[Works, dict[str, Any], list[Any]], Outcome]:
    def status(works: Works, payload: dict[str, Any], events: list[Any]) -> Outcome:
        return "success", {"common": {"device": "hardwareError" if service in works.jams else "online"}}

    return status


_COMMANDS: dict[tuple[str, str], Callable[[Works, dict[str, Any], list[Any]], Outcome]] = {
    ("id_reader", "CardReader.ReadRawData"): _read_id,
    ("camera", "Camera.TakePicture"): _picture,
    ("scanner", "BarcodeReader.Read"): _scan,
    ("card_reader", "CardReader.ReadRawData"): _read_card,
    ("cash", "CashAcceptor.CashInStart"): _cash_in_start,
    ("cash", "CashAcceptor.CashIn"): _cash_in,
    ("cash", "CashAcceptor.CashInEnd"): _cash_in_end,
    ("cash", "CashAcceptor.CashInRollback"): _cash_in_rollback,
    ("cash", "CashAcceptor.GetCashInStatus"): _cash_in_status,
    ("cash", "CashDispenser.Dispense"): _dispense,
    ("cash", "CashDispenser.Denominate"): _denominate,
    ("sim_dispenser", "CardDispenser.DispenseCard"): _dispense_sim,
    ("printer", "Printer.PrintNative"): _print,
    **{(service, "Common.Status"): _status(service) for service in SERVICES},
}
