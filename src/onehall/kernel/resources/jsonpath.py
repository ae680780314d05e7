"""`filter=`: the safe part of JSONPath, read here and written anew as PostgreSQL's jsonpath.

    $[?(@.state=='held' && @.priority>2)]      relatedParty[?(@.role=='customer')]      $.note[?(!(@.author=='x'))]

Nothing of the caller's text is passed on: names and literals are written as JSON, all else is ours.
"""

import json
import re
from typing import Final

from onehall.kernel.i18n import _
from onehall.kernel.resources.filters import time_of
from onehall.kernel.resources.words import refuse

LENGTH_MAX: Final = 500
DEPTH_MAX: Final = 10
_TOKEN = re.compile(
    r"\s*(?:(?P<sign>==|!=|<=|>=|&&|\|\||[<>!().@$?]|\[\*\]|\[|\])"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<number>-?\d{1,30}(?:\.\d{1,30})?(?![\w]))"
    r"|(?P<name>@?[A-Za-z_][\w-]{0,63}))",
    re.ASCII,
)


def rewrite(text: str) -> str:
    """This will give the jsonpath that selects the rows which a `filter=` means.

    :raises Refusal: `query.bad`, 400, when the filter is outside the part that we read.
    """
    if len(text) > LENGTH_MAX:
        raise _unread(text)
    return _Reader(text).whole()


def _unread(text: str) -> Exception:
    return refuse(_("This filter is not one that we read."), f"at {text[:80]!r}; an example: $[?(@.name=='x' && @.size>2)]")


class _Reader:
    """A reader by recursive descent, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.depth = 0
        self.kind, self.token = "", ""
        self.step()

    def step(self) -> str:
        """This will move to the next token and give the one left behind."""
        left = self.token
        rest = self.text[self.place :]
        found = _TOKEN.match(rest)
        if found:
            self.kind = found.lastgroup or ""
            self.token = found[self.kind]
            self.place += found.end()
        elif rest.strip():
            raise _unread(rest)
        else:
            self.kind, self.token = "end", ""
        return left

    def take(self, *signs: str) -> None:
        """This will insist on these signs, in this order."""
        for sign in signs:
            if self.token != sign or self.kind != "sign":
                raise _unread(self.text)
            self.step()

    def met(self, sign: str) -> bool:
        """This will take a sign if it stands here."""
        if self.kind == "sign" and self.token == sign:
            self.step()
            return True
        return False

    def whole(self) -> str:
        self.met("$")
        path = self.path() if self.kind == "name" else self.steps()
        self.take("[", "?", "(")
        inside = self.either()
        self.take(")", "]")
        if self.kind != "end":
            raise _unread(self.text)
        return f"${path} ? ({inside})"

    def path(self) -> str:
        if self.kind != "name":
            raise _unread(self.text)
        return f".{json.dumps(self.step())}" + self.steps()

    def steps(self) -> str:
        while self.met("[*]"):
            pass
        return self.path() if self.met(".") else ""

    def either(self) -> str:
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise _unread(self.text)
        parts = [self.both()]
        while self.met("||"):
            parts.append(self.both())
        self.depth -= 1
        return " || ".join(parts)

    def both(self) -> str:
        parts = [self.one()]
        while self.met("&&"):
            parts.append(self.one())
        return " && ".join(parts)

    def one(self) -> str:
        negated = self.met("!")
        if self.met("("):
            inside = f"({self.either()})"
            self.take(")")
            return f"!{inside}" if negated else inside
        self.take("@")
        subject = "@" + self.steps()
        if self.kind == "sign" and self.token in ("==", "!=", "<", "<=", ">", ">=") and not negated:
            return self.compared(subject, self.step())
        return f"!(exists({subject}))" if negated else f"exists({subject})"

    def compared(self, subject: str, sign: str) -> str:
        kind, token = self.kind, self.step()
        if kind == "number" or (kind == "name" and token in ("true", "false", "null")):
            return f"{subject} {sign} {token}"
        if kind != "text":
            raise _unread(self.text)
        words = re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)
        if time_of(words) and sign not in ("==", "!="):
            return f"{subject}.datetime() {sign} {json.dumps(time_of_text(words))}.datetime()"
        return f"{subject} {sign} {json.dumps(words)}"


def time_of_text(words: str) -> str:
    """This will write a time that was read as the text which PostgreSQL reads."""
    at = time_of(words)
    return at.isoformat().removesuffix("+00:00") + "Z" if at else words
