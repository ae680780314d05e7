"""What a form says: an answer to a question, values brought along to a function, a field."""

import base64
from typing import Any, Final

from litestar.datastructures import FormMultiDict, UploadFile

TEXT_MAX: Final = 2_000
BOXES_MAX: Final = 20


async def answer(form: FormMultiDict) -> Any:
    """This will give the value of an answer: plain words, or a dict where the question has several boxes or a file."""
    if "signed" in form:
        name = text(form, "signed")
        return {"name": name, "type": "text/plain", "content": base64.b64encode(name.encode()).decode() if name.strip() else ""}
    boxes = {name.removeprefix("value."): value for name, value in form.multi_items() if name.startswith("value.")}
    if boxes:
        return {name: await _read(value) for name, value in list(boxes.items())[:BOXES_MAX]}
    return await _read(form.get("value"))


def given(form: FormMultiDict) -> dict[str, str]:
    """This will give what was brought along: the fields `given.offer`, `given.number`, and `line`."""
    found = {name.removeprefix("given."): str(value)[:TEXT_MAX] for name, value in form.multi_items() if name.startswith("given.")}
    line = text(form, "line")
    return dict(list(found.items())[:BOXES_MAX]) | ({"line": line} if line else {})


def text(form: FormMultiDict, name: str) -> str:
    """This will give a field as words, without the sign that no text may have; "" when it is not there or is a file."""
    value = form.get(name)
    return value.replace("\0", "")[:TEXT_MAX] if isinstance(value, str) else ""


def typed(value: Any) -> dict[str, str]:
    """This will give what was typed, to be shown again; pictures and codes are not."""
    boxes = value if isinstance(value, dict) else {"value": value}
    return {name: words for name, words in boxes.items() if isinstance(words, str) and name != "code"}


async def _read(value: Any) -> Any:
    if isinstance(value, UploadFile):
        content = base64.b64encode(await value.read()).decode()
        return {"name": value.filename[:200], "type": value.content_type[:100], "content": content}
    return value[:TEXT_MAX] if isinstance(value, str) else None
