"""A page as a plain browser reads it: what it says, its links, its forms with all that stands in them."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

SILENT = {"script", "style", "title", "svg"}
BOXES = {"input", "select", "textarea", "button"}


@dataclass
class Control:
    """One thing of a form. `kind` is an input's type, or select, textarea; a button that sends the form is `submit`."""

    kind: str
    name: str
    value: str
    attributes: dict[str, str]
    options: list[str] = field(default_factory=list)

    @property
    def required(self) -> bool:
        """Whether a browser sends nothing without it."""
        return "required" in self.attributes


@dataclass
class Form:
    """A form: where it goes, how, and what stands in it in the page's order."""

    method: str
    action: str
    encoding: str
    controls: list[Control] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where it goes, without what is asked there."""
        return urlsplit(self.action).path

    def groups(self) -> dict[str, list[Control]]:
        """What a person can set, by name: boxes, tiles of one choice, buttons that say something."""
        found: dict[str, list[Control]] = {}
        for control in self.controls:
            if control.name and control.kind != "hidden":
                found.setdefault(control.name, []).append(control)
        return found


class Page:
    """A page that was read. `words` is all that it says, `links` its addresses, `again` where it goes by itself."""

    def __init__(self, url: str, text: str) -> None:
        self.url = url
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.again = ""
        self._said: list[str] = []
        self._silent: list[str] = []
        self._select: Control | None = None
        self._open = False
        parser = HTMLParser()
        parser.handle_starttag, parser.handle_endtag, parser.handle_data = self._opens, self._closes, self._speaks
        parser.feed(text)
        parser.close()

    @property
    def path(self) -> str:
        """The path of its address."""
        return urlsplit(self.url).path

    @property
    def words(self) -> str:
        """All that it says, in one line."""
        return re.sub(r"\s+", " ", " ".join(self._said))

    def says(self, text: str) -> bool:
        """This will tell whether the page says a text, however it sets it."""
        return squeezed(text) in squeezed(self.words)

    def form_to(self, path: str) -> Form:
        """This will find the form that posts to an address."""
        found = [form for form in self.posting if form.path == path]
        assert found, f"{self.path} has no form to {path}: {self.words}"
        return found[0]

    @property
    def posting(self) -> list[Form]:
        """Every form that changes something."""
        return [form for form in self.forms if form.method == "post"]

    def link_to(self, path: str) -> str:
        """This will find a link by its path."""
        found = [link for link in self.links if urlsplit(link).path == path]
        assert found, f"{self.path} has no link to {path}: {self.words}"
        return found[0]

    def _opens(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in SILENT:
            self._silent.append(tag)
        elif tag == "a" and "href" in said:
            self.links.append(urljoin(self.url, said["href"]))
        elif tag == "meta" and said.get("http-equiv") == "refresh":
            self.again = urljoin(self.url, said["content"].partition("url=")[2] or self.url)
        elif tag == "form":
            action = urljoin(self.url, said.get("action") or self.url)
            self.forms.append(Form(said.get("method", "get").lower(), action, said.get("enctype", "application/x-www-form-urlencoded")))
            self._open = True
        elif tag == "option" and self._select is not None:
            self._option(said)
        elif tag in BOXES and self._open:
            self._control(tag, said)

    def _closes(self, tag: str) -> None:
        if tag in self._silent:
            self._silent.remove(tag)
        elif tag == "form":
            self._open = False
        elif tag == "select":
            self._select = None

    def _speaks(self, words: str) -> None:
        if not self._silent:
            self._said.append(words)

    def _control(self, tag: str, said: dict[str, str]) -> None:
        kind = said.get("type", "submit" if tag == "button" else "text") if tag in ("input", "button") else tag
        if kind in ("button", "reset") or "disabled" in said:
            return
        control = Control(kind, said.get("name", ""), said.get("value", "on" if kind == "checkbox" else ""), said)
        self.forms[-1].controls.append(control)
        self._select = control if tag == "select" else None

    def _option(self, said: dict[str, str]) -> None:
        assert self._select is not None
        self._select.options.append(said.get("value", ""))
        if "selected" in said or len(self._select.options) == 1:
            self._select.value = said.get("value", "")


def squeezed(text: str) -> str:
    """This will take every space out of a text."""
    return re.sub(r"\s+", "", text)
