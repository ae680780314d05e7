"""What the counter is: a channel that can put every question, a room of pages, for staff only."""

from pathlib import Path
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from onehall.kernel.functions import Ask, Proof
from onehall.kernel.i18n import _
from onehall.kernel.identity.http import who_of
from onehall.kernel.identity.scope import check_serves
from onehall.kernel.journeys import channel
from onehall.pages import Room

DESK = channel(
    "desk", _("Counter"), asks=" ".join(Ask), proves=(Proof.CODE, Proof.REAL_NAME), assisted=True, hands_over=True,
    takes={
        "web": Proof.CODE, "api": Proof.CODE, "app": Proof.CODE, "sms": Proof.LINE, "wechat": Proof.CODE, "kiosk": Proof.CODE,
        "desk": Proof.REAL_NAME, "field": Proof.REAL_NAME,
    },
)  # fmt: skip
LINKS = (
    ("/desk", _("Counter"), "store"), ("/desk/queue", _("Queue"), "clock"), ("/desk/journeys", _("Journeys"), "list"),
    ("/hotline/desk", _("Hotline"), "phone"),
)  # fmt: skip
ROOM = Room("desk", _("Counter"), "/desk", Path(__file__).parent, LINKS)


def staff_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """This will let only staff in who serve customers, but for the login itself; after it, each is led to where their work is.

    :raises Refusal: 401; 403.
    """
    who = who_of(connection)
    if not (handler.opt.get("public") or (who.staff and handler.opt.get("all_staff"))):
        check_serves(who)
