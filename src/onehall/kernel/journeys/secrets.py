"""Answers that are nobody's to read: kept sealed in the row, opened for the function alone, masked for everybody else."""

from base64 import b64decode, b64encode
from typing import Any

import msgspec

from onehall.kernel import crypto
from onehall.kernel.functions import Function
from onehall.kernel.journeys.arriving import PROVE
from onehall.kernel.settings import current

MASK = "******"
_PURPOSE = "journey"
_SEALED = "sealed"


def hide(value: Any) -> dict[str, str]:
    """This will seal a value for keeping; sealed twice it looks different each time."""
    return {_SEALED: b64encode(crypto.seal(current().secret, msgspec.json.encode(value), _PURPOSE)).decode()}


def reveal(kept: Any) -> Any:
    """This will open what `hide` sealed; what was kept in plain by an older version of a function comes as it is.

    :raises Unreadable: it was changed, or sealed with another secret.
    """
    if not isinstance(kept, dict) or kept.keys() != {_SEALED}:
        return kept
    return msgspec.json.decode(crypto.unseal_bytes(current().secret, b64decode(kept[_SEALED]), _PURPOSE))


def brought_along(function: Function, given: dict[str, Any]) -> dict[str, Any]:
    """This will give what a caller brought along as it is kept: what is secret sealed, and no proof, which is shown when asked for."""
    return {name: hide(value) if name in function.secret else value for name, value in given.items() if name != PROVE}
