"""Reading a sheet that a company sent: CSV, or a spreadsheet (.xlsx). Nothing of it is trusted: bounded, no formulas, no links."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from onehall.domains.estore import rules
from onehall.kernel.i18n import _
from onehall.kernel.refusals import Refusal

Rows = list[tuple[int, dict[str, str]]]
FORMULA = "\0formula"  # no column has this name
PACKED = b"PK\x03\x04"
OLD_SPREADSHEET = b"\xd0\xcf\x11\xe0"


def read_sheet(content: bytes | str, needs: tuple[str, ...], most: int) -> Rows:
    """This will read a sheet with a line of headings: each line with its number (the first after the headings is 2).

    Takes long for a large one: not to be called in the loop of the server.
    :raises Refusal: `estore.sheet`, 413, 422.
    """
    raw = content.encode() if isinstance(content, str) else content
    rules.check_size(len(raw))
    if raw.startswith(OLD_SPREADSHEET):
        words = _("This is a spreadsheet of the old kind, or one with a password. Please save it as .xlsx or CSV.")
        raise Refusal("estore.sheet", words, 422)
    cells = _spreadsheet(raw) if raw.startswith(PACKED) else _csv(_text(raw))
    rows = _named(cells, needs, most)
    rules.check_lines(len(rows), most)
    return rows


def _named(cells: Iterator[tuple[int, list[str]]], needs: tuple[str, ...], most: int) -> Rows:
    names: list[str] | None = None
    rows: Rows = []
    for place, values in cells:
        if not any(value.strip() for value in values):
            continue
        if names is None:
            names = [rules.plain_heading(value) for value in values]
            rules.check_columns(names, needs)
            continue
        rows.append((place, _row(names, values)))
        if len(rows) > most:
            break
    if names is None:
        rules.check_columns((), needs)
    return rows


def _row(names: list[str], values: list[str]) -> dict[str, str]:
    row = {name: _storable(value) for name, value in zip(names, values, strict=False) if name}
    return row | {FORMULA: "yes"} if FORMULA in values else row


def _storable(value: str) -> str:
    """What no database takes is left out; a formula says nothing."""
    return "" if value == FORMULA else value.replace("\0", "").encode("utf-8", "ignore").decode()[: rules.CELL_MAX]


def _text(raw: bytes) -> str:
    """UTF-8, or as a Chinese spreadsheet writes it."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _csv(text: str) -> Iterator[tuple[int, list[str]]]:
    try:
        lines = csv.reader(io.StringIO(text))
        for values in lines:
            yield lines.line_num, values[: rules.COLUMNS_MAX]
    except csv.Error as error:
        raise Refusal("estore.sheet", _("This is not a CSV file."), 422) from error


def _spreadsheet(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """The first sheet of a workbook, row by row. What it would unpack to is looked at first; a lying size ends its reading."""
    from openpyxl import load_workbook  # read only where it is needed

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            rules.check_packed([one.file_size for one in packed.infolist()])
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        try:
            yield from _cells(book.worksheets[0].iter_rows(max_col=rules.COLUMNS_MAX))
        finally:
            book.close()
    except Refusal:
        raise
    except Exception as error:  # a broken or hostile workbook fails in any of a hundred ways, each of them the sender's
        raise Refusal("estore.sheet", _("This spreadsheet cannot be read. Please save it anew, or send CSV."), 422) from error


def _cells(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, list[str]]]:
    for place, row in enumerate(rows, 1):
        if place > rules.ROWS_MAX:
            raise Refusal("estore.sheet", _("This spreadsheet holds too much. Please save only the lines into a new one."), 413)
        yield place, [FORMULA if cell.data_type == "f" else _plain(cell.value) for cell in row]


def _plain(value: Any) -> str:
    """A number is written without its point zero, a day without its midnight."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat() if (value.hour, value.minute) == (0, 0) else value.isoformat()
        case date():
            return value.isoformat()
    return str(value)
