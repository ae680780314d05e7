"""How words, numbers, prices and moments are set in type. Nothing here knows what they mean."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

from markupsafe import Markup, escape

from onehall.kernel.i18n import ZONE

_PHONE: Final = re.compile(r"(?<![\d¥$,.-])(?:\+?86)?(1\d{10})(?!\d)|(?<![\d¥$,.-])(\d{8})(?![\d.,-])")
_PRICE: Final = re.compile(r"^(\D*?)\s*(-?[\d,]+)([.]\d+)?(.*)$", re.S)
BARS_NAMED_MAX: Final = 12
_FAMILY_ICONS: Final = {"sell": "plus", "recharge": "wallet", "query": "search", "handle": "swap", "serve": "help"}
_ICONS: Final = {
    "line": "sim", "plan": "swap", "topup": "wallet", "balance": "wallet", "pay": "wallet", "payment": "wallet", "refund": "wallet",
    "bill": "bill", "invoice": "bill", "receipt": "bill", "fee": "bill", "tariff": "bill", "compare": "swap",
    "data": "gauge", "usage": "gauge", "allowances": "gauge", "pack": "plus", "puk": "lock", "drop": "minus", "close": "minus",
    "order": "box", "orders": "box", "number": "hash", "search": "search", "sim": "sim", "suspend": "lock", "restore": "again",
    "port": "door", "leave": "door", "marketing": "bell", "personalisation": "spark", "consent": "shield", "realname": "shield",
    "person": "user", "contacts": "user", "contact": "user", "language": "globe", "roaming": "globe", "help": "help", "menu": "home",
    "store": "store", "stores": "store", "points": "spark", "cancel": "minus", "history": "clock",
}  # fmt: skip


class Price(NamedTuple):
    """A price cut for the eye: the sign small, the whole big, the part small or left out."""

    symbol: str
    whole: str
    part: str


def price(text: str) -> Price:
    """This will cut "¥99.00" into its sign, its whole and its part; a part of nothing is left out."""
    found = _PRICE.match(str(text))
    if not found:
        return Price("", str(text), "")
    symbol, whole, part, after = found.groups()
    return Price(symbol.replace("CN¥", "¥"), whole, ("" if set(part or "") <= {".", "0"} else part or "") + after)


def group(number: str) -> str:
    """This will write a phone number as people say it: 186 1234 8888, 9123 4567."""
    if len(number) == 11:
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    return f"{number[:4]} {number[4:]}" if len(number) == 8 else number


def is_phone(text: object) -> bool:
    """This will tell whether the text is a bare phone number."""
    return bool(_PHONE.fullmatch(str(text)))


def phones(text: object) -> str:
    """This will group the digits of every phone number in a sentence, never to be broken over two lines."""
    return _PHONE.sub(lambda found: group(found[1] or found[2]).replace(" ", "\u00a0"), str(text))


def digits(number: object, query: str = "") -> Markup:
    """This will group a number's digits and make the wanted ones, else the last four, stand out."""
    bare = str(number)
    if not is_phone(bare):
        return Markup(escape(bare))
    marked = _marked(bare, query)
    breaks = {3, 7} if len(bare) == 11 else {4}
    out = []
    for index, digit in enumerate(bare):
        out.append(" " if index in breaks else "")
        out.append(f"<b>{digit}</b>" if index in marked else digit)
    return Markup(re.sub(r"</b>( ?)<b>", r"\1", "".join(out)))  # noqa: S704  (digits only)


def _marked(bare: str, query: str) -> set[int]:
    wanted = re.search(r"(?<!\d)\d{2,}", re.sub(r"(no|without|不含|不要|无)\s*\d+", "", query, flags=re.I))
    if wanted and (start := bare.rfind(wanted[0])) >= 0:
        return set(range(start, start + len(wanted[0])))
    return set(range(len(bare) - 4, len(bare)))


def shelves(options: Sequence[dict[str, Any]] | None) -> list[tuple[str, list[dict[str, Any]]]]:
    """This will lay options out by their group, in the order in which groups first appear."""
    rank: dict[str, int] = {}
    for option in options or ():
        rank.setdefault(option.get("group") or "", len(rank))
    ordered = sorted(options or (), key=lambda option: rank[option.get("group") or ""])
    return [(name, list(each)) for name, each in groupby(ordered, key=lambda option: option.get("group") or "")]


def sections(facts: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """This will lay facts under headings: "By itself: 10 GB" is 10 GB under By itself; one label again is one heading."""
    labels = [str(fact["label"]) for fact in facts]
    cut = []
    for fact, label in zip(facts, labels, strict=True):
        head, mark, rest = label.replace("：", ": ").partition(": ")
        again = labels.count(label) > 1
        cut.append(fact | ({"label": rest.strip(), "group": head} if mark else {"label": "", "group": label} if again else {"group": ""}))
    return shelves(cut)


def iso(moment: str | datetime) -> str:
    """This will write a moment for machines."""
    return moment if isinstance(moment, str) else moment.isoformat()


def clock(moment: str | datetime) -> str:
    """This will write a moment for people, in the operator's zone: 14:32, or 11-22 14:32 on another day."""
    try:
        exact = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    except ValueError:
        return str(moment)
    return exact.astimezone(ZONE).strftime("%m-%d %H:%M")


def symbol(function: dict[str, Any]) -> str:
    """This will choose the drawing for a function by the last telling word of its name, else by its family."""
    words = str(function.get("function") or function.get("name") or "").replace("_", ".").split(".")
    for word in reversed(words):
        if word in _ICONS:
            return _ICONS[word]
    return _FAMILY_ICONS.get(str(function.get("family") or ""), "spark")


def bars(series: Iterable[Any]) -> Markup:
    """This will draw a series of (label, value) as plain bars, with each value in words for those who do not see.

    Of many bars only every fifth is labelled.
    """
    points = [(p["label"], p["value"]) if isinstance(p, dict) else (p[0], p[1]) for p in series]
    numbers = [abs(float(value)) for _, value in points] or [0.0]
    top, wide = max(numbers) or 1.0, 100 / max(len(points), 1)
    many = len(points) > BARS_NAMED_MAX
    drawn = [
        f'<rect x="{left + wide * 0.15:.2f}%" y="{88 - tall:.2f}%" width="{wide * 0.7:.2f}%" height="{tall:.2f}%" rx="{2 if many else 6}"/>'
        + (f'<text x="{left + wide / 2:.2f}%" y="98%">{escape(label)}</text>' if not many or not (index + 1) % 5 else "")
        + ("" if many else f'<text x="{left + wide / 2:.2f}%" y="{85 - tall:.2f}%">{escape(value)}</text>')
        for index, ((label, value), left, tall) in enumerate(
            (point, index * wide, number / top * 76) for index, (point, number) in enumerate(zip(points, numbers, strict=True))
        )
    ]
    said = escape(", ".join(f"{label}: {value}" for label, value in points))
    return Markup(f'<svg class="bars" role="img" aria-label="{said}">{"".join(drawn)}</svg>')  # noqa: S704  (escaped above)


FILTERS: Final = {
    "price": price, "digits": digits, "phones": phones, "shelves": shelves, "iso": iso, "clock": clock, "symbol": symbol, "bars": bars,
}  # fmt: skip
