"""What the field kit is: a channel of staff in the street, which takes down what is said without a net and brings it in later."""

from pathlib import Path
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from onehall.hall import Caller
from onehall.kernel.functions import Ask, Proof
from onehall.kernel.i18n import _
from onehall.kernel.identity import Who
from onehall.kernel.identity.http import who_of
from onehall.kernel.identity.scope import check_serves
from onehall.kernel.journeys import channel
from onehall.pages import Room

FIELD = channel(
    "field", _("Field kit"), asks=" ".join(Ask), proves=(Proof.CODE, Proof.REAL_NAME), assisted=True, signs=True, hands_over=True,
    takes={"web": Proof.CODE, "wechat": Proof.CODE, "kiosk": Proof.CODE, "desk": Proof.REAL_NAME, "field": Proof.REAL_NAME},
)  # fmt: skip
ROOM = Room("field", _("Field kit"), "/field", Path(__file__).parent)


def staff_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """This will let only staff in who serve customers, but for what every phone may keep of the kit itself.

    :raises Refusal: 401; 403.
    """
    if not handler.opt.get("public"):
        check_serves(who_of(connection))


def caller_of(who: Who) -> Caller:
    """This will give who stands in the street: the member of staff, for their store."""
    return Caller("field", who, source=who.unit)
