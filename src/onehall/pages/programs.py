"""The page for those who write programs: what they may call, and where the whole description lies. Needs nothing from elsewhere."""

from html import escape
from typing import Any, Final

from litestar import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

from onehall.kernel.i18n import Text, _
from onehall.pages.assets import static

DESCRIPTIONS: Final = (("/openapi/openapi.json", _("JSON channel, as OpenAPI")), ("/tmf-api/openapi.json", _("TM Forum APIs, as OpenAPI")))
_PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title} · Onehall</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="{mark}" type="image/svg+xml"><link rel="stylesheet" href="{style}"></head>
<body><main class="body stack"><h1>{title}</h1><p class="row">{links}</p>
<div class="card flush scroll" tabindex="0"><table><tbody>{rows}</tbody></table></div></main></body></html>"""


class Listing(OpenAPIRenderPlugin):
    """This will list the calls of the JSON channel at the head of the described APIs."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """This will write the page in the reader's language."""
        lang = getattr(getattr(request.state, "who", None), "language", "en")
        links = "".join(f'<a class="btn ghost" href="{href}">{_say(words, lang)}</a>' for href, words in DESCRIPTIONS)
        rows = "".join(
            f'<tr><td class="mono">{method.upper()}</td><td class="mono">{escape(path)}</td><td>{escape(_first(call))}</td></tr>'
            for path, calls in sorted(openapi_schema["paths"].items())
            for method, call in calls.items()
            if isinstance(call, dict)
        )
        title, mark, style = _say(_("APIs for programs"), lang), static("mark.svg"), static("work.css")
        return _PAGE.format(lang=lang, title=title, mark=mark, style=style, links=links, rows=rows).encode()


def _say(text: Text, lang: str) -> str:
    return escape(text.render(lang))


def _first(call: dict[str, Any]) -> str:
    """The first line of what a call does, without the words that begin it in the code."""
    return str(call.get("description") or call.get("summary") or "").split("\n")[0].removeprefix("This will ").capitalize()
