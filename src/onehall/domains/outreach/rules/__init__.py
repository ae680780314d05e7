"""The decisions of reaching out: what a code may be, to whom an order is credited, who is next in a queue."""

from onehall.domains.outreach.rules.codes import (
    CODES_AT_ONCE_MAX,
    LENGTH,
    LETTERS,
    availability,
    check_code,
    check_count,
    check_owner,
    code_in,
    owner_at,
    wished,
)
from onehall.domains.outreach.rules.credit import (
    CREDIT_DAYS,
    RULE,
    SCAN_MINUTES,
    access_type,
    counts,
    credited,
    is_news,
    is_own_scan,
    kept_since,
    leading_code,
    scan_moment,
    shown_since,
    weigh,
)
from onehall.domains.outreach.rules.queue import (
    CALLS_MAX,
    WAITING_MAX,
    ahead,
    check_number,
    check_room,
    next_in_line,
    ticket_number,
    to_end_with,
)
from onehall.domains.outreach.rules.shares import BEGAN_PERCENT, FINISHED_PERCENT, shares

__all__ = [
    "BEGAN_PERCENT", "CALLS_MAX", "CODES_AT_ONCE_MAX", "CREDIT_DAYS", "FINISHED_PERCENT", "LENGTH", "LETTERS", "RULE", "SCAN_MINUTES",
    "WAITING_MAX", "access_type", "ahead", "availability", "check_code", "check_count", "check_number", "check_owner", "check_room",
    "code_in", "counts", "credited", "is_news", "is_own_scan", "kept_since", "leading_code", "next_in_line", "owner_at", "scan_moment",
    "shares", "shown_since", "ticket_number", "to_end_with", "weigh", "wished",
]  # fmt: skip
