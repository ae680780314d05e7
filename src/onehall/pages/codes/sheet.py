"""A sheet of codes as a PDF on A4: cards to be cut out, each with its pattern, what it leads to and its letters."""

import io
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from onehall.kernel.i18n import _, show
from onehall.pages.letters import ACCENT, BOLD, INK, LATIN, SOFT, fonts, words

COLUMNS: Final = 3
ROWS: Final = 4
MARGIN: Final = 12 * mm
PATTERN: Final = 35 * mm
PADDING: Final = 4 * mm
BIG: Final = 11
SMALL: Final = 9
BIG_LETTERS_MAX: Final = 44


class Card(msgspec.Struct, frozen=True):
    """A code to be printed: its letters, the address in its pattern, and the words above and below."""

    code: str
    url: str
    title: str
    where: str


def sheet(cards: Sequence[Card], lang: str, title: str) -> bytes:
    """This will set cards on as many pages as they need, twelve on each; the same cards give the same bytes."""
    fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, lang=lang)
    canvas.setTitle(title)
    canvas.setAuthor("Onehall")
    wide, tall = (A4[0] - 2 * MARGIN) / COLUMNS, (A4[1] - 2 * MARGIN) / ROWS
    for place, card in enumerate(cards):
        here = place % (COLUMNS * ROWS)
        if place and not here:
            canvas.showPage()
        left, bottom = MARGIN + here % COLUMNS * wide, A4[1] - MARGIN - (here // COLUMNS + 1) * tall
        _card(canvas, card, left, bottom, wide, tall, show(_("Scan to buy"), lang))
    canvas.save()
    return out.getvalue()


def _card(canvas: Canvas, card: Card, left: float, bottom: float, wide: float, tall: float, invites: str) -> None:
    canvas.setStrokeColor(SOFT)
    canvas.setLineWidth(0.4)
    canvas.setDash(1, 2)
    canvas.rect(left, bottom, wide, tall)
    canvas.setDash()
    top = bottom + tall - PADDING
    top = _set(
        canvas, words(card.title, size=BIG if len(card.title) <= BIG_LETTERS_MAX else SMALL, bold=True, middle=True), left, top, wide
    )
    _set(canvas, words(invites, size=9, color=ACCENT, middle=True), left, top - 1, wide)
    canvas.saveState()
    _pattern(canvas, card.url, left + (wide - PATTERN) / 2, bottom + 13 * mm)
    canvas.restoreState()
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 10)
    canvas.drawCentredString(left + wide / 2, bottom + 9 * mm, spaced(card.code))
    _set(canvas, words(card.where, size=7, color=SOFT, middle=True), left, bottom + 8 * mm, wide)
    canvas.setFont(LATIN, 7)


def _set(canvas: Canvas, text: Any, left: float, top: float, wide: float) -> float:
    """Words across a card, from a height down; gives the height that is left."""
    _width, high = text.wrap(wide - 2 * PADDING, 40 * mm)
    text.drawOn(canvas, left + PADDING, top - high)
    return float(top - high)


def _pattern(canvas: Canvas, url: str, left: float, bottom: float) -> None:
    widget = QrCodeWidget(url, barLevel="M", barBorder=2)
    x, y, right, top = widget.getBounds()
    drawing = Drawing(PATTERN, PATTERN, transform=[PATTERN / (right - x), 0, 0, PATTERN / (top - y), 0, 0])
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, left, bottom)


def spaced(code: str) -> str:
    """This will write a code as it is read aloud: K7M2 9QXD."""
    return f"{code[:4]} {code[4:]}".upper()
