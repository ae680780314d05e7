"""What billing does: accounts opened and charged, payments taken and given back, allowances granted and used."""

from onehall.domains.billing.actions import (
    autopay,
    bill_runs,
    bills,
    disputing,
    intake,
    mending,
    moving,
    noticing,
    settling,
    subscriptions,
    telling,
    turning,
    waiting,
)
from onehall.domains.billing.actions.accounts import close_account, join_line, open_account, point
from onehall.domains.billing.actions.allowances import expire_allowances, grant, use, withdraw_allowances
from onehall.domains.billing.actions.balance import adjust, adjust_bucket, reserve, unreserve
from onehall.domains.billing.actions.barring import bar_line, free_line, look_at_debt, set_limits
from onehall.domains.billing.actions.cards import (
    CardHold,
    card_back,
    hash_of,
    land_card,
    redeem,
    top_up_by_card,
    use_card,
    voucher_settled,
    voucher_top_up,
)
from onehall.domains.billing.actions.charging import charge, deposit, release_deposit
from onehall.domains.billing.actions.debiting import debit
from onehall.domains.billing.actions.emptying import empty_account
from onehall.domains.billing.actions.gifting import give_away, land_gift
from onehall.domains.billing.actions.intake import account_for, take_in_all
from onehall.domains.billing.actions.invoicing import invoice_anew, invoice_issued, invoice_refused, request_invoice, reverse_invoice
from onehall.domains.billing.actions.making_cards import batches_in_making, block_batch, make_cards, resume_cards
from onehall.domains.billing.actions.paying import ask_for_money, give_back, hear, lapse, open_checkout, record, take_here
from onehall.domains.billing.actions.paying_out import pay_out
from onehall.domains.billing.actions.rating import take_in
from onehall.domains.billing.actions.reconciling import begin_reconciliation, compare_part, compare_rest, decide_difference, read_again
from onehall.domains.billing.actions.refunding import hand_over, refund, refund_done, refund_failed, take_back
from onehall.domains.billing.actions.reserving import commit_units, release_units, reserve_units
from onehall.domains.billing.actions.rolling import roll_over
from onehall.domains.billing.actions.sharing import answer_share, change_share, end_share, invite, join_share, leave_share
from onehall.domains.billing.actions.topping_up import credit, land, received_by_partner, spend, top_up
from onehall.domains.billing.actions.waiting import subscribe
from onehall.domains.billing.actions.wording import say

__all__ = [
    "CardHold", "account_for", "adjust", "adjust_bucket", "answer_share", "ask_for_money", "autopay", "bar_line", "batches_in_making",
    "begin_reconciliation", "bill_runs", "bills", "block_batch", "card_back", "change_share", "charge", "close_account", "commit_units",
    "compare_part", "compare_rest", "credit", "debit", "decide_difference", "deposit", "disputing", "empty_account", "end_share",
    "expire_allowances", "free_line", "give_away", "give_back", "grant", "hand_over", "hash_of", "hear", "intake", "invite",
    "invoice_anew", "invoice_issued", "invoice_refused", "join_line", "join_share", "land", "land_card", "land_gift", "lapse",
    "leave_share", "look_at_debt", "make_cards", "mending", "moving", "noticing", "open_account", "open_checkout", "pay_out", "point",
    "read_again", "received_by_partner", "record", "redeem", "refund", "refund_done", "refund_failed", "release_deposit", "release_units",
    "request_invoice", "reserve", "reserve_units", "resume_cards", "reverse_invoice", "roll_over", "say", "set_limits", "settling",
    "spend", "subscribe", "subscriptions", "take_back", "take_here", "take_in", "take_in_all", "telling", "top_up", "top_up_by_card",
    "turning", "unreserve", "use", "use_card", "voucher_settled", "voucher_top_up", "waiting", "withdraw_allowances",
]  # fmt: skip
