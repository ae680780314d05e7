"""The split bill of a private shop as a PDF on A4."""

from typing import Any, Final

from reportlab.lib.units import mm
from reportlab.platypus import Spacer, Table, TableStyle

from onehall.kernel.i18n import Text, _
from onehall.pages.estores.shown import Paper
from onehall.pages.letters import ACCENT, INK, RULE, SOFT, fonts, on_pages, words

WIDTHS: Final = (40 * mm, 28 * mm, 36 * mm, 23 * mm, 23 * mm, 24 * mm)
HEADS: Final[tuple[Text, ...]] = (
    _("Person"), _("Number"), _("Plan"), _("All together"), _("Company"), _("Member"),
)  # fmt: skip


def document(paper: Paper) -> bytes:
    """This will set a split bill on as many pages as it needs; the same bill gives the same bytes."""
    fonts()
    story = [*_head(paper), _lines(paper), Spacer(1, 6 * mm), _sums(paper)]
    return on_pages(story, title=f"{paper.shop} · {paper.title}", foot=paper.month, lang=paper.lang)


def _head(paper: Paper) -> list[Any]:
    made = [words("Onehall", size=11, bold=True, color=ACCENT), Spacer(1, 5 * mm), words(paper.shop, size=22, bold=True),
            Spacer(1, 2 * mm), words(paper.title, size=14, bold=True, color=ACCENT), Spacer(1, 4 * mm)]  # fmt: skip
    for no, amount in paper.bills:
        made.append(words(_say(paper, _("The company's own bill {no}: {amount}", no=no, amount=amount)), color=SOFT))
    return [*made, Spacer(1, 5 * mm)]


def _lines(paper: Paper) -> Table:
    rows = [[words(_say(paper, head), size=8, color=SOFT, right=place > 2) for place, head in enumerate(HEADS)]]
    for row in paper.rows:
        amounts = [words(amount, right=True) for amount in (row.total, row.company, row.member)]
        rows.append([words(row.who), words(row.number), words(row.what), *amounts])
    table = Table(rows, colWidths=WIDTHS, repeatRows=1, hAlign="RIGHT")
    table.setStyle(TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0), ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE), ("TOPPADDING", (0, 0), (-1, -1), 4), ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]))  # fmt: skip
    return table


def _sums(paper: Paper) -> Table:
    sums = [(_("Paid by the company"), paper.company), (_("Paid by the members"), paper.members), (_("All together"), paper.total)]
    last = len(sums) - 1
    rows = [[words(_say(paper, label), bold=place == last), words(amount, right=True, bold=place == last)]
            for place, (label, amount) in enumerate(sums)]  # fmt: skip
    table = Table(rows, colWidths=(60 * mm, 40 * mm), hAlign="RIGHT")
    table.setStyle(TableStyle([("LINEABOVE", (0, last), (-1, last), 0.5, INK), ("RIGHTPADDING", (-1, 0), (-1, -1), 0)]))
    return table


def _say(paper: Paper, said: Text) -> str:
    return said.render(paper.lang)
