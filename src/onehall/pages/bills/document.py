"""A bill as a PDF on A4. Latin is set in Helvetica, Chinese in STSong, which every reader of PDF knows by name: no font is carried."""

from typing import Any, Final

from reportlab.lib.units import mm
from reportlab.platypus import Spacer, Table, TableStyle

from onehall.kernel.i18n import Text, _, show
from onehall.pages.bills.shown import Paper
from onehall.pages.letters import ACCENT, INK, RULE, SOFT, fonts, on_pages, words

WIDTHS: Final = (82 * mm, 30 * mm, 28 * mm, 30 * mm)


def document(paper: Paper) -> bytes:
    """This will set a bill on as many pages as it needs; the same bill gives the same bytes."""
    fonts()
    story = [*_head(paper), _lines(paper), Spacer(1, 6 * mm), _sums(paper)]
    return on_pages(story, title=f"{paper.title} · {paper.no}", foot=paper.no, lang=paper.lang)


def _head(paper: Paper) -> list[Any]:
    facts = [(_("Bill number"), paper.no), (_("Number"), paper.number), (_("Period"), paper.period), (_("Issued"), paper.issued),
             (_("State"), paper.state)]  # fmt: skip
    rows = [[words(_say(paper, label), color=SOFT), words(value)] for label, value in facts if value]
    table = Table(rows, colWidths=(34 * mm, 140 * mm), hAlign="LEFT")
    around = ("LEFTPADDING", 0), ("TOPPADDING", 1), ("BOTTOMPADDING", 1)
    table.setStyle(TableStyle([(side, (0, 0), (-1, -1), points) for side, points in around]))
    return [
        words("Onehall", size=11, bold=True, color=ACCENT), Spacer(1, 5 * mm), words(paper.title, size=22, bold=True),
        Spacer(1, 2 * mm), words(paper.total, size=16, bold=True, color=ACCENT), Spacer(1, 5 * mm), table, Spacer(1, 7 * mm),
    ]  # fmt: skip


def _lines(paper: Paper) -> Table:
    heads = [_("Item"), _("Number"), _("Tax contained"), _("Amount")]
    rows: list[list[Any]] = [[words(_say(paper, head), size=8, color=SOFT, right=place > 1) for place, head in enumerate(heads)]]
    for row in paper.rows:
        what = [words(row.what, bold=not row.free), words(row.why, size=8, color=SOFT)]
        tax = f"{row.tax} ({row.rate} %)" if row.rate != "0" else row.tax
        rows.append([what, words(row.number), words(tax, size=8, right=True), words(row.amount, right=True)])
    table = Table(rows, colWidths=WIDTHS, repeatRows=1, hAlign="RIGHT")
    table.setStyle(TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0), ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE), ("TOPPADDING", (0, 0), (-1, -1), 4), ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]))  # fmt: skip
    return table


def _sums(paper: Paper) -> Table:
    last = len(paper.sums) - 1
    rows = [
        [words(label, bold=place in (0, last)), words(amount, right=True, bold=place in (0, last))]
        for place, (label, amount) in enumerate(paper.sums)
    ]
    table = Table(rows, colWidths=(60 * mm, 40 * mm), hAlign="RIGHT")
    table.setStyle(TableStyle([("LINEABOVE", (0, 0), (-1, 0), 1, INK), ("LINEABOVE", (0, last), (-1, last), 0.5, INK),
                               ("RIGHTPADDING", (-1, 0), (-1, -1), 0)]))  # fmt: skip
    return table


def _say(paper: Paper, words: Text) -> str:
    return show(words, paper.lang)
