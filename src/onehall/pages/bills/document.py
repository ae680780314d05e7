"""A bill as a PDF on A4. Latin is set in Helvetica, Chinese in STSong, which every reader of PDF knows by name: no font is carried."""

import io
import re
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from onehall.kernel.i18n import Text, _, show
from onehall.pages.bills.shown import Paper

LATIN: Final = "Helvetica"
BOLD: Final = "Helvetica-Bold"
CHINESE: Final = "STSong-Light"
INK: Final = colors.HexColor("#0b1913")
SOFT: Final = colors.HexColor("#4a5a52")
ACCENT: Final = colors.HexColor("#007a50")
RULE: Final = colors.HexColor("#d9e1dc")
MARGIN: Final = 18 * mm
WIDTHS: Final = (82 * mm, 30 * mm, 28 * mm, 30 * mm)
_WIDE: Final = re.compile("[^\u0000-\u00ff–—…·]")
_RUNS: Final = re.compile("[^\u0000-\u00ff–—…·]+|[\u0000-\u00ff–—…·]+")


def document(paper: Paper) -> bytes:
    """This will set a bill on as many pages as it needs; the same bill gives the same bytes."""
    _fonts()
    out = io.BytesIO()
    pages = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN, title=f"{paper.title} · {paper.no}",
        author="Onehall", lang=paper.lang, invariant=1,
    )  # fmt: skip

    def foot(canvas: Any, _pages: Any) -> None:
        canvas.setFont(LATIN, 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, 10 * mm, f"Onehall · {paper.no}")
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(canvas.getPageNumber()))

    pages.build([*_head(paper), _lines(paper), Spacer(1, 6 * mm), _sums(paper)], onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _head(paper: Paper) -> list[Any]:
    facts = [(_("Bill number"), paper.no), (_("Number"), paper.number), (_("Period"), paper.period), (_("Issued"), paper.issued),
             (_("State"), paper.state)]  # fmt: skip
    rows = [[_words(_say(paper, label), color=SOFT), _words(value)] for label, value in facts if value]
    table = Table(rows, colWidths=(34 * mm, 140 * mm), hAlign="LEFT")
    around = ("LEFTPADDING", 0), ("TOPPADDING", 1), ("BOTTOMPADDING", 1)
    table.setStyle(TableStyle([(side, (0, 0), (-1, -1), points) for side, points in around]))
    return [
        _words("Onehall", size=11, bold=True, color=ACCENT), Spacer(1, 5 * mm), _words(paper.title, size=22, bold=True),
        Spacer(1, 2 * mm), _words(paper.total, size=16, bold=True, color=ACCENT), Spacer(1, 5 * mm), table, Spacer(1, 7 * mm),
    ]  # fmt: skip


def _lines(paper: Paper) -> Table:
    heads = [_("Item"), _("Number"), _("Tax contained"), _("Amount")]
    rows: list[list[Any]] = [[_words(_say(paper, head), size=8, color=SOFT, right=place > 1) for place, head in enumerate(heads)]]
    for row in paper.rows:
        what = [_words(row.what, bold=not row.free), _words(row.why, size=8, color=SOFT)]
        tax = f"{row.tax} ({row.rate} %)" if row.rate != "0" else row.tax
        rows.append([what, _words(row.number), _words(tax, size=8, right=True), _words(row.amount, right=True)])
    table = Table(rows, colWidths=WIDTHS, repeatRows=1, hAlign="RIGHT")
    table.setStyle(TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0), ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE), ("TOPPADDING", (0, 0), (-1, -1), 4), ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]))  # fmt: skip
    return table


def _sums(paper: Paper) -> Table:
    last = len(paper.sums) - 1
    rows = [
        [_words(label, bold=place in (0, last)), _words(amount, right=True, bold=place in (0, last))]
        for place, (label, amount) in enumerate(paper.sums)
    ]
    table = Table(rows, colWidths=(60 * mm, 40 * mm), hAlign="RIGHT")
    table.setStyle(TableStyle([("LINEABOVE", (0, 0), (-1, 0), 1, INK), ("LINEABOVE", (0, last), (-1, last), 0.5, INK),
                               ("RIGHTPADDING", (-1, 0), (-1, -1), 0)]))  # fmt: skip
    return table


def _words(text: str, *, size: int = 9, bold: bool = False, color: Any = INK, right: bool = False) -> Paragraph:
    """Words in the fonts that have their letters."""
    latin, wide = BOLD if bold else LATIN, bool(_WIDE.search(text))
    style = ParagraphStyle("words", fontName=CHINESE if wide else latin, fontSize=size, leading=size * 1.35, textColor=color,
                           alignment=2 if right else 0, wordWrap="CJK" if wide else None)  # fmt: skip
    if not wide:
        return Paragraph(escape(text), style)
    runs = (escape(run) if _WIDE.match(run) else f'<font name="{latin}">{escape(run)}</font>' for run in _RUNS.findall(text))
    return Paragraph("".join(runs), style)


def _say(paper: Paper, words: Text) -> str:
    return show(words, paper.lang)


@lru_cache(maxsize=1)
def _fonts() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
