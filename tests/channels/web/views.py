"""Views as the hall gives them, one for every kind of question and every end, for looking at pages without a house."""

from typing import Any

SOON = "2030-01-01T00:00:00+00:00"


def item(label: str, value: str, kind: str = "text", share: int | None = None) -> dict[str, Any]:
    """A labelled value."""
    return {"label": label, "value": value, "kind": kind, "share": share}


def field(name: str, kind: str, text: str, **more: Any) -> dict[str, Any]:
    """A box of a form."""
    return {"name": name, "kind": kind, "text": text, "required": True} | more


PLANS: list[dict[str, Any]] = [
    {
        "value": "hall-59", "text": "Hall 59", "price": "¥59.00", "per": "month", "group": "Mobile",
        "facts": [item("data", "20 GB"), item("calls", "300 min")], "note": "Two lines share it all.",
    },
    {
        "value": "hall-99", "text": "Hall 99", "price": "¥99.50", "per": "month", "group": "Mobile", "badge": "Most taken",
        "facts": [item("data", "60 GB"), item("calls", "800 min"), item("texts", "300")],
    },
    {"value": "home-129", "text": "Home 500M", "price": "¥129.00", "per": "month", "group": "Home", "facts": [item("down", "500 Mbit/s")]},
]  # fmt: skip
NUMBERS: list[dict[str, Any]] = [
    {"value": "18612348888", "text": "18612348888", "badge": "Diamond", "price": "¥3,000.00", "note": "24 months"},
    {"value": "18633017188", "text": "18633017188"},
]
FUNCTIONS: list[dict[str, Any]] = [
    {"name": "balance.check", "title": "Check balance", "family": "query"},
    {"name": "line.open", "title": "Open a line", "family": "sell"},
]
SUMMARY: dict[str, Any] = {
    "lines": [item("Plan", "Hall 99"), item("Number", "18612348888")], "total": "¥3,026.40", "terms": ["24 months."],
}  # fmt: skip
_TRAIL = [{"key": "plan", "text": "Plan", "value": "Hall 99"}]
_HOLDS = [{"text": "18612348888", "until": SOON}]


def view(question: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A journey as a viewer sees it."""
    base: dict[str, Any] = {
        "id": "j1", "function": "line.open", "title": "Open a line", "state": "asking", "question": question, "said": None,
        "trail": _TRAIL, "holds": _HOLDS,
    }  # fmt: skip
    return base | more


def asks(kind: str, text: str, **more: Any) -> dict[str, Any]:
    """A journey that waits at a question."""
    return view({"key": "k", "turn": 3, "kind": kind, "text": text} | more)


SAID: dict[str, Any] = {
    "text": "18612348888 is yours.", "next": [{"function": "topup", "title": "Top up"}],
    "facts": [
        item("Balance", "¥3,000.00", "money"), item("Data left", "58.2 GB", "data", 97), item("State", "Active", "status"),
        item("Number", "18612348888", "number"),
    ],
    "series": [{"label": "Jul", "value": 62}, {"label": "Aug", "value": 99}],
}  # fmt: skip
VIEWS: dict[str, dict[str, Any]] = {
    "choose": asks("choose", "Which plan?", options=PLANS, why="Hall 79 is no longer on sale."),
    "choose simple": asks("choose", "Which SIM?", options=[
        {"value": "esim", "text": "eSIM", "badge": "No card"}, {"value": "card", "text": "Card", "note": "By post"},
    ]),
    "choose searched": asks("choose", "Pick your number", options=NUMBERS, search=True, more=True),
    "enter": asks("enter", "Your name?", fields=[field("value", "text", "Your name?", hint="As on the document")]),
    "enter amount": asks("enter", "How much?", fields=[field("value", "amount", "How much?", options=[{"value": "30", "text": "¥30"}])]),
    "enter much": asks("enter", "About you", fields=[
        field(kind, kind, f"The {kind}", required=kind != "email", options=[{"value": "a", "text": "A"}])
        for kind in ("phone", "amount", "number", "select", "date", "email", "text")
    ]),
    "confirm": asks("confirm", "Do you agree?", summary=SUMMARY),
    "pay": asks("pay", "Pay", amount="¥3,026.40", url="/sim/bank/1", expires=SOON) | {"state": "waiting"},
    "prove": asks("prove", "Enter the code sent to 18612340001", fields=[field("code", "code", "Code")], expires=SOON),
    "pick_time": asks("pick_time", "When?", options=[
        {"value": "1", "text": "09:00-11:00", "group": "Monday"}, {"value": "2", "text": "11:00"},
    ]),
    "attach": asks("attach", "Photograph it", fields=[field("value", "image", "Photograph it"), field("back", "file", "Back")]),
    "sign": asks("sign", "Sign here", fields=[field("value", "signature", "Sign here")], summary=SUMMARY),
    "wait": asks("wait", "Your SIM is being written") | {"state": "waiting"},
    "elsewhere": asks("prove", "Show your document", hand_over=True),
    "done": view(said=SAID, state="done", holds=[]),
    "refused": view(state="refused", said={"text": "You hold five numbers already.", "facts": [], "next": []}, holds=[]),
    "expired": view(state="expired", holds=[]),
    "moved": view(moved_to="Central Square store"),
}  # fmt: skip
