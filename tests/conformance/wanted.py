"""What a body must have, and what it must look like after a change."""

from typing import Any

from tests.conformance.face import Doc, Face


def required(face: Face) -> set[str]:
    """The attributes that the declared type cannot do without."""
    shape = face.resource.attributes
    if shape is None:
        return set()
    optional = len(shape.__struct_defaults__)
    names = shape.__struct_encode_fields__
    defaults = dict(zip(names[len(names) - optional :], shape.__struct_defaults__, strict=True))
    return {name for name in names if repr(defaults.get(name, "NODEFAULT")).strip("'") == "NODEFAULT"} - set(face.resource.defaults)


def known(face: Face) -> set[str]:
    """The attributes whose type is declared."""
    return set(face.resource.attributes.__struct_encode_fields__) if face.resource.attributes else set()


def covers(found: Any, wanted: Any) -> bool:
    """Whether all that is wanted is there; the house may have added to it (a price to an item of a cart)."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(covers(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        same = isinstance(found, list) and len(found) == len(wanted)
        return same and all(covers(one, other) for one, other in zip(found, wanted, strict=True))
    return bool(found == wanted)


def merged(before: Any, change: Any) -> Any:
    """What a merge-patch makes of a value."""
    if not isinstance(change, dict):
        return change
    start: Doc = dict(before) if isinstance(before, dict) else {}
    return {name: value for name, value in {**start, **change}.items() if value is not None}
