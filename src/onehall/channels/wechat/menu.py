"""The menu under the chat: functions by name, two rows of them, and a scanner for hand-over codes."""

from hashlib import sha256
from typing import Any, Final

import msgspec

from onehall.kernel.functions import FUNCTIONS
from onehall.kernel.i18n import Text, _
from onehall.kernel.jobs import call
from onehall.kernel.settings import current
from onehall.kernel.store import Tx

ROWS: Final[tuple[tuple[Text, tuple[str, ...]], ...]] = (
    (_("Look up"), ("balance.check", "usage.month", "bill.so_far", "line.detail", "store.list")),
    (_("Do"), ("topup", "pack.add", "plan.change", "line.open", "menu")),
)
SCANNER: Final = "hand-over"


def buttons(language: str) -> list[dict[str, Any]]:
    """This will give the menu in a language, as the platform takes it: at most three rows of five."""
    rows: list[dict[str, Any]] = []
    for title, names in ROWS:
        known = [name for name in names if name in FUNCTIONS]
        below = [{"type": "click", "name": FUNCTIONS[name].title.render(language), "key": name} for name in known]
        rows.append({"name": title.render(language), "sub_button": below})
    return [*rows, {"type": "scancode_waitmsg", "name": _("Go on here").render(language), "key": SCANNER}]


def plan(tx: Tx) -> None:
    """This will have the menu set, once for each menu that we have had."""
    wanted = buttons(current().language)
    tx.later("wechat.menu", {"buttons": wanted}, once=sha256(msgspec.json.encode(wanted)).hexdigest())


@call("wechat.menu", tries_max=4)
async def set_menu(world: Any, body: dict[str, Any]) -> None:
    """This will set the menu under the chat."""
    await world.wechat.set_menu(body["buttons"])
