"""What is done with numbers, SIMs and lines: one function, one use case."""

from onehall.domains.inventory.actions.changing import add_pack, apply_change, change_offering, drop_pack
from onehall.domains.inventory.actions.holding import NumberHold, SimHold
from onehall.domains.inventory.actions.lending import end_lease, give_back_number, lend_number
from onehall.domains.inventory.actions.lines import activate_line, create_line, restore_line, set_account, suspend_line, terminate_line
from onehall.domains.inventory.actions.moving import change_number, hand_over_line
from onehall.domains.inventory.actions.numbers import (
    count_stock,
    put_in_pool,
    release_number,
    sell_number,
    stock_numbers,
    take_out_of_pool,
)
from onehall.domains.inventory.actions.porting import issue_port_code
from onehall.domains.inventory.actions.products import amend_product, delete_product, hold_product, record_product
from onehall.domains.inventory.actions.sims import (
    ask_replacement,
    fail_replacement,
    finish_replacement,
    set_sim,
    stock_sims,
    take_sim,
)
from onehall.domains.inventory.actions.stock import amend_number, amend_sim

__all__ = [
    "NumberHold", "SimHold", "activate_line", "add_pack", "amend_number", "amend_product", "amend_sim", "apply_change",
    "ask_replacement", "change_number", "change_offering", "count_stock", "create_line", "delete_product", "drop_pack", "end_lease",
    "fail_replacement", "finish_replacement", "give_back_number", "hand_over_line", "hold_product", "issue_port_code", "lend_number",
    "put_in_pool", "record_product", "release_number", "restore_line", "sell_number", "set_account", "set_sim", "stock_numbers",
    "stock_sims", "suspend_line", "take_out_of_pool", "take_sim", "terminate_line",
]  # fmt: skip
