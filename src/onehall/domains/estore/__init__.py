"""Private shops (电子沃店): one enterprise, one building or one campus, one store, with its own address, look, shelf, prices and numbers.

Words: *store* (the shop), *shelf* (what it sells, at private terms), *pool* (its own numbers), *list* (whom the company names), *member*
(who has shown that they belong), *approver* (who says yes beyond the budget), *request* (what the company is asked to pay for),
*part* (what each side pays of a fee), *way in* (a token by which the company's own pages let a member in).
"""

from onehall.domains.estore import actions, functions, queries, reactions, rules
from onehall.domains.estore.model import (
    COLOURS,
    KINDS,
    PROOFS,
    Batch,
    EStore,
    Listed,
    Look,
    Member,
    Reported,
    Request,
    SheetLine,
    Shelved,
    Split,
    Terms,
)

__all__ = [
    "COLOURS", "KINDS", "PROOFS", "Batch", "EStore", "Listed", "Look", "Member", "Reported", "Request", "SheetLine", "Shelved", "Split",
    "Terms", "actions", "functions", "queries", "reactions", "rules",
]  # fmt: skip
