"""Lines of a file of use as records: CSV with a heading, or an object a line in JSON."""

import csv
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

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


Reader = Callable[[str], Use]


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


def read_block(form: Form, block: Block, before: datetime) -> tuple[list[Use], Refusals]:
    """This will read a block's records, and name the lines that cannot be read."""
    if block.too_long:
        return [], [(block.first, TOO_LONG)]
    read = _csv(form, before) if form.heading else _json(form, before)
    uses: list[Use] = []
    refused: Refusals = []
    for line, text in enumerate(block.lines, block.first):
        if (line == 1 and form.heading) or not text or text.isspace():
            continue
        try:
            uses.append(read(text))
        except Unreadable as no:
            refused.append((line, str(no.why)))
        except ValueError as no:
            refused.append((line, str(no)))
    return uses, refused


def _csv(form: Form, before: datetime) -> Reader:
    """The ten places are fetched by name: this runs for every line of the network."""
    record, number, kind, amount, at, peer, zone, version, withdrawn, unit = form.places
    source, width, simple = form.source, form.width, max(form.places[5:]) < 0

    def read(text: str) -> Use:
        cells = text.split(",") if '"' not in text else _quoted(text)
        if len(cells) != width:
            raise ValueError(f"it has {len(cells)} columns, not {width}")
        if simple:
            return read_use(source, cells[record], cells[number], cells[kind], cells[amount], cells[at], before=before)
        cells.append("")
        return read_use(
            source, cells[record], cells[number], cells[kind], cells[amount], cells[at], before=before, peer=cells[peer], zone=cells[zone],
            version=cells[version], withdrawn=cells[withdrawn], unit=cells[unit],
        )  # fmt: skip

    return read


def _quoted(text: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error as error:
        raise ValueError(f"it is not CSV: {error}") from None


def _json(form: Form, before: datetime) -> Reader:
    decode, source = msgspec.json.Decoder(Told, strict=True).decode, form.source

    def read(text: str) -> Use:
        try:
            told = decode(text)
        except UnicodeEncodeError:
            raise ValueError("it is not a text in UTF-8") from None
        except msgspec.DecodeError as error:
            raise ValueError(f"it cannot be read: {error}") from None
        return read_use(
            source, str(told.record), str(told.number), told.kind, _amount(told.amount), told.at, before=before, peer=str(told.peer or ""),
            zone=told.zone or "", version=str(told.version or ""), withdrawn="true" if told.withdrawn else "", unit=told.unit or "",
        )  # fmt: skip

    return read


def _amount(value: Decimal) -> str:
    """As it was written; what is beyond all bounds is shown as it is and refused."""
    return f"{value:f}" if value.is_finite() and abs(value.adjusted()) < DIGITS_MAX else str(value)
