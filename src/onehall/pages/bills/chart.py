"""Six months as bars. The table beneath says the same in words, so the drawing itself needs none."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup, escape

from onehall.pages.bills.shown import Month

WIDE: Final = 100
TALL: Final = 44
HIGH_MAX: Final = 30
BASE: Final = 38


def drawn(months: Sequence[Month], title: str) -> Markup:
    """This will draw the months as bars of an SVG whose colours are the sheet's; it needs no script."""
    if not months:
        return Markup("")
    wide = WIDE / len(months)
    bars = "".join(_bar(one, place * wide, wide) for place, one in enumerate(months))
    label = escape(title)
    return Markup(  # noqa: S704  (escaped here)
        f'<svg class="months" viewBox="0 0 {WIDE} {TALL}" role="img" aria-label="{label}">'
        f'<path class="base" d="M0 {BASE}H{WIDE}"/>{bars}</svg>'
    )


def _bar(one: Month, left: float, wide: float) -> str:
    tall = max(HIGH_MAX * one.share / 100, 0.4)
    middle, mark = left + wide / 2, ' class="here"' if one.here else ""
    return (
        f'<g{mark}><rect x="{left + wide * 0.22:.2f}" y="{BASE - tall:.2f}" width="{wide * 0.56:.2f}" height="{tall:.2f}" rx="1"/>'
        f'<text x="{middle:.2f}" y="{BASE - tall - 1.4:.2f}">{escape(one.amount)}</text>'
        f'<text x="{middle:.2f}" y="{BASE + 4:.2f}">{escape(one.short)}</text></g>'
    )
