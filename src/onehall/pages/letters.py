"""Words on paper: Latin is set in Helvetica, Chinese in STSong, which every reader of PDF knows by name, so that no font is carried."""

import re
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph

LATIN: Final = "Helvetica"
BOLD: Final = "Helvetica-Bold"
CHINESE: Final = "STSong-Light"
INK: Final = colors.HexColor("#0b1913")
SOFT: Final = colors.HexColor("#4a5a52")
ACCENT: Final = colors.HexColor("#007a50")
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
