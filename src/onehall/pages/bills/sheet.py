"""A bill as CSV: lines for a spreadsheet, in which no cell is ever taken for a formula."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from onehall.kernel.i18n import Text, _, show
from onehall.pages.bills.shown import Paper

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
MARK: Final = "\ufeff"
HEAD: Final[tuple[Text, ...]] = (
    _("Bill"), _("Month"), _("Number"), _("Item"), _("Reason"), _("Tax rate, %"), _("Tax contained"), _("Amount"), _("Currency"),
)  # fmt: skip


def sheet(paper: Paper) -> bytes:
    """This will write the lines of a bill as CSV in UTF-8, marked so that spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([show(head, paper.lang) for head in HEAD])
    for row in paper.rows:
        words = safe([paper.no, row.month, row.number, row.what, row.why])
        writer.writerow([*words, row.rate, row.tax_major, row.major, paper.currency])
    return (MARK + out.getvalue()).encode()


def safe(words: Sequence[str]) -> list[str]:
    """This will put an apostrophe before words that a spreadsheet would take for a formula."""
    return [f"'{one}" if one.lstrip(" \u3000").startswith(FORMULA) or one.startswith(FORMULA) else one for one in words]
