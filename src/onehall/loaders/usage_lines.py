"""Lines of a file of use as records: CSV with a heading, or an object a line in JSON."""

import csv
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final
from zlib import crc32

import msgspec

from onehall.domains import billing
from onehall.domains.billing import Use
from onehall.launch.trouble import Trouble
from onehall.loaders.blocks import Block

MUST: Final = ("record", "number", "kind", "amount", "at")
MAY: Final = ("peer", "zone", "version", "withdrawn", "unit")
BOM: Final = "\ufeff"
DIGITS_MAX: Final = 20
TOO_LONG: Final = "it is longer than a record can be"
Refusals = list[tuple[int, str]]
Unreadable = billing.rules.intake.Unreadable
read_use = billing.rules.intake.read_use


class Told(msgspec.Struct):
    """A record as a line of JSON says it."""

    record: str | int
    number: str | int
    kind: str
    amount: Decimal
    at: str
    peer: str | int | None = None
    zone: str | None = None
    version: int | None = None
    withdrawn: bool | None = None
    unit: str | None = None


class Form(msgspec.Struct, frozen=True):
    """How the lines of a file are read: `places` of the columns of CSV in MUST and MAY, none for lines of JSON."""

    source: str
    places: tuple[int, ...]
    width: int

    @property
    def heading(self) -> bool:
        """This will tell whether the first line is a heading."""
        return bool(self.places)


Reader = Callable[[str], "Use | None"]
Share = tuple[int, int]
WHOLE: Final[Share] = (0, 1)


def form_of(first_line: bytes, source: str, path: str) -> Form:
    """This will find out how a file is written by its first line.

    :raises Trouble: it is neither.
    """
    text = first_line.decode("utf-8", "replace").removeprefix(BOM).strip()
    if text.startswith("{") or not text:
        return Form(source, (), 0)
    names = [name.strip().lower() for name in next(csv.reader([text]), [])]
    if lacking := [name for name in MUST if name not in names]:
        raise Trouble(f"{path} lacks the columns {', '.join(lacking)}")
    return Form(source, tuple(names.index(name) if name in names else -1 for name in (*MUST, *MAY)), len(names))


def read_block(form: Form, block: Block, before: datetime, share: Share = WHOLE) -> tuple[list[Use], Refusals, int]:
    """This will read a block's records, name the lines that cannot be read, and count its lines.

    `share`: (which, of how many): only the records of the numbers that fall to it.
    """
    if block.too_long:
        return [], [] if share[0] else [(block.first, TOO_LONG)], 1
    read = _csv(form, before, share) if form.heading else _json(form, before, share)
    uses: list[Use] = []
    refused: Refusals = []
    lines = block.lines
    for line, text in enumerate(lines, block.first):
        if (line == 1 and form.heading) or not text or text.isspace():
            continue
        try:
            use = read(text)
            if use is not None:
                uses.append(use)
        except Unreadable as no:
            refused.append((line, str(no.why)))
        except ValueError as no:
            refused.append((line, str(no)))
    return uses, refused, len(lines)


def _csv(form: Form, before: datetime, share: Share) -> Reader:
    """The ten places are fetched by name: this runs for every line of the network."""
    record, number, kind, amount, at, peer, zone, version, withdrawn, unit = form.places
    source, width, simple, (mine, of) = form.source, form.width, max(form.places[5:]) < 0, share

    def read(text: str) -> Use | None:
        cells = text.split(",") if '"' not in text else _quoted(text)
        if len(cells) != width:
            _refuse(f"it has {len(cells)} columns, not {width}", share)
            return None
        if of > 1 and crc32(cells[number].encode("utf-8", "surrogateescape")) % of != mine:
            return None
        if simple:
            return read_use(source, cells[record], cells[number], cells[kind], cells[amount], cells[at], before=before)
        cells.append("")
        return read_use(
            source, cells[record], cells[number], cells[kind], cells[amount], cells[at], before=before, peer=cells[peer], zone=cells[zone],
            version=cells[version], withdrawn=cells[withdrawn], unit=cells[unit],
        )  # fmt: skip

    return read


def _refuse(why: str, share: Share) -> None:
    """Of several who read a line that has no number to tell whose it is, the first refuses it."""
    if share[0] == 0:
        raise ValueError(why)


def _quoted(text: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        return []


def _json(form: Form, before: datetime, share: Share) -> Reader:
    decode, source, (mine, of) = msgspec.json.Decoder(Told, strict=True).decode, form.source, share

    def read(text: str) -> Use | None:
        try:
            told = decode(text)
        except UnicodeEncodeError:
            _refuse("it is not a text in UTF-8", share)
            return None
        except msgspec.DecodeError as error:
            _refuse(f"it cannot be read: {error}", share)
            return None
        if of > 1 and crc32(str(told.number).encode()) % of != mine:
            return None
        return read_use(
            source, str(told.record), str(told.number), told.kind, _amount(told.amount), told.at, before=before, peer=str(told.peer or ""),
            zone=told.zone or "", version=str(told.version or ""), withdrawn="true" if told.withdrawn else "", unit=told.unit or "",
        )  # fmt: skip

    return read


def _amount(value: Decimal) -> str:
    """As it was written; what is beyond all bounds is shown as it is and refused."""
    return f"{value:f}" if value.is_finite() and abs(value.adjusted()) < DIGITS_MAX else str(value)
