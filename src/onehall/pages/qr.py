"""QR codes as drawings inside a page."""

import io

import segno
from markupsafe import Markup


def drawn(words: str) -> Markup:
    """This will draw a QR code that says `words`, as SVG that takes the size and colour of its place."""
    found = io.BytesIO()
    plain = {"xmldecl": False, "svgns": False, "omitsize": True, "svgclass": None, "lineclass": None}
    segno.make(words, error="m", micro=False).save(found, kind="svg", border=0, **plain)
    return Markup(found.getvalue().decode())  # noqa: S704  (drawn by us)
