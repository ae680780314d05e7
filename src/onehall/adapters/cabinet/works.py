"""What lies in a simulated cabinet: a file on disk, for notes and cards do not vanish when a program dies."""

import os
from pathlib import Path
from typing import Any

import msgspec

FLOAT = {100: 20, 500: 20, 1_000: 20, 2_000: 10, 5_000: 0, 10_000: 0}
SIMS = 20
SIM_FIRST = 8986_0126_8000_0500_000


class Works(msgspec.Struct):
    """The inside of a cabinet. Notes are in minor units: `mouth` (just pushed in), `escrow`, `drawer` (count by note), `tray`.

    `cash_in`: none, active, ended or returned, of the cash-in `of`; `given` are the dispensings by their token.
    """

    drawer: dict[int, int] = msgspec.field(default_factory=lambda: dict(FLOAT))
    filled: dict[int, int] = msgspec.field(default_factory=lambda: dict(FLOAT))
    mouth: list[int] = []
    escrow: list[int] = []
    tray: list[int] = []
    cash_in: str = "none"
    of: str = ""
    stacked: list[int] = []
    given: dict[str, list[int]] = {}
    id_card: dict[str, str] | None = None
    face: str = ""
    bank_card: dict[str, str] | None = None
    scanned: str = ""
    sims: list[str] = []
    sim_out: str = ""
    paper: list[str] = []
    jams: list[str] = []

    @property
    def taken(self) -> int:
        """This will give how much more lies in the drawer than it was filled with, in minor units."""
        return sum(note * count for note, count in self.drawer.items()) - sum(note * count for note, count in self.filled.items())


def read(path: Path) -> Works:
    """This will read what lies in the cabinet; a cabinet that is not there yet is a new one."""
    if not path.exists():
        return Works(sims=[str(SIM_FIRST + serial) for serial in range(SIMS)])
    return msgspec.json.decode(path.read_bytes(), type=Works)


def write(path: Path, works: Works) -> None:
    """This will keep what lies in the cabinet: whole or not at all, and on the disk when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(msgspec.json.encode(works))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def pick(drawer: dict[int, int], amount: int) -> list[int] | None:
    """This will find notes in the drawer that make an amount, the largest first; None when there are none."""
    if amount == 0:
        return []
    for note in sorted((note for note, count in drawer.items() if count and note <= amount), reverse=True):
        fewer = {each: count for each, count in drawer.items() if each < note}
        for count in range(min(drawer[note], amount // note), 0, -1):
            rest = pick(fewer, amount - count * note)
            if rest is not None:
                return [note] * count + rest
    return None


def facts(works: Works) -> dict[str, Any]:
    """This will give the inside for a page."""
    return msgspec.to_builtins(works, str_keys=True) | {"taken": works.taken}
