"""What billing does: accounts opened and charged, payments taken and given back, allowances granted and used."""

from onehall.domains.billing.actions.accounts import close_account, join_line, open_account, point
from onehall.domains.billing.actions.allowances import expire_allowances, grant, use, withdraw_allowances
from onehall.domains.billing.actions.balance import adjust, adjust_bucket, reserve, unreserve
from onehall.domains.billing.actions.charging import charge, deposit, release_deposit
from onehall.domains.billing.actions.intake import take_in_all
from onehall.domains.billing.actions.paying import ask_for_money, give_back, hear, lapse, open_checkout, record, take_here
from onehall.domains.billing.actions.rating import take_in
from onehall.domains.billing.actions.refunding import hand_over, refund, refund_done, refund_failed, take_back
from onehall.domains.billing.actions.topping_up import credit, land, received_by_partner, spend, top_up

__all__ = [
    "adjust", "adjust_bucket", "ask_for_money", "charge", "close_account", "credit", "deposit", "expire_allowances", "give_back",
    "grant", "hand_over", "hear", "join_line", "land", "lapse", "open_account", "open_checkout", "point", "received_by_partner",
    "record", "refund", "refund_done", "refund_failed", "release_deposit", "reserve", "spend", "take_back", "take_here", "take_in",
    "take_in_all", "top_up", "unreserve", "use", "withdraw_allowances",
]  # fmt: skip
