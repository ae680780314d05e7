"""The cash journal of a cabinet: a file that only grows, one line a step, on the disk before the next step is done."""

import os
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

SUM_LENGTH = 8


class BrokenJournal(Exception):
    """A line in the middle of the journal is not as it was written; a person must look at it."""


class Line(msgspec.Struct, frozen=True):
    """One step of one deposit: `step` in the past tense, or what is about to be done with the notes."""

    serial: int
    at: datetime
    deposit: str
    step: str
    facts: dict[str, Any] = {}


class Journal:
    """Written by one process at a time. `after` is called when a line is on the disk; the tests cut the power there."""

    def __init__(self, path: Path, after: Callable[[Line], None] = lambda line: None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.after = after
        self.lines = self._mend()

    def write(self, at: datetime, deposit: str, step: str, **facts: Any) -> Line:
        """This will write a line, and return when it is on the disk."""
        line = Line(len(self.lines) + 1, at, deposit, step, facts)
        body = msgspec.json.encode(line)
        fresh = not self.path.exists()
        with self.path.open("ab") as file:
            file.write(_sum(body) + b" " + body + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            _settle(self.path.parent)
        self.lines.append(line)
        self.after(line)
        return line

    def of(self, deposit: str) -> list[Line]:
        """This will give the lines of one deposit."""
        return [line for line in self.lines if line.deposit == deposit]

    def _mend(self) -> list[Line]:
        """What the power cut left of a last line was never a step: it is cut off.

        :raises BrokenJournal: a line before the last is wrong.
        """
        written = self.path.read_bytes() if self.path.exists() else b""
        lines: list[Line] = []
        good = 0
        for raw in written.splitlines(keepends=True):
            line = _read(raw)
            if line is None:
                break
            lines.append(line)
            good += len(raw)
        if b"\n" in written[good:]:
            raise BrokenJournal(f"{self.path}: line {len(lines) + 1} is not as it was written")
        if good < len(written):
            with self.path.open("r+b") as file:
                file.truncate(good)
                os.fsync(file.fileno())
        return lines


def _read(raw: bytes) -> Line | None:
    total, _space, body = raw.rstrip(b"\n").partition(b" ")
    if not raw.endswith(b"\n") or total != _sum(body):
        return None
    return msgspec.json.decode(body, type=Line)


def _sum(body: bytes) -> bytes:
    return b"%0*x" % (SUM_LENGTH, zlib.crc32(body))


def _settle(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
