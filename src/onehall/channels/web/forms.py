"""What a form says: an answer to a question, or values brought along to a function."""

import base64
from typing import Any, Final

from litestar.datastructures import FormMultiDict, UploadFile

TEXT_MAX: Final = 2_000
GIVEN_MAX: Final = 20
DRAWN: Final = "data:image/png;base64,"
DRAWN_MAX: Final = 400_000


async def answer(form: FormMultiDict) -> Any:
    """This will give the value of an answer: plain words, or a dict where the question has several boxes or a file."""
    if "signed" in form:
        return _signature(text(form, "signed"), form.get("drawn"))
    boxes = {name.removeprefix("value."): value for name, value in form.multi_items() if name.startswith("value.")}
    if boxes:
        return {name: await _read(value) for name, value in list(boxes.items())[:GIVEN_MAX]}
    return await _read(form.get("value"))


def given(form: FormMultiDict) -> dict[str, str]:
    """This will give what was brought along: the fields `given.plan`, `given.number`, and `line`."""
    found = {name.removeprefix("given."): str(value)[:TEXT_MAX] for name, value in form.multi_items() if name.startswith("given.")}
    line = form.get("line")
    return dict(list(found.items())[:GIVEN_MAX]) | ({"line": str(line)[:TEXT_MAX]} if line else {})


def text(form: FormMultiDict, name: str) -> str:
    """This will give a field as words; "" when it is not there or is a file."""
    value = form.get(name)
    return value[:TEXT_MAX] if isinstance(value, str) else ""


def _signature(name: str, drawn: Any) -> dict[str, str]:
    """A drawn signature is a picture; where nothing was drawn, the typed name stands for it."""
    if isinstance(drawn, str) and drawn.startswith(DRAWN) and len(drawn) <= DRAWN_MAX:
        return {"name": name, "type": "image/png", "data": drawn.removeprefix(DRAWN)}
    return {"name": name, "type": "text/plain", "data": base64.b64encode(name.encode()).decode() if name.strip() else ""}


async def _read(value: Any) -> Any:
    if isinstance(value, UploadFile):
        data = base64.b64encode(await value.read()).decode()
        return {"name": value.filename[:200], "type": value.content_type[:100], "data": data}
    return value[:TEXT_MAX] if isinstance(value, str) else None
