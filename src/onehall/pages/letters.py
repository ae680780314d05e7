"""Words and pages on paper (A4).

Latin is set in Helvetica, Chinese in STSong, which every reader of PDF knows by name, so that no font is carried.
"""

import io
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

LATIN: Final = "Helvetica"
BOLD: Final = "Helvetica-Bold"
CHINESE: Final = "STSong-Light"
INK: Final = colors.HexColor("#0b1913")
SOFT: Final = colors.HexColor("#4a5a52")
ACCENT: Final = colors.HexColor("#007a50")
RULE: Final = colors.HexColor("#d9e1dc")
MARGIN: Final = 18 * mm
_WIDE: Final = re.compile("[^\u0000-\u00ff–—…·]")
_RUNS: Final = re.compile("[^\u0000-\u00ff–—…·]+|[\u0000-\u00ff–—…·]+")


def words(text: str, *, size: int = 9, bold: bool = False, color: Any = INK, right: bool = False, middle: bool = False) -> Paragraph:
    """This will set words in the fonts that have their letters."""
    latin, wide = BOLD if bold else LATIN, bool(_WIDE.search(text))
    style = ParagraphStyle("words", fontName=CHINESE if wide else latin, fontSize=size, leading=size * 1.35, textColor=color,
                           alignment=2 if right else 1 if middle else 0, wordWrap="CJK" if wide else None)  # fmt: skip
    if not wide:
        return Paragraph(escape(text), style)
    runs = (escape(run) if _WIDE.match(run) else f'<font name="{latin}">{escape(run)}</font>' for run in _RUNS.findall(text))
    return Paragraph("".join(runs), style)


@lru_cache(maxsize=1)
def fonts() -> None:
    """This will make the fonts known, once."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


def on_pages(story: Sequence[Flowable], *, title: str, foot: str, lang: str) -> bytes:
    """This will set a document on as many pages as it needs, each with its number; the same document gives the same bytes."""
    out = io.BytesIO()
    pages = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN, title=title, author="Onehall",
        lang=lang, invariant=1,
    )  # fmt: skip

    def below(canvas: Any, _pages: Any) -> None:
        canvas.setFont(LATIN, 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, 10 * mm, f"Onehall · {foot}")
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(canvas.getPageNumber()))

    pages.build(list(story), onFirstPage=below, onLaterPages=below)
    return out.getvalue()
