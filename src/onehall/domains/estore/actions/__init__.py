"""What is done with private shops: one function, one use case."""

from onehall.domains.estore.actions.asking import BUDGET, Budget
from onehall.domains.estore.actions.batch import take_sheet, token_of
from onehall.domains.estore.actions.buying import completed, dropped, ended, failed, place
from onehall.domains.estore.actions.deciding import decide, decide_sheet
from onehall.domains.estore.actions.entering import Claims, Entered, Way, enter, recognize, sign
from onehall.domains.estore.actions.inviting import remind
from onehall.domains.estore.actions.joining import (
    PLACE,
    SENT,
    SHOWN,
    MailSent,
    MailShown,
    Place,
    end_member,
    keep_card,
    set_role,
    take_list,
)
from onehall.domains.estore.actions.opening import (
    change_look,
    change_terms,
    fill_pool,
    open_store,
    put_on_shelf,
    renew_secret,
    set_open,
    take_off_shelf,
)
from onehall.domains.estore.actions.sheets import read_sheet

__all__ = [
    "BUDGET", "PLACE", "SENT", "SHOWN", "Budget", "Claims", "Entered", "MailSent", "MailShown", "Place", "Way", "change_look",
    "change_terms", "completed", "decide", "decide_sheet", "dropped", "end_member", "ended", "enter", "failed", "fill_pool", "keep_card",
    "open_store", "place", "put_on_shelf", "read_sheet", "recognize", "remind", "renew_secret", "set_open", "set_role", "sign",
    "take_list", "take_off_shelf", "take_sheet", "token_of",
]  # fmt: skip
