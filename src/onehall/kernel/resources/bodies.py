"""What is sent to us: read with limits, checked against the declared types, times brought to UTC."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from onehall.kernel.i18n import Text, _
from onehall.kernel.refusals import Refusal
from onehall.kernel.resources.declaration import Doc, Resource

BYTES_MAX = 1_000_000
DEPTH_MAX = 32
_DECODER = msgspec.json.Decoder()


def read(body: bytes) -> Any:
    """This will read JSON.

    :raises Refusal: `body.*`, 400 or 413, when it is not JSON, too large, too deep, or holds what cannot be kept.
    """
    if len(body) > BYTES_MAX:
        raise Refusal("body.large", _("This is too large; {limit} bytes are the limit.", limit=BYTES_MAX), 413)
    try:
        value = _DECODER.decode(body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise Refusal("body.json", _("The body is not JSON that we can read."), 400, message=str(error)) from error
    check_keepable(value)
    return value


def check_keepable(value: Any, depth: int = 0) -> None:
    """This will refuse what PostgreSQL cannot keep (NUL characters, lone surrogates) and what is nested too deep."""
    if depth > DEPTH_MAX:
        raise Refusal("body.deep", _("This is nested too deep; {limit} levels are the limit.", limit=DEPTH_MAX), 400)
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value if letter > "\ud7ff"):
            raise Refusal("body.text", _("A text holds characters that cannot be kept."), 400)
    elif isinstance(value, dict):
        for name, part in value.items():
            check_keepable(name, depth)
            check_keepable(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            check_keepable(part, depth + 1)


def an_object(value: Any) -> Doc:
    """This will give the value back if it is a JSON object."""
    if not isinstance(value, dict):
        raise Refusal("body.object", _("The body must be one JSON object."), 400)
    return value


def complete(resource: Resource, doc: Doc) -> Doc:
    """This will make a new resource's body ready for the domain: defaults in, own ids out, checked and normalised."""
    wanted = {name: value for name, value in doc.items() if value is not None and name not in ("id", "href")}
    for name, default in resource.defaults.items():
        wanted.setdefault(name, default() if callable(default) else default)
    return check(resource, wanted)


def check(resource: Resource, doc: Doc) -> Doc:
    """This will refuse a body that lacks a mandatory attribute or has one of a wrong type; gives it with times in UTC."""
    for path in resource.mandatory:
        if not _present(doc, path.split(".")):
            raise _bad(path, _("{attribute} is mandatory.", attribute=path))
    if resource.attributes is None:
        return doc
    try:
        typed = msgspec.convert(doc, resource.attributes, strict=True)
    except msgspec.ValidationError as error:
        raise _wrong(error) from error
    return _normalised(doc, typed)


def instant(at: datetime) -> str:
    """This will write a time as TMF bodies have it: UTC, ISO, `Z`."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        text = aware.astimezone(UTC).isoformat()
    except OverflowError as error:
        raise _bad("date", _("This date is out of range.")) from error
    return text.removesuffix("+00:00") + "Z"


def _normalised(raw: Any, typed: Any) -> Any:
    if isinstance(typed, datetime):
        return instant(typed)
    if isinstance(typed, msgspec.Struct) and isinstance(raw, dict):
        names = zip(typed.__struct_encode_fields__, typed.__struct_fields__, strict=True)
        seen = {outer: getattr(typed, inner) for outer, inner in names if outer in raw}
        return raw | {name: _normalised(raw[name], part) for name, part in seen.items()}
    if isinstance(typed, list) and isinstance(raw, list):
        return [_normalised(one, part) for one, part in zip(raw, typed, strict=True)]
    return raw


def _present(value: Any, path: list[str]) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_present(part, path) for part in value)
    if not path:
        return value is not None
    return isinstance(value, dict) and _present(value.get(path[0]), path[1:])


def _wrong(error: msgspec.ValidationError) -> Refusal:
    said, _at, path = str(error).partition(" - at `$")
    if said.startswith("Object missing required field"):
        name = said.split("`")[1]
        full = f"{path.rstrip('`')}.{name}".lstrip(".")
        return _bad(full, _("{attribute} is mandatory.", attribute=full))
    name = path.rstrip("`").lstrip(".") or "body"
    return _bad(name, _("{attribute} is of the wrong type.", attribute=name), said)


def _bad(attribute: str, reason: Text, message: str | None = None) -> Refusal:
    return Refusal("body.attribute", reason, 400, attribute=attribute, message=message or f"see attribute {attribute}")
