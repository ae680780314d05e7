"""What is done with codes, scans, credits and queues: one function, one use case."""

from onehall.domains.outreach.actions.codes import end_code, make_codes, pass_on
from onehall.domains.outreach.actions.credits import credit_order
from onehall.domains.outreach.actions.queueing import QueuePlace, call_next, end_call
from onehall.domains.outreach.actions.scans import STOCK_MAX, count_stock, follow, keep_scan, scan
from onehall.domains.outreach.actions.sweeping import plan_sweep, sweep_home

__all__ = [
    "STOCK_MAX", "QueuePlace", "call_next", "count_stock", "credit_order", "end_call", "end_code", "follow", "keep_scan", "make_codes",
    "pass_on", "plan_sweep", "scan", "sweep_home",
]  # fmt: skip
